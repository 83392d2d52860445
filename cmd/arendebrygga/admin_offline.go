package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"

	"github.com/spf13/cobra"

	"arendebrygga/sink"
)

// place is what the flags of a state command say.
type place struct {
	config  string
	store   string
	json    bool
	dry     bool // only count
	environ []string
}

// flags adds the flags that all state commands have.
func (p *place) flags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.config, "config", "c", "arendebrygga.yaml", "the configuration `file`")
	cmd.Flags().StringVar(&p.store, "store", "", "the store's `file`, over store.path")
	cmd.Flags().BoolVar(&p.json, "json", false, "print as JSON")
}

func (p *place) overrides() map[string]any {
	if p.store == "" {
		return nil
	}
	return map[string]any{"store.path": p.store}
}

// desk finds the process that holds the store, or else opens the store itself, with
// the sources and the rules as run does. anew lets it make a new store where one is lost,
// told why; nil: that is an error.
func (p *place) desk(ctx context.Context, stderr io.Writer, anew func(*loaded, error) error) (*desk, error) {
	// The process that runs may be asked also when a mapping file is half written.
	cfg, _ := readConfig(p.config, p.environ, p.overrides())
	nobody := errNobody
	if cfg != nil && cfg.Store.Path != "" {
		k, err := findDoor(cfg.Store.Path)
		switch {
		case err == nil:
			d, err := approach(ctx, k)
			if err != nil {
				return nil, fmt.Errorf("ask the process that holds the store %s: %w", cfg.Store.Path, err)
			}
			return d, nil
		case !errors.Is(err, errNobody):
			nobody = fmt.Errorf("%w (%w)", errNobody, err)
		}
	}
	l, problems := loadAll(p.config, p.environ, p.overrides())
	if errs, _ := problems.Split(); len(errs) > 0 {
		for _, problem := range errs {
			fmt.Fprintln(stderr, problem)
		}
		return nil, errReported
	}
	d, err := p.offline(ctx, l, stderr, anew)
	if errors.Is(err, sink.ErrHeld) {
		return nil, fmt.Errorf("%w; it could not be asked at %s: %w", err, doorPath(l.Config.Store.Path), nobody)
	}
	return d, err
}

// offline opens the store and answers questions about it in this process.
func (p *place) offline(ctx context.Context, l *loaded, stderr io.Writer, anew func(*loaded, error) error) (*desk, error) {
	path := l.Config.Store.Path
	_, missing := os.Stat(path)
	if m, err := readMarker(path); errors.Is(missing, fs.ErrNotExist) && m == nil && err == nil {
		return nil, fmt.Errorf("store %s: there is no such file; arendebrygga run makes it when it starts for the first time", path)
	}
	log, err := newLogger(LogConfig{Level: "warn", Format: "text"}, stderr)
	if err != nil {
		return nil, err
	}
	s := &service{loaded: l, log: log}
	var begin func(error) error
	if anew != nil {
		begin = func(why error) error { return anew(l, why) }
	}
	store, fresh, err := s.openStore(begin)
	if err != nil {
		return nil, err
	}
	d, err := s.ownDesk(ctx, store)
	if err == nil {
		d.fresh = fresh
	}
	return d, err
}

// ownDesk answers questions about a store in this process, and closes it in the end.
func (s *service) ownDesk(ctx context.Context, store *sink.Store) (*desk, error) {
	s.store = store
	s.begin(store)
	a := &admin{service: s}
	ln := newPipe()
	srv := a.serve(ln, "")
	d, err := approach(ctx, &knock{dial: ln.dial})
	if err != nil {
		return nil, errors.Join(err, srv.Close(), store.Close())
	}
	d.close = func() error {
		err := srv.Close()
		for _, f := range s.followed {
			if f.loop != nil {
				err = errors.Join(err, f.loop.Source.Close())
			}
		}
		return errors.Join(err, s.renewMarker(store), store.Close())
	}
	return d, nil
}

// pipe is a listener inside one process.
type pipe struct {
	conns chan net.Conn
	done  context.Context
	stop  context.CancelFunc
}

func newPipe() *pipe {
	done, stop := context.WithCancel(context.Background())
	return &pipe{make(chan net.Conn), done, stop}
}

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.done.Done():
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept gives the next connection.
func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done.Done():
		return nil, net.ErrClosed
	}
}

// Close ends accepting.
func (p *pipe) Close() error {
	p.stop()
	return nil
}

// Addr is that of a pipe.
func (p *pipe) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
