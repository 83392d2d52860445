package tdstest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Certificate makes a certificate for loopback, signed by itself, and writes it to a file
// as well, in the form of PEM. Its serial number is negative like those that SQL Server
// until 2017 makes for itself, or as it should be.
func Certificate(tb testing.TB, negative bool) (tls.Certificate, string) {
	tb.Helper()
	must := func(err error) {
		if err != nil {
			tb.Fatalf("tdstest: %v", err)
		}
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	serial := []byte{0x7f, 1, 2, 3, 4, 5, 6, 7}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	if negative {
		der, err = renumbered(der, serial, key)
		must(err)
	}
	file := filepath.Join(tb.TempDir(), "server.pem")
	must(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// renumbered is a certificate with the sign of its serial number changed, and signed anew:
// Go itself makes none like that.
func renumbered(der, serial []byte, key *rsa.PrivateKey) ([]byte, error) {
	var cert struct {
		Body      asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &cert); err != nil {
		return nil, err
	}
	body := slices.Clone(cert.Body.FullBytes)
	body[bytes.Index(body, serial)] |= 0x80
	sum := sha256.Sum256(body)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, err
	}
	cert.Body.FullBytes, cert.Signature = body, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	return asn1.Marshal(cert)
}
