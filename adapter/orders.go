package adapter

import (
	"context"
	"errors"
	"sync"
)

// ErrEnded is what an order gets from a loop that is not running any more.
var ErrEnded = errors.New("the source is not being polled any more: the program is stopping")

// order is something that an operator wants done between two pages.
type order struct {
	ctx  context.Context
	do   func(context.Context) error
	done chan error
}

// carryOut does it, unless who asked has gone. It ends early if the loop is to end.
func (o order) carryOut(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(o.ctx, stop)()
	o.done <- o.do(ctx)
}

// desk is where orders are handed in. Its zero value is ready.
type desk struct {
	once  sync.Once
	in    chan order
	ended chan struct{}
}

func (d *desk) open() {
	d.once.Do(func() { d.in, d.ended = make(chan order), make(chan struct{}) })
}

func (d *desk) orders() <-chan order {
	d.open()
	return d.in
}

func (d *desk) close() {
	d.open()
	close(d.ended)
}

// Do has a running loop do something for an operator: order runs in the loop's own
// goroutine, between two pages, also while the loop waits or is stopped. It returns
// what order returns, the error of ctx, or ErrEnded. Afterwards the loop polls at
// once.
func (l *Loop) Do(ctx context.Context, do func(context.Context) error) error {
	l.desk.open()
	o := order{ctx, func(ctx context.Context) error {
		l.roused = true
		return l.survive("order", func() error { return do(ctx) })
	}, make(chan error, 1)}
	select {
	case l.desk.in <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.desk.ended:
		return ErrEnded
	}
	select {
	case err := <-o.done:
		return err
	case <-l.desk.ended:
	}
	select {
	case err := <-o.done:
		return err
	default:
		return ErrEnded
	}
}

// serve carries out the orders that have been handed in.
func (l *Loop) serve(ctx context.Context) {
	for {
		select {
		case o := <-l.desk.orders():
			o.carryOut(ctx)
		default:
			return
		}
	}
}
