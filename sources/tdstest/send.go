package tdstest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// send sends what a handler answered.
func (c *conn) send(ctx context.Context, q Query, result *Result, err error) error {
	if err != nil || result == nil {
		return c.refuse(ctx, q, err)
	}
	c.session.Settings = append(c.session.Settings, result.Settings...)
	var kinds []kind
	if len(result.Columns) > 0 {
		if c.reply.w.body, kinds, err = metadata(c.reply.w.body, result.Columns); err != nil {
			return err
		}
	}
	sent, err := c.rows(ctx, q, result, kinds)
	switch {
	case errors.Is(err, context.Canceled):
		return c.reply.finish(Batch, doneError, 0)
	case err != nil:
		return c.refuse(ctx, q, err)
	case len(kinds) == 0:
		sent = uint64(result.Affected)
	}
	return c.reply.finish(q.Kind, doneCount, sent)
}

// rows sends the rows, and does what goes wrong meanwhile.
func (c *conn) rows(ctx context.Context, q Query, result *Result, kinds []kind) (sent uint64, err error) {
	w, fault := c.reply.w, result.Fault
	if result.Rows != nil {
		for row := range result.Rows {
			if ctx.Err() != nil {
				return sent, context.Canceled
			}
			if fault != nil && sent == uint64(fault.After) {
				if err := c.fault(ctx, fault, row, kinds); err != nil {
					return sent, err
				}
				fault = nil
			}
			if w.body, err = encodeRow(w.body, kinds, row); err == nil {
				err = w.full()
			}
			if err != nil {
				return sent, fmt.Errorf("row %d of %.60q: %w", sent, q.SQL, err)
			}
			sent++
		}
	}
	if fault != nil && sent == uint64(fault.After) {
		return sent, c.fault(ctx, fault, nil, kinds)
	}
	return sent, nil
}

func encodeRow(buf []byte, kinds []kind, row []any) ([]byte, error) {
	if len(row) != len(kinds) {
		return nil, fmt.Errorf("%d values for %d columns", len(row), len(kinds))
	}
	buf = append(buf, 0xD1)
	for i := range kinds {
		var err error
		if buf, err = kinds[i].encode(buf, row[i]); err != nil {
			return nil, fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return buf, nil
}

// fault does what is to go wrong before a row, which is nil after the last.
func (c *conn) fault(ctx context.Context, f *Fault, row []any, kinds []kind) error {
	w := c.reply.w
	if f.Delay > 0 || f.Cut != "" {
		if err := w.send(false); err != nil {
			return err
		}
	}
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Canceled
		}
	}
	if f.Error != nil {
		return f.Error
	}
	tcp, _ := c.net.(*net.TCPConn)
	switch f.Cut {
	case "":
		return nil
	case Reset:
		_ = tcp.SetLinger(0)
	case HalfClose:
		_ = tcp.CloseWrite()
		<-ctx.Done()
	case InRow:
		part, err := encodeRow(nil, kinds, row)
		if err != nil {
			return err
		}
		w.body = append(w.body, part[:1+len(part)/2]...)
		_ = w.send(false)
	}
	return errLost
}

// refuse answers with an error. A cancelled statement just ends.
func (c *conn) refuse(ctx context.Context, q Query, err error) error {
	var known *Error
	switch {
	case errors.Is(err, errLost):
		return err
	case errors.As(err, &known):
	case ctx.Err() != nil:
		return c.reply.finish(Batch, doneError, 0)
	default:
		var wire *net.OpError
		if errors.As(err, &wire) {
			return err
		}
		c.server.tb.Errorf("tdstest: no answer to %s %q %v: %v", q.Kind, q.SQL, q.Types(), err)
		known = &Error{Number: 50000, State: 1, Message: "the test's handler failed"}
	}
	c.reply.fail(known)
	if ends := known.Number == 1205 || known.Number == 3960; ends && c.session.InTransaction {
		c.session.InTransaction = false
		c.reply.transaction(10, c.begun)
	}
	if err := c.reply.finish(q.Kind, doneError, 0); err != nil || known.Class < 20 {
		return err
	}
	return errLost
}
