package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"arendebrygga/sink"
)

// askTimeout is how long the running process has to tell how it is doing: less than
// most monitoring waits for a check.
const askTimeout = 8 * time.Second

// report has the running process tell how it is doing, or reads the store's file.
// Only where that is needs the configuration: a mistake elsewhere in it, or in a
// mapping file, is no reason not to tell.
func (p *place) report(ctx context.Context, stderr io.Writer) (statusReport, error) {
	cfg, problems := readConfig(p.config, p.environ, p.overrides())
	if cfg == nil || cfg.Store.Path == "" {
		errs, warnings := problems.Split()
		for _, problem := range errs {
			fmt.Fprintln(stderr, problem)
		}
		return statusReport{}, fmt.Errorf("%s in the configuration", countProblems(len(errs), len(warnings)))
	}
	ctx, stop := context.WithTimeoutCause(ctx, askTimeout, fmt.Errorf("no answer within %v: the process hangs, or is very busy", askTimeout))
	defer stop()
	k, err := findDoor(cfg.Store.Path)
	switch {
	case err == nil:
		return askRunning(ctx, k)
	case errors.Is(err, errNobody):
		p.whyNot(stderr)
		return readStored(cfg)
	}
	return statusReport{}, fmt.Errorf("ask the process that holds the store %s: %w", cfg.Store.Path, err)
}

// whyNot tells the mistakes that keep run from starting, as it would.
func (p *place) whyNot(stderr io.Writer) {
	_, problems := loadToServe(p.config, p.environ, p.overrides(), false)
	errs, _ := problems.Split()
	for _, problem := range errs {
		fmt.Fprintln(stderr, problem)
	}
	if len(errs) > 0 {
		fmt.Fprintf(stderr, "%s: run does not start like this\n", countProblems(len(errs), 0))
	}
}

// askRunning has the running process tell how it is doing.
func askRunning(ctx context.Context, k *knock) (report statusReport, err error) {
	d, err := approach(ctx, k)
	if err == nil {
		err = d.ask(ctx, "status", nothing{}, &report)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return report, errors.Join(err, d.close())
}

// readStored reads the store's file while nothing runs. It makes none.
func readStored(cfg *Config) (statusReport, error) {
	if _, err := os.Stat(cfg.Store.Path); errors.Is(err, fs.ErrNotExist) {
		if m, _ := readMarker(cfg.Store.Path); m != nil {
			return statusReport{}, fmt.Errorf("nothing is running: %w", lost(cfg, m))
		}
		return statusReport{}, fmt.Errorf("nothing is running, and there is no store at %s yet", cfg.Store.Path)
	}
	store, err := sink.Open(cfg.Store.Path)
	if err != nil {
		return statusReport{}, err
	}
	report, err := storedReport(cfg, store)
	return report, errors.Join(err, store.Close())
}
