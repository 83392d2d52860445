package tdstest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// conn is a client's connection.
type conn struct {
	server  *Server
	net     net.Conn // TCP
	reply   reply
	session Session
	begun   uint64 // number of the last transaction

	mu     sync.Mutex
	cancel context.CancelFunc // ends the statement that runs; nil: none does
}

// serve talks with a client until one of them ends the connection.
func (c *conn) serve() {
	wire, err := c.hello()
	if err == nil {
		var m message
		if m, err = readMessage(wire); err == nil {
			err = c.login(m)
		}
	}
	if err != nil {
		c.server.complain(err)
		return
	}
	ctx, stop := context.WithCancel(c.server.ctx)
	defer stop()
	messages := make(chan message, 16)
	c.server.wait.Go(func() {
		defer stop()
		defer close(messages)
		c.listen(ctx, wire, messages)
	})
	for m := range messages {
		if err := c.answer(ctx, m); err != nil {
			c.server.complain(err)
			break
		}
	}
	c.net.Close() // ends the listening
	for range messages {
	}
}

// listen reads while replies are written, so that an attention ends the statement
// that runs.
func (c *conn) listen(ctx context.Context, wire net.Conn, messages chan<- message) {
	for {
		m, err := readMessage(wire)
		if err != nil {
			return
		}
		if m.kind == packAttention {
			c.mu.Lock()
			if c.cancel != nil {
				c.cancel()
			}
			c.mu.Unlock()
		}
		select {
		case messages <- m:
		case <-ctx.Done():
			return
		}
	}
}

// complain has the test fail for what no client should do and no handler say.
func (s *Server) complain(err error) {
	var known *Error
	var wire *net.OpError
	if errors.As(err, &known) || errors.As(err, &wire) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errLost) || s.ctx.Err() != nil {
		return
	}
	s.tb.Errorf("tdstest: %v", err)
}

// errLost ends a connection on purpose.
var errLost = errors.New("the connection was cut as the test wants it")

// answer answers one message.
func (c *conn) answer(ctx context.Context, m message) error {
	if m.kind == packAttention {
		c.reply.done(tokenDone, doneAttention, 0)
		return c.reply.w.end()
	}
	if m.reset {
		c.session.Settings, c.session.InTransaction = nil, false
		c.session.Resets++
		c.reply.token(0xE3, []byte{18, 0, 0})
	}
	if m.kind == packTransMgr {
		return c.transaction(m.body)
	}
	q, err := parseRequest(m)
	if err != nil {
		return fmt.Errorf("read a request: %w", err)
	}
	q.Session = c.session
	q.Session.Settings = slices.Clone(c.session.Settings)
	c.server.note(func() { c.server.queries = append(c.server.queries, q) })
	only := c.settings(q.SQL)
	if q.Kind == Batch && only {
		return c.reply.finish(Batch, 0, 0)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.running(cancel)
	defer c.running(nil)
	result, err := c.server.config.Handler(ctx, q)
	return c.send(ctx, q, result, err)
}

func (c *conn) running(cancel context.CancelFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = cancel
}

var settingPattern = regexp.MustCompile(`(?is)^\s*(SET\s+[A-Z_]+\s[^;]*?)\s*(?:;|$)`)

// settings keeps the SET statements that a batch begins with, and tells whether it
// has nothing else.
func (c *conn) settings(sql string) (only bool) {
	for {
		found := settingPattern.FindStringSubmatchIndex(sql)
		if found == nil {
			return strings.Trim(sql, "; \r\n\t") == "" && only
		}
		only = true
		c.session.Settings = append(c.session.Settings, sql[found[2]:found[3]])
		sql = sql[found[1]:]
	}
}

// isolations are the levels in the driver's order.
var isolations = []string{"", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT"}

// transaction answers a request to begin or end one.
func (c *conn) transaction(body []byte) error {
	r := &reader{b: body}
	r.headers()
	var q Query
	what := byte(0)
	switch r.uint16() {
	case 5:
		q.Kind, what = Begin, 8
		level := r.byte()
		if level >= len(isolations) {
			return fmt.Errorf("no isolation level %d", level)
		}
		c.begun++
		c.session.InTransaction, c.session.Isolation = true, isolations[level]
	case 7:
		q.Kind, what = Commit, 9
		c.session.InTransaction = false
	case 8:
		q.Kind, what = Rollback, 10
		c.session.InTransaction = false
	default:
		r.fail(errors.New("no such request for a transaction"))
	}
	if r.err != nil {
		return r.err
	}
	q.Session = c.session
	q.Session.Settings = slices.Clone(c.session.Settings)
	c.server.note(func() { c.server.queries = append(c.server.queries, q) })
	if what != 8 && !c.session.InTransaction && c.begun == 0 {
		c.reply.fail(&Error{Number: 3902, State: 1, Message: "The request has no corresponding BEGIN TRANSACTION."})
		return c.reply.finish(Batch, doneError, 0)
	}
	c.reply.transaction(what, c.begun)
	return c.reply.finish(Batch, 0, 0)
}

// parseRequest reads a batch or a procedure call.
func parseRequest(m message) (Query, error) {
	r := &reader{b: m.body}
	r.headers()
	switch m.kind {
	case packBatch:
		return Query{Kind: Batch, SQL: fromUTF16(r.rest())}, r.err
	case packRPC:
	default:
		return Query{}, fmt.Errorf("a packet of type %d", m.kind)
	}
	q, n := Query{Kind: Procedure}, r.uint16()
	if n != 0xFFFF {
		q.SQL = fromUTF16(r.take(2 * n))
	} else if id := r.uint16(); id != 10 {
		return q, fmt.Errorf("procedure number %d", id)
	} else {
		q.Kind = Execute
	}
	r.uint16() // flags
	for r.more() {
		q.Params = append(q.Params, r.param())
	}
	if q.Kind == Execute && r.err == nil {
		return executed(q)
	}
	return q, r.err
}

// executed takes the statement and the declarations from the parameters of
// sp_executesql.
func executed(q Query) (Query, error) {
	if len(q.Params) < 2 {
		return q, errors.New("sp_executesql without a statement")
	}
	q.SQL, _ = q.Params[0].Value.(string)
	declared, _ := q.Params[1].Value.(string)
	q.Params = q.Params[2:]
	for i := range q.Params {
		_, after, found := strings.Cut(declared, q.Params[i].Name+" ")
		if !found {
			return q, fmt.Errorf("parameter %s is not declared", q.Params[i].Name)
		}
		typ, _, _ := strings.Cut(after, ",@")
		q.Params[i].Type = typ
	}
	return q, nil
}
