package tdstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certificate makes a certificate for loopback and writes it to a file.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "server.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func TestEncryption(t *testing.T) {
	cert, file := certificate(t)
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
