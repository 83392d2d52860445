package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// knock is how a command reaches a process.
type knock struct {
	dial  func(context.Context) (net.Conn, error)
	token string
}

// desk is what a command asks: the process that runs the sources, or itself.
type desk struct {
	greeting
	knock
	http  *http.Client
	fresh bool // the store was begun anew for this command
	close func() error
}

// helloWait is how long a process has to say who it is.
const helloWait = 10 * time.Second

// approach finds out who answers.
func approach(ctx context.Context, k *knock) (*desk, error) {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return k.dial(ctx) }}
	d := &desk{knock: *k, http: &http.Client{Transport: transport}}
	d.close = func() error { transport.CloseIdleConnections(); return nil }
	ctx, stop := context.WithTimeoutCause(ctx, helloWait, fmt.Errorf("no answer within %v: the process hangs, or is very busy", helloWait))
	defer stop()
	err := d.ask(ctx, "hello", nothing{}, &d.greeting)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return d, err
}

// ask has a route do something. out is a pointer to what it answers.
func (d *desk) ask(ctx context.Context, route string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	res, err := d.do(ctx, http.MethodPost, route, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("the answer of the running process broke off: %w", err)
	}
	return nil
}

// do asks and gives an answer that is not an error.
func (d *desk) do(ctx context.Context, method, route string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://arendebrygga/"+route, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token)
	}
	res, err := d.http.Do(req)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("the running process broke off: %w", errors.Unwrap(err))
	case res.StatusCode == http.StatusOK:
		return res, nil
	}
	defer res.Body.Close()
	var r refusal
	if json.NewDecoder(io.LimitReader(res.Body, maxAsked)).Decode(&r) != nil || r.Error == "" {
		return nil, fmt.Errorf("the running process does not know %s (%s); is the command of another version than the process?", route, res.Status)
	}
	return nil, errors.New(r.Error)
}

// holds tells whether a file is the store that the desk holds.
func (d *desk) holds(path string) bool {
	asked, err := os.Stat(path)
	if err != nil {
		return false
	}
	store, err := os.Stat(d.Store)
	return err == nil && os.SameFile(asked, store)
}
