package sources

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/microsoft/go-mssqldb/msdsn"

	"arendebrygga/adapter"
)

// mssqlParameters are the parameters that the driver, and its ways to log in, take from a DSN.
// It passes over all others in silence: a misspelt encrypt would send all in the clear.
// One that it takes is left out, as we change nothing: change password.
var mssqlParameters = []string{
	msdsn.Database, msdsn.Encrypt, msdsn.Password, msdsn.UserID, msdsn.Port, msdsn.TrustServerCertificate, msdsn.Certificate, msdsn.ServerCertificate,
	msdsn.TLSMin, msdsn.PacketSize, msdsn.LogParam, msdsn.ConnectionTimeout, msdsn.HostNameInCertificate, msdsn.KeepAlive, msdsn.ServerSpn,
	msdsn.WorkstationID, msdsn.AppName, msdsn.ApplicationIntent, msdsn.FailoverPartner, msdsn.FailOverPort, msdsn.FailoverPartnerSpn, msdsn.DisableRetry,
	msdsn.Server, msdsn.Protocol, msdsn.DialTimeout, msdsn.Pipe, msdsn.MultiSubnetFailover, msdsn.NoTraceID, msdsn.GuidConversion, msdsn.Timezone,
	msdsn.EpaEnabled, "columnencryption", "authenticator",
	"krb5-configfile", "krb5-keytabfile", "krb5-credcachefile", "krb5-realm", "krb5-dnslookupkdc", "krb5-udppreferencelimit",
}

// logins are what other drivers take for the ways to log in that authenticator names here.
var logins = []string{"integrated security", "trusted_connection", "fedauth", "authentication"}

// unknownWords tells of the words in a DSN, of any of the driver's three forms, that mean
// nothing to it. What may be a piece of a password is not shown.
func unknownWords(dsn string, cfg msdsn.Config) error {
	var told []string
	before := ""
	for _, part := range dsnParts(dsn) {
		name, _, valued := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, taken := cfg.Parameters[name]; taken && name != "" && !slices.Contains(mssqlParameters, name) {
			hint := hintForWord(name)
			if !valued || hint == "" && (before == msdsn.Password || before == "pwd") {
				return errors.New("the DSN has a piece without a meaning, not shown here as it may belong to a password: " +
					`put a value that has ; in it in "…", behind odbc: in {…}; in the form sqlserver:// write %26 for &`)
			}
			told = append(told, fmt.Sprintf("%s (%s)", name, cmp.Or(hint, "leave it out")))
		}
		before = name
	}
	if len(told) == 0 {
		return nil
	}
	return fmt.Errorf("the DSN has what the driver does not know: %s", strings.Join(told, "; "))
}

// dsnParts are the parts of a DSN that a name may stand in, as they are written. Those
// inside of quotes are among them; the driver does not take these for names.
func dsnParts(dsn string) []string {
	if !strings.HasPrefix(dsn, "sqlserver://") {
		return strings.Split(strings.TrimPrefix(dsn, "odbc:"), ";")
	}
	_, query, _ := strings.Cut(dsn, "?")
	query, _, _ = strings.Cut(query, "#")
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, valued := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil && valued {
			parts[i] = plain + "=" + value
		}
	}
	return parts
}

// hintForWord is what to write in the place of a word; empty of one that is like none.
func hintForWord(name string) string {
	if slices.Contains(logins, name) {
		return "leave it out: authenticator, or user id and password, say how to log in"
	}
	// One form of DSN has words of other drivers for its own.
	cfg, _ := msdsn.Parse(name + "=1") // its error is about the value
	for meant := range cfg.Parameters {
		if slices.Contains(mssqlParameters, meant) {
			return "write " + meant
		}
	}
	long := slices.DeleteFunc(slices.Clone(mssqlParameters), func(w string) bool { return len(w) < 5 }) // anything is like log
	if hint := adapter.Suggest(name, long); strings.HasPrefix(hint, "did you mean") {
		return hint
	}
	return ""
}
