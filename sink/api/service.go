package api

import (
	"fmt"
	"net/http"
	"time"

	"arendebrygga/adapter"
	"arendebrygga/sink"

	"github.com/rs/zerolog"
)

// service answers every request.
type service struct {
	store     *sink.Store
	routes    map[string]*route // by path
	gate      *gate
	stockholm *time.Location
	log       zerolog.Logger
	observe   func(route string, status int, took time.Duration)
}

// route is one path with the one method that it has.
type route struct {
	method  string
	path    string
	form    form
	handle  func(*exchange) error
	subject *adapter.Producent // whose kundhändelser are asked for
}

// New makes the handler that answers questions from the store. The error tells
// everything that is wrong with the configuration.
func New(cfg Config, store *sink.Store) (http.Handler, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	stockholm, err := loadStockholm()
	if err != nil {
		return nil, fmt.Errorf("load the time zone of Sweden: %w", err)
	}
	s := &service{
		store:     store,
		routes:    map[string]*route{},
		gate:      newGate(cfg),
		stockholm: stockholm,
		log:       cfg.Log,
		observe:   cfg.Observe,
	}
	for i := range cfg.Producenter {
		s.addQuestions(cfg.Bas, &cfg.Producenter[i])
	}
	if err := s.addDocuments(cfg); err != nil {
		return nil, fmt.Errorf("prepare the API's documents: %w", err)
	}
	return s, nil
}

func (s *service) add(r *route) { s.routes[r.path] = r }

func (s *service) addQuestions(bas string, p *adapter.Producent) {
	base := baseOf(bas, p)
	s.add(&route{method: http.MethodPost, path: base + "/kundhandelser", form: profileForm, handle: s.ask, subject: p})
	s.add(&route{method: http.MethodPost, path: base + "/kundhandelseFragaSynkron", form: relayForm, handle: s.ask, subject: p})
}

func baseOf(bas string, p *adapter.Producent) string {
	if p.ID == "" {
		return bas
	}
	return bas + "/" + p.ID
}

// find gives the request's route. Only the plain spelling of a path is known: none
// is cleaned, decoded or redirected.
func (s *service) find(r *http.Request) (*route, error) {
	found := s.routes[r.URL.EscapedPath()]
	switch {
	case found == nil:
		return nil, &failure{status: http.StatusNotFound}
	case found.method != r.Method:
		return found, refuse(http.StatusMethodNotAllowed, "Allow", found.method)
	}
	return found, nil
}
