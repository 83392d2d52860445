package tdstest

import (
	"crypto/tls"
	"net/url"
	"testing"
)

func TestEncryption(t *testing.T) {
	cert, file := Certificate(t, false)
	s := Config{Handler: one, TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}.Start(t)
	if err := open(t, s.DSN()).Ping(); err == nil {
		t.Error("a certificate that nobody trusts is taken")
	}
	for _, more := range []string{"certificate=" + url.QueryEscape(file), "TrustServerCertificate=true"} {
		more, _ = url.QueryUnescape(more)
		if err := open(t, s.DSN(), more).Ping(); err != nil {
			t.Errorf("%s: %v", more, err)
		}
	}
	if n := len(s.Logins()); n != 2 {
		t.Errorf("%d logins, want none but those over a trusted connection", n)
	}
	if err := open(t, Start(t, one).DSN(), "encrypt=true").Ping(); err == nil {
		t.Error("a connection that must be encrypted goes to a server that cannot")
	}
}
