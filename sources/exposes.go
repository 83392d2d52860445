package sources

import (
	"crypto/tls"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	anyServer    = "trusts any server that answers"
	inTheClear   = "sends personal data in the clear"
	ifTheyPlease = "encrypts only if the server does, and trusts any server that answers"
)

// noTLS is the way out for whose server does not encrypt; a DSN has its own word for it.
const noTLS = "give the server a certificate or, if its network is to be trusted with personal data in the clear, set tls: false (in a dsn %s)"

// Exposes tells what others could read, or pretend to be, on the network that a
// connection crosses, such as "trusts any server that answers", whether the parts or a
// DSN say so. It is empty if nothing, if no network is crossed, and of a connection that
// does not fit together, which [Open] tells.
func Exposes(kind string, conn Connection) string {
	switch kind {
	case "mssql":
		return mssqlExposes(conn)
	case "mysql":
		return mysqlExposes(conn)
	case "postgres":
		return postgresExposes(conn)
	}
	return ""
}

func mysqlExposes(conn Connection) string {
	cfg, err := mysqlConfig(conn)
	if err != nil || onThisMachine(cfg) {
		return ""
	}
	return map[string]string{"": inTheClear, "false": inTheClear, "preferred": ifTheyPlease, "skip-verify": anyServer}[cfg.TLSConfig]
}

// postgresExposes looks at all the ways that the driver would try, one after the other.
func postgresExposes(conn Connection) string {
	cfg, err := postgresConfig(conn)
	if err != nil {
		return ""
	}
	ways := append([]*pgconn.FallbackConfig{{Host: cfg.Host, TLSConfig: cfg.TLSConfig}}, cfg.Fallbacks...)
	plain, trusting, encrypted := false, false, false
	for _, way := range ways {
		switch {
		case hereOnly(way.Host):
		case way.TLSConfig == nil:
			plain = true
		default:
			encrypted, trusting = true, trusting || !verifies(way.TLSConfig)
		}
	}
	switch {
	case plain && encrypted:
		return ifTheyPlease
	case plain:
		return inTheClear
	case trusting:
		return anyServer
	}
	return ""
}

// verifies tells whether a server has to prove who it is.
func verifies(cfg *tls.Config) bool {
	return !cfg.InsecureSkipVerify || cfg.VerifyPeerCertificate != nil
}
