package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"arendebrygga/adapter"
	"arendebrygga/examples"
)

// demo is what the flags of `arendebrygga demo` say.
type demo struct {
	listen   string
	cases    int
	speed    float64
	duration time.Duration
	dir      string
	environ  []string
}

// newDemoCommand makes `arendebrygga demo`.
func newDemoCommand(environ []string) *cobra.Command {
	d := demo{environ: environ}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Publishes made-up events on this machine only: a whole case system to try things on",
		Long: `Publishes made-up events on this machine only: a whole case system to try things on.

Makes a case system in SQLite with two kinds of cases, lets simulated handläggare
move its cases on, polls it with the configuration and the mappings of
examples/quickstart, prints each kundhändelse as a line and answers questions.
Everybody in it has an official test number.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if d.cases < 1 || d.speed <= 0 || d.duration < 0 {
				return errors.New("--cases and --speed must be above 0, and --duration not below it")
			}
			return cobra.NoArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.listen, "listen", "127.0.0.1:8080", "address for the API; a loopback one, as the demo asks for no key")
	f.IntVar(&d.cases, "cases", 20, "cases to begin with")
	f.Float64Var(&d.speed, "speed", 2, "steps a second that the handläggare take, all together")
	f.DurationVar(&d.duration, "duration", 0, "stop after this long; 0: at Ctrl-C")
	f.StringVar(&d.dir, "dir", "", "folder to keep the files in, to look at and change them; empty: a temporary one")
	return cmd
}

// run lays out the files, starts the handläggare and works until the demo ends.
func (d *demo) run(ctx context.Context, stdout, stderr io.Writer) (err error) {
	if d.dir == "" {
		if d.dir, err = os.MkdirTemp("", "arendebrygga-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
	}
	if err := d.layOut(); err != nil {
		return err
	}
	l, problems := loadToServe(filepath.Join(d.dir, "arendebrygga.yaml"), d.environ, map[string]any{"api.listen": d.listen}, false)
	if errs, _ := problems.Split(); len(errs) > 0 {
		return errs
	}
	office, err := openOffice(ctx, filepath.Join(d.dir, "arendesystem.db"), d.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, office.close()) }()
	if err := office.register(ctx, d.cases); err != nil {
		return err
	}
	if d.duration > 0 { // of the demo itself: what a slow machine needs to lay it out does not count
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, d.duration)
		defer stop()
	}
	return d.work(ctx, l, office, stdout, stderr)
}

// work runs the adapter and the handläggare side by side.
func (d *demo) work(ctx context.Context, l *loaded, office *office, stdout, stderr io.Writer) error {
	log, err := newLogger(LogConfig{Level: "warn", Format: "text"}, stderr)
	if err != nil {
		return err
	}
	out := &printer{w: stdout, bas: l.Config.API.Bas, zone: l.Config.Sources[0].Def.Location}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var handlaggare sync.WaitGroup
	var officeErr error
	s := service{
		loaded: l, log: log, committed: out.changes,
		listening: func(a net.Addr) {
			out.start(a, d.dir)
			handlaggare.Go(func() {
				if officeErr = office.work(ctx, d.speed); officeErr != nil {
					stop()
				}
			})
		},
	}
	err = s.run(ctx)
	stop()
	handlaggare.Wait()
	return errors.Join(err, officeErr)
}

// layOut copies the quickstart example to the demo's folder. Files that are there
// already stay, so that a demo can be run again after changing its rules.
func (d *demo) layOut() error {
	const root = "quickstart"
	return fs.WalkDir(examples.Quickstart, root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(d.dir, filepath.FromSlash(strings.TrimPrefix(path, root)))
		if e.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := examples.Quickstart.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Close())
	})
}

// printer writes events to the terminal, one readable line each.
type printer struct {
	mu    sync.Mutex
	w     io.Writer
	bas   string
	zone  *time.Location
	addr  net.Addr
	asked bool
}

func (p *printer) start(addr net.Addr, dir string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.addr = addr
	fmt.Fprintf(p.w, "The case system, the configuration and the store are in %s\nThe API answers at http://%s%s. Ctrl-C ends the demo.\n\n", dir, addr, p.bas)
}

// changes prints what was just committed, and after the first event how to ask
// for it.
func (p *printer) changes(_ string, changes []adapter.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range changes {
		for _, e := range changes[i].Events {
			ref := ""
			if len(e.Arenden) > 0 {
				ref = e.Arenden[0].Identifierare
			}
			fmt.Fprintf(p.w, "%s  %-16s part %-2s  %-10s  %-44s  %s\n",
				e.Tidpunkt.In(p.zone).Format(time.TimeOnly), ref, string(e.Recipient), ball(&e), e.Typ, e.Texter[0].Rubrik)
			if !p.asked {
				p.asked = true
				defer p.curl(e.Kund)
			}
		}
	}
}

// curl prints a question about a kund, ready to be pasted. The number is a test
// number: this is the one place that prints any.
func (p *printer) curl(kund adapter.Identity) {
	fmt.Fprintf(p.w, `
Ask for the events of one of them:

curl -s http://%s%s/kundhandelser -H 'Content-Type: application/json' \
  -d '{"fraga":{"parter":[{"kund":{"identifierare":"%s","typ":"%s"}}]},"anvandare":"%[3]s"}'

`, p.addr, p.bas, kund.Identifierare, kund.Typ)
}

// ball says whose turn it is, in the words of the mapping files.
func ball(e *adapter.Kundhandelse) string {
	switch {
	case e.Klart:
		return "i_mal"
	case e.KraverKundatgard:
		return "hos_kunden"
	}
	return "hos_oss"
}
