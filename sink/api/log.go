package api

import (
	"net/http"
	"time"
)

// tell writes the one log line of a request, and tells who observes. Nothing in it is what a person wrote,
// but for the correlation id, which is masked: no path of an unknown route, no
// method that is made up, no query, no body.
func (s *service) tell(x *exchange) {
	line := s.log.Info()
	if x.err != nil {
		line = s.log.Error().Str("error", mask(x.err.Error()))
	}
	method, path, consumer := x.r.Method, "unknown", ""
	switch method {
	case http.MethodPost, http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete,
		http.MethodPatch, http.MethodOptions, http.MethodTrace, http.MethodConnect:
	default:
		method = "unknown"
	}
	if x.route != nil {
		path = x.route.path
	}
	if x.caller != nil {
		consumer = x.caller.name
	}
	took := time.Since(x.began)
	if s.observe != nil {
		s.observe(path, x.status, took)
	}
	line.Str("method", method).
		Str("route", path).
		Int("status", x.status).
		Float64("durationMs", float64(took.Microseconds())/1000).
		Str("consumer", consumer).
		Str("correlationId", mask(x.correlation)).
		Str("traceId", x.trace.traceID())
	if x.aborted {
		line.Bool("aborted", true)
	}
	line.Msg("request")
}
