package sources

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/microsoft/go-mssqldb/msdsn"
)

// MSSQL is what only SQL Server's connections have. The names of what they are called
// by the driver stand in [msdsn]. It reads Certificate when the source is opened, and the
// other files at each login.
type MSSQL struct {
	// Authenticator is "" (a login of the server, or on Windows without a user the account
	// that the program runs as), ntlm (a user DOMAIN\name), krb5 (Kerberos) or winsspi
	// (Windows' own).
	Authenticator string
	// Krb5ConfFile is /etc/krb5.conf unless it is given. The ticket is that of the keytab,
	// of the credential cache or, with a password, got for the user.
	Krb5ConfFile, KeytabFile, CredCacheFile, Realm string
	ServerSPN                                      string // the service's name in the domain; empty: MSSQLSvc/host:port, or MSSQLSvc/host:INSTANCE of an instance
	FailoverPartner                                string // the other server of a mirrored database: host or host,port; ServerSPN, if given, is its name too
	ReadOnlyIntent                                 bool   // a listener may hand us on to a secondary that may be read
	Certificate                                    string // file, .pem or .der: the certificate that the server's is signed with
	HostNameInCertificate                          string // empty: that of Server
}

// mssqlModes are the driver's words for what Connection.TLS says: whether to encrypt,
// and whether to trust any certificate. With preferred, only the login is encrypted,
// if the server can.
var mssqlModes = map[string][2]string{
	"true": {"true", "false"}, "strict": {"strict", "false"}, "skip-verify": {"true", "true"},
	"preferred": {"optional", "true"}, "false": {"disable", "true"},
}

// mssqlConfig makes the driver's configuration. Its own errors may quote secrets.
func mssqlConfig(conn Connection) (msdsn.Config, error) {
	if conn.DSN.Set() {
		return mssqlDSN(conn.DSN.Reveal())
	}
	address, err := mssqlAddress(conn.Server)
	if err != nil {
		return msdsn.Config{}, &PartError{"server", err}
	}
	values, err := conn.MSSQL.values()
	if err != nil {
		return msdsn.Config{}, err
	}
	if conn.TLS == "" {
		if conn.TLS = "true"; bothHere(address.Hostname(), values.Get(msdsn.FailoverPartner)) {
			conn.TLS = "preferred"
		}
	}
	mode, known := mssqlModes[conn.TLS]
	if !known {
		return msdsn.Config{}, fmt.Errorf("tls %q is not known, only true, strict, false, skip-verify and preferred", conn.TLS)
	}
	if conn.MSSQL.ReadOnlyIntent && conn.Database == "" {
		return msdsn.Config{}, errors.New("readOnlyIntent needs the name of the database")
	}
	values.Set(msdsn.Database, conn.Database)
	values.Set(msdsn.Encrypt, mode[0])
	values.Set(msdsn.TrustServerCertificate, mode[1])
	if conn.User != "" {
		address.User = url.UserPassword(conn.User, conn.Password.Reveal())
	}
	address.RawQuery = values.Encode()
	cfg, err := msdsn.Parse(address.String())
	if err != nil {
		return cfg, errors.New("the parts do not fit together: check server, user and tls" + certificateHint(conn.MSSQL.Certificate))
	}
	return cfg, nil
}

// bothHere tells whether a server is this machine, and its failover partner if it has one.
func bothHere(server, partner string) bool {
	return hereOnly(server) && (partner == "" || hereOnly(partner))
}

func mssqlExposes(conn Connection) string {
	cfg, err := mssqlConfig(conn)
	if err != nil || bothHere(cfg.Host, cfg.FailOverPartner) {
		return ""
	}
	verified := cfg.TLSConfig != nil && verifies(cfg.TLSConfig)
	switch {
	case cfg.Encryption == msdsn.EncryptionDisabled:
		return "sends personal data in the clear, and a password hardly hidden"
	case cfg.Encryption == msdsn.EncryptionOff && verified:
		return "encrypts the login at most"
	case cfg.Encryption == msdsn.EncryptionOff:
		return "encrypts the login at most, and trusts any server"
	case !verified:
		return anyServer
	}
	return ""
}

func checkPort(port string) error {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return errors.New("the server's port is no number from 1 to 65535")
	}
	return nil
}

// values are the parameters of a DSN that the parts make.
func (more MSSQL) values() (url.Values, error) {
	values := url.Values{}
	for name, value := range map[string]string{
		"authenticator": more.Authenticator, "krb5-configfile": more.Krb5ConfFile, "krb5-keytabfile": more.KeytabFile,
		"krb5-credcachefile": more.CredCacheFile, "krb5-realm": more.Realm, msdsn.ServerSpn: more.ServerSPN,
		msdsn.Certificate: more.Certificate, msdsn.HostNameInCertificate: more.HostNameInCertificate,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if more.FailoverPartner != "" {
		partner, err := mssqlAddress(more.FailoverPartner)
		if err != nil {
			return nil, &PartError{"failoverPartner", fmt.Errorf("failoverPartner: %w", err)}
		}
		if partner.Path != "" && partner.Port() == "" {
			return nil, &PartError{"failoverPartner", errors.New("failoverPartner: the driver does not ask for the port of its instance: write host,port")}
		}
		values.Set(msdsn.FailoverPartner, partner.Hostname())
		if partner.Port() != "" {
			values.Set(msdsn.FailOverPort, partner.Port())
		}
	}
	if more.ReadOnlyIntent {
		values.Set(msdsn.ApplicationIntent, "ReadOnly")
	}
	return values, nil
}

// certificateHint tells of a certificate, whose file the driver opens when it is
// configured.
func certificateHint(file string) string {
	if file == "" {
		return ""
	}
	return ", and the certificate: a file .pem or .der that can be read"
}

// mssqlDSN reads a DSN. One that leaves the encryption open gets it, verified, unless
// the server is on this machine: the driver's own default would do without.
func mssqlDSN(dsn string) (msdsn.Config, error) {
	cfg, err := msdsn.Parse(dsn)
	if err == nil && cfg.Parameters[msdsn.Encrypt] == "" && !bothHere(cfg.Host, cfg.FailOverPartner) {
		sep := ";"
		if strings.HasPrefix(dsn, "sqlserver://") {
			if sep = "?"; strings.Contains(dsn, "?") {
				sep = "&"
			}
		}
		cfg, err = msdsn.Parse(strings.TrimSuffix(dsn, ";") + sep + "encrypt=true")
	}
	if err != nil {
		return cfg, errors.New("the DSN cannot be read: its form is sqlserver://user:password@host/instance?database=name") // the driver's error may quote it
	}
	return cfg, unknownWords(dsn, cfg)
}

// mssqlAddress reads a server in the forms that SQL Server's own tools take: host,
// host\instance, host,port and tcp: before each; and host:port. The port of an instance
// is asked of the browser service, UDP port 1434, unless it is given.
func mssqlAddress(server string) (url.URL, error) {
	host := strings.TrimPrefix(server, "tcp:")
	protocol, rest, named := strings.Cut(host, ":")
	switch {
	case named && strings.Trim(rest, "0123456789") != "" && slices.Contains([]string{"np", "lpc", "admin", "via"}, strings.ToLower(protocol)), strings.HasPrefix(host, `\\`):
		return url.URL{}, errors.New(`the server is reached by TCP only, and its name begins with another protocol: write host, host\INSTANCE or host,port`)
	case strings.Contains(host, "/"):
		return url.URL{}, errors.New(`the server has a slash: an instance is named behind a backslash, as in 'host\INSTANCE'`)
	}
	host, port, given := strings.Cut(host, ",")
	host, instance, _ := strings.Cut(host, `\`)
	if h, p, err := net.SplitHostPort(host); err == nil && !given {
		host, port = h, p
	}
	host, port = strings.Trim(strings.TrimSpace(host), "[]"), strings.TrimSpace(port)
	if host == "." || strings.EqualFold(host, "(local)") {
		host = "localhost"
	}
	if strings.Contains(instance, `\`) {
		return url.URL{}, errors.New(`the server has two backslashes: in single quotes, or none, one is enough, as in 'host\INSTANCE'`)
	}
	if err := checkPort(port); port != "" && err != nil {
		return url.URL{}, err
	}
	address := url.URL{Scheme: "sqlserver", Host: host, Path: instance}
	if strings.Contains(host, ":") {
		address.Host = "[" + host + "]"
	}
	if port != "" {
		address.Host = net.JoinHostPort(host, port)
	}
	return address, nil
}
