package api

import (
	"context"
	"errors"
	stdlog "log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// The limits of a server. A client that is slower than these is cut off, so that it
// holds nothing but its connection while it dawdles.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 15 * time.Second // header and body together
	writeTimeout   = 30 * time.Second // from the end of the header to the end of the answer
	idleTimeout    = 75 * time.Second // longer than the minute after which most proxies let go
	stopTimeout    = 800 * time.Millisecond
	maxHeaderBytes = 16 << 10
	maxConnections = 2000
)

// Serve answers on the listener until ctx ends; then it lets requests under way
// finish, but returns within a second. It closes the listener.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log zerolog.Logger) error {
	srv := &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            headerTimeout,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               maxHeaderBytes,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     stdlog.New(serverLog{log}, "", 0),
	}
	return serve(ctx, newLimitListener(ln, maxConnections), srv)
}

func serve(ctx context.Context, ln net.Listener, srv *http.Server) error {
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		_ = srv.Close() // too slow: they were given their time
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// serverLog takes what net/http has to say, such as a failing Accept.
type serverLog struct{ log zerolog.Logger }

func (s serverLog) Write(line []byte) (int, error) {
	s.log.Warn().Str("detail", strings.TrimSpace(string(line))).Msg("http server")
	return len(line), nil
}
