package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"arendebrygga/adapter"
	"arendebrygga/sink/api"
)

var (
	basPath    = regexp.MustCompile(`^(/[a-z0-9][a-z0-9-]*)+$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	sha256Hex  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// hashHint says how a key becomes what the configuration keeps of it.
const hashHint = "64 hexadecimal digits, as printf %s \"$KEY\" | sha256sum prints them"

// emptyHashes are what comes out if there was no key: of nothing, and of a line end.
var emptyHashes = [...]string{
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
}

// api checks how questions are answered, and whose.
func (c *checker) api(raw *rawAPI) {
	cfg := &c.cfg.API
	cfg.at = c.at("api")
	cfg.Listen = raw.Listen.Text
	host, ok := c.listen(raw.Listen)
	cfg.Bas = raw.Bas.Text
	if raw.Bas.set() {
		c.check(basPath.MatchString(cfg.Bas), raw.Bas, fmt.Sprintf("bas: %q is not a path that the API can begin with", raw.Bas.Raw),
			"such as /mina-arenden/v1: lower case letters, digits and hyphens, no slash at the end")
	}
	cfg.KeyHeader = raw.KeyHeader.Text
	if raw.KeyHeader.set() {
		c.check(headerName.MatchString(cfg.KeyHeader), raw.KeyHeader, fmt.Sprintf("keyHeader: %q is not the name of a header", raw.KeyHeader.Raw), "such as X-API-Key")
	}
	cfg.Policy = c.policy(raw.Policy, "api.policy")
	cfg.Insecure = raw.Insecure.Value
	if cfg.Insecure {
		at := raw.Insecure.text
		if raw.Listen.Env {
			at = raw.Listen
		}
		c.check(!ok || loopback(host), at, fmt.Sprintf("insecure: %s can be reached from other machines", raw.Listen.Raw),
			"listen on 127.0.0.1 or [::1], or give each consumer a key")
		c.check(len(raw.Consumers) == 0, raw.Insecure.text, "insecure and consumers exclude each other: no key would be asked for", "leave one of them out")
	}
	c.consumers(raw.Consumers)
}

// listen checks an address; ok tells whether it can be taken apart.
func (c *checker) listen(t text) (host string, ok bool) {
	if !t.set() {
		return "", false
	}
	host, port, err := net.SplitHostPort(t.Text)
	if n, atoi := strconv.Atoi(port); err != nil || atoi != nil || n < 0 || n > 65535 {
		c.add(t.At, fmt.Sprintf("listen: %q is not an address with a port", t.Raw), "such as 127.0.0.1:8080, [::1]:8080, or :8080 for every address")
		return "", false
	}
	return host, true
}

// loopback tells whether only this machine can reach an address. A name other than
// localhost could come to mean another address after the check.
func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func (c *checker) policy(t text, path string) api.Policy {
	if c.oneOf(t, path, string(api.Self), string(api.Trusted)) {
		return api.Policy(t.Text)
	}
	return api.Self
}

// consumers checks who may ask. A wrong hash is never quoted: it may be the key.
func (c *checker) consumers(raw []rawConsumer) {
	names, hashes := map[string]bool{}, map[string]string{}
	for i := range raw {
		path, r := join("api.consumers", strconv.Itoa(i)), &raw[i]
		if c.required(r.Name, join(path, "name"), "what the log calls the consumer") {
			c.check(!names[r.Name.Text], r.Name, fmt.Sprintf("name: two consumers are called %q", r.Name.Raw), "the log tells them apart by it")
			names[r.Name.Text] = true
		}
		if len(r.KeySHA256.Items) == 0 && !c.gone(join(path, "keySha256")) {
			c.add(c.at(join(path, "keySha256")), "keySha256 is missing", hashHint)
		}
		consumer := api.Consumer{Name: r.Name.Text, Policy: c.policy(r.Policy, join(path, "policy"))}
		for _, t := range r.KeySHA256.Items {
			hash := strings.ToLower(t.Text)
			if c.hash(t, hash, hashes) {
				hashes[hash] = r.Name.Text
			}
			consumer.KeySHA256 = append(consumer.KeySHA256, hash)
		}
		c.cfg.API.Consumers = append(c.cfg.API.Consumers, consumer)
	}
}

func (c *checker) hash(t text, hash string, known map[string]string) bool {
	owner, used := known[hash]
	switch {
	case !sha256Hex.MatchString(hash):
		c.add(t.At, "keySha256: not a SHA-256", hashHint)
	case hash == emptyHashes[0] || hash == emptyHashes[1]:
		c.add(t.At, "keySha256: the SHA-256 of nothing", "$KEY was not set when it was made: "+hashHint)
	case used:
		c.add(t.At, fmt.Sprintf("keySha256: consumer %q has the same key", owner), "each key belongs to one consumer, once")
	default:
		return true
	}
	return false
}

// serveProblems are the mistakes that only matter to a command that connects and
// serves: nobody may ask, or a secret is not there.
func (c *Config) serveProblems() adapter.Problems {
	problems := append(adapter.Problems{}, c.pending...)
	if len(c.API.Consumers) == 0 && !c.API.Insecure {
		problems = append(problems, adapter.Problem{
			At: c.API.at, Message: "api has no consumers: nobody could ask anything",
			Hint: "consumers: [ { name: …, keySha256: [\"…\"] } ], or to try things on this machine alone insecure: true",
		})
	}
	problems.Sort()
	return problems
}
