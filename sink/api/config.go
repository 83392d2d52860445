package api

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"arendebrygga/adapter"

	"github.com/rs/zerolog"
)

// DefaultBas is the base path where none is configured.
const DefaultBas = "/mina-arenden/v1"

// DefaultKeyHeader is the header with the API key where none is configured.
const DefaultKeyHeader = "X-Api-Key"

// Policy says on whose behalf a consumer asks.
type Policy string

// The policies.
const (
	Self    Policy = "self"    // only events whose kund is the anvandare of the question
	Trusted Policy = "trusted" // whatever is asked: the consumer has checked the authority itself
)

// Consumer is a system that may ask questions.
type Consumer struct {
	Name      string   // as the log calls it
	KeySHA256 []string // SHA-256 of each of its API keys, in hex; several while keys are changed
	Policy    Policy   // empty: Self
}

// Config is what the API needs to know.
type Config struct {
	Bas         string // base path, such as /mina-arenden/v1; empty: DefaultBas
	KeyHeader   string // empty: DefaultKeyHeader
	Consumers   []Consumer
	Insecure    bool                // asks for no key; not together with Consumers
	Policy      Policy              // of everyone, where Insecure; empty: Self
	Producenter []adapter.Producent // if several, each has an ID and routes of its own
	Version     string              // of the API, x.y.z or vx.y.z; anything else: that of its document
	Released    string              // when that version was released, ÅÅÅÅ-MM-DD; empty: when its document was
	Log         zerolog.Logger
	Observe     func(route string, status int, took time.Duration) // told of every answer; route is a path of the API or unknown; nil: nobody
}

var (
	basPattern         = regexp.MustCompile(`^(?:/[a-z0-9][a-z0-9-]*)+$`)
	producentIDPattern = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)
	headerPattern      = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

// withDefaults fills in what is left out, and tells of everything that is wrong.
func (cfg Config) withDefaults() (Config, error) {
	if cfg.Bas == "" {
		cfg.Bas = DefaultBas
	}
	if cfg.KeyHeader == "" {
		cfg.KeyHeader = DefaultKeyHeader
	}
	var faults []error
	if !basPattern.MatchString(cfg.Bas) {
		faults = append(faults, fmt.Errorf("base path %q: want /name/v1: lower case letters, digits and hyphens, no slash at the end", cfg.Bas))
	}
	if !headerPattern.MatchString(cfg.KeyHeader) {
		faults = append(faults, fmt.Errorf("key header %q: want letters, digits and hyphens", cfg.KeyHeader))
	}
	switch {
	case cfg.Insecure && len(cfg.Consumers) > 0:
		faults = append(faults, errors.New("insecure and consumers exclude each other: no key would be asked for"))
	case !cfg.Insecure && len(cfg.Consumers) == 0:
		faults = append(faults, errors.New("no consumers: nobody could ask anything"))
	}
	faults = append(faults, checkPolicy(cfg.Policy), cfg.checkProducenter(), cfg.checkConsumers())
	return cfg, errors.Join(faults...)
}

func (cfg Config) checkProducenter() error {
	if len(cfg.Producenter) == 0 {
		return errors.New("no producent")
	}
	seen := map[string]bool{}
	for _, p := range cfg.Producenter {
		if seen[p.ID] {
			return fmt.Errorf("two producenter with the id %q", p.ID)
		}
		seen[p.ID] = true
		if alone := p.ID == "" && len(cfg.Producenter) == 1; !alone && !producentIDPattern.MatchString(p.ID) {
			return fmt.Errorf("producent id %q: want 1 to 40 letters A-Z, digits and hyphens", p.ID)
		}
	}
	return nil
}

func (cfg Config) checkConsumers() error {
	seen := map[string]bool{}
	for _, c := range cfg.Consumers {
		if c.Name == "" || seen[c.Name] {
			return fmt.Errorf("consumer name %q: want a name of its own", c.Name)
		}
		seen[c.Name] = true
		if len(c.KeySHA256) == 0 {
			return fmt.Errorf("consumer %s has no key", c.Name)
		}
		for _, key := range c.KeySHA256 {
			if sum, err := hex.DecodeString(key); err != nil || len(sum) != 32 {
				return fmt.Errorf("consumer %s: a key's SHA-256 is 64 hexadecimal digits", c.Name)
			}
		}
		if err := checkPolicy(c.Policy); err != nil {
			return fmt.Errorf("consumer %s: %w", c.Name, err)
		}
	}
	return nil
}

func checkPolicy(p Policy) error {
	switch p {
	case "", Self, Trusted:
		return nil
	}
	return fmt.Errorf("policy %q: want %s or %s", p, Self, Trusted)
}
