package api

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// What a decoder may find.
var errTopNull = errors.New("null is no question")

const topLevel = "meddelandet" // stands for the path of what is no object at all

// answerTimeout is how long an answer may be in the making. Later ones would not be
// sent in time: see writeTimeout.
const answerTimeout = 20 * time.Second

const notJSON = "meddelandet kan inte tolkas som JSON"

// ask answers a question: who asks, may the body be read, what does it say, and
// what is the answer; in this order, as the first that fails is what is told.
func (s *service) ask(x *exchange) (err error) {
	if x.caller, err = s.gate.admit(x.r.Header); err != nil {
		return err
	}
	if err = checkContentType(x.r.Header); err != nil {
		return err
	}
	if err = x.readBody(); err != nil {
		return err
	}
	if !x.caller.questions.take() {
		return errBusy
	}
	defer x.caller.questions.giveBack()
	q, err := s.read(x)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), answerTimeout)
	defer cancel()
	a := answer{
		service:  s,
		exchange: x,
		ctx:      ctx,
		question: &q,
		wishes:   parseAcceptLanguage(acceptLanguage(x.r.Header)),
		out:      x.out[:0],
	}
	defer a.close()
	if err = a.write(); err != nil {
		return err
	}
	x.out = a.out
	x.send(http.StatusOK, typeJSON, x.out)
	return nil
}

// read makes a question of the body. Everything that is wrong is told at once, but
// for what hides the rest: that the body isn't JSON, or has a wrong type.
func (s *service) read(x *exchange) (question, error) {
	var f faults
	if _, wrong := correlationOf(x.r.Header); wrong != "" && (x.route.form == relayForm || len(x.r.Header[correlationKey]) > 0) {
		f.add("", wrong)
	}
	q, err := x.decoder.question(x.body)
	switch wrong := x.decoder.wrong; {
	case err != nil:
		f.add("", notJSON)
	case wrong == topLevel:
		f.add("", topLevel+" har fel typ eller format")
	case wrong != "":
		f.add("", "fältet "+wrong+" har fel typ eller format")
	default:
		f = append(f, q.check(s.stockholm)...)
	}
	if len(f) > 0 {
		return q, badRequest(f.String())
	}
	return q, nil
}
