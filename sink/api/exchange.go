package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// exchange is one request and its answer. Exchanges are used again, with their
// buffers.
type exchange struct {
	w           http.ResponseWriter
	r           *http.Request
	began       time.Time
	route       *route
	caller      *caller
	correlation string
	trace       traceparent
	status      int
	aborted     bool // the consumer did not take the whole answer
	err         error

	decoder *decoder
	body    []byte
	out     []byte
}

// keepBuffer is the biggest buffer that is kept for the next request, in bytes.
const keepBuffer = 256 << 10

var exchanges = sync.Pool{New: func() any { return &exchange{decoder: new(decoder)} }}

// ServeHTTP answers one request and logs it.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := exchanges.Get().(*exchange)
	x.w, x.r, x.began = w, r, time.Now()
	x.trace = traceOf(r.Header)
	x.correlation, _ = correlationOf(r.Header)
	if err := s.handle(x); err != nil {
		x.fail(err)
	}
	s.tell(x)
	x.free()
}

// handle turns a panic into an error, so that it is answered and logged as one.
func (s *service) handle(x *exchange) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if x.route, err = s.find(x.r); err != nil {
		return err
	}
	return x.route.handle(x)
}

// fail answers with an error, in the form of the route.
func (x *exchange) fail(err error) {
	if x.status != 0 {
		return // the answer has begun
	}
	f := asFailure(err)
	switch {
	case errors.Is(err, context.Canceled):
		x.aborted = true
	case f.status >= http.StatusInternalServerError:
		x.err = err
	}
	as, contentType := profileForm, typeProblem
	if x.route != nil && x.route.form == relayForm {
		as, contentType = relayForm, typeJSON
	}
	if f.header[0] != "" {
		x.w.Header()[f.header[0]] = []string{f.header[1]}
	}
	x.out = f.appendTo(x.out[:0], as)
	x.send(f.status, contentType, x.out)
}

// The content types, as header values.
var (
	typeJSON    = []string{"application/json"}
	typeProblem = []string{"application/problem+json"}
	typeYAML    = []string{"application/yaml"}
	noStore     = []string{"no-store"}
)

// send writes the whole answer in one go. The header values are shared and never
// changed.
func (x *exchange) send(status int, contentType []string, body []byte) {
	x.status = status
	h := x.w.Header()
	h["Content-Type"] = contentType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"] = noStore
	h["Traceparent"] = []string{string(x.trace)}
	if x.correlation != "" {
		h[correlationHeader] = []string{x.correlation}
	}
	x.w.WriteHeader(status)
	_, err := x.w.Write(body)
	x.aborted = x.aborted || err != nil
}

// free hands the exchange back, without anything of the request in reach.
func (x *exchange) free() {
	decoder, body, out := x.decoder, x.body, x.out
	*x = exchange{decoder: decoder}
	x.decoder.reset(nil)
	if cap(body) <= keepBuffer {
		x.body = body[:0]
	}
	if cap(out) <= keepBuffer {
		x.out = out[:0]
	}
	exchanges.Put(x)
}
