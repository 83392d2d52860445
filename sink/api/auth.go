package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
)

// caller is a consumer that has shown who it is. Its slots are its own, so that one
// that is slow, or asks too much, keeps no other from its answers.
type caller struct {
	name      string
	policy    Policy
	questions slots // that are worked on
	bodies    slots // big ones that are being read
	answers   slots // big ones that are made or sent
}

// gate tells who asks.
type gate struct {
	header   string // canonical
	keys     []key
	everyone *caller // set where no key is asked for
}

type key struct {
	sum    [sha256.Size]byte
	caller *caller
}

// newGate needs a checked configuration.
func newGate(cfg Config) *gate {
	g := &gate{header: http.CanonicalHeaderKey(cfg.KeyHeader)}
	if cfg.Insecure {
		g.everyone = newCaller("insecure", cfg.Policy)
		return g
	}
	for _, consumer := range cfg.Consumers {
		c := newCaller(consumer.Name, consumer.Policy)
		for _, sum := range consumer.KeySHA256 {
			k := key{caller: c}
			_, _ = hex.Decode(k.sum[:], []byte(sum)) // checked with the configuration
			g.keys = append(g.keys, k)
		}
	}
	return g
}

func newCaller(name string, policy Policy) *caller {
	if policy == "" {
		policy = Self
	}
	return &caller{
		name: name, policy: policy,
		questions: make(slots, maxQuestions), bodies: make(slots, bigBodies), answers: make(slots, bigAnswers),
	}
}

// admit finds the consumer that asks, and lets it in unless too many of its
// questions are worked on.
func (g *gate) admit(h http.Header) (*caller, error) {
	c := g.everyone
	if c == nil {
		c = g.bearer(h)
	}
	switch {
	case c == nil:
		return nil, refuse(http.StatusUnauthorized, "Www-Authenticate", `ApiKey header="`+g.header+`"`)
	case c.questions.full():
		return c, errBusy
	}
	return c, nil
}

// bearer finds the consumer whose key a request bears. It compares with every key,
// in a time that tells nothing of them.
func (g *gate) bearer(h http.Header) (found *caller) {
	values := h[g.header]
	if len(values) != 1 {
		return nil
	}
	sum := sha256.Sum256([]byte(values[0]))
	for i := range g.keys {
		if subtle.ConstantTimeCompare(sum[:], g.keys[i].sum[:]) == 1 {
			found = g.keys[i].caller
		}
	}
	return found
}
