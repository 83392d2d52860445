package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sink"
	"arendebrygga/sink/api"
	"arendebrygga/sources"
	"arendebrygga/sources/servertest"
)

const byggrConfig = "../../examples/byggr/arendebrygga.yaml"

// loadByggr loads the example's own configuration and mappings. environ changes keys of
// the source, such as EVENTS__DELAY=0s.
func loadByggr(t testing.TB, environ ...string) *loaded {
	t.Helper()
	for i, e := range environ {
		environ[i] = "ARENDEBRYGGA_SOURCES__BYGGR__" + e
	}
	l, problems := loadAll(byggrConfig, environ, nil)
	if l == nil {
		t.Fatal(problems)
	}
	return l
}

// byggrDDL makes the example's tables MariaDB's, in a database that is called as the
// schema is in ByggR: no comments, and times to the millisecond.
func byggrDDL(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("../../examples/byggr/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`--[^\n]*`).ReplaceAll(text, nil)
	text = regexp.MustCompile(`\bdatetime\b`).ReplaceAll(text, []byte("datetime(3)"))
	return strings.Split(strings.TrimRight(strings.TrimSpace(string(text)), ";"), ";")
}

// byggrBed is the example at work on a real database: its loop, polled by hand, its
// store, and the standard API over that.
type byggrBed struct {
	t     testing.TB
	db    *sql.DB
	loop  *adapter.Loop
	store *sink.Store
	url   string
	codes map[string]int // ids of typ, slag and utfall, by their path

	tds *mirror // what the loop reads; nil: it reads db itself
}

// eachByggr runs a test with the example's queries carried out by MariaDB, and with its
// file as it is, kind mssql: there the real driver reads what MariaDB makes of the
// queries from a server of SQL Server's protocol.
func eachByggr(t *testing.T, test func(t *testing.T, kind string)) {
	for _, kind := range []string{"mysql", "mssql"} {
		t.Run(kind, func(t *testing.T) { test(t, kind) })
	}
}

// newByggr begins with an empty ByggR that has been polled once.
func newByggr(t testing.TB, kind string, environ ...string) *byggrBed {
	t.Helper()
	server := servertest.MariaDB(t)
	b := &byggrBed{t: t, db: server.Root, codes: map[string]int{}}
	b.do("DROP DATABASE IF EXISTS dbo")
	b.do("CREATE DATABASE dbo CHARACTER SET latin1 COLLATE latin1_swedish_ci") // MySQL's latin1 is code page 1252
	t.Cleanup(func() { b.do("DROP DATABASE IF EXISTS dbo") })
	for _, statement := range byggrDDL(t) {
		b.do(statement)
	}
	b.do("GRANT SELECT ON dbo.* TO " + server.User + "@'%'")
	secret := filepath.Join(t.TempDir(), "byggr.pw")
	writeFile(t, secret, server.Password)
	environ = append(environ, "CONNECTION__PASSWORDFILE="+secret)
	if kind == "mssql" {
		environ = append(environ, "CONNECTION__SERVER="+b.mirrored())
	} else {
		environ = append(environ, "KIND="+kind, "CONNECTION__SERVER="+server.Addr, "CONNECTION__DATABASE=dbo", "CONNECTION__USER="+server.User)
	}
	b.begin(loadByggr(t, environ...))
	b.do("INSERT INTO dbo.arkArendeTyp VALUES (1, 'BL', 'Bygglov'), (11, 'ATTANM', 'Anmälan'), (21, 'TILLSYN', 'Tillsyn')")
	b.do("INSERT INTO dbo.arkArendeStatus VALUES (1, 'PAGAR', 'Pågående')")
	for i, role := range []string{"SOK", "MSOK", "KPER", "OMB", "GRAN", "ANMALARE", "FDSOK"} {
		b.do("INSERT INTO dbo.gemPersOrgRoll VALUES (?, ?, ?)", i+1, role, role)
	}
	b.poll()
	return b
}

func (b *byggrBed) begin(l *loaded) {
	b.t.Helper()
	src := l.Config.Sources[0]
	src.Def.Limits.AllowedHours = adapter.Hours{} // the tests run at night, too
	source, err := sources.Open(src.Def, src.Conn)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { source.Close() })
	if b.store, err = sink.Open(filepath.Join(b.t.TempDir(), "store.db")); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.store.Close() })
	b.loop = &adapter.Loop{Definition: src.Def, Source: source, Rules: l.Rules.Rules("byggr"), Store: b.store, Log: zerolog.Nop()}
	handler, err := api.New(api.Config{Insecure: true, Policy: api.Trusted, Producenter: l.Config.Producenter, Log: zerolog.Nop()}, b.store)
	if err != nil {
		b.t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	b.t.Cleanup(server.Close)
	b.url = server.URL + api.DefaultBas + "/kundhandelser"
}

func (b *byggrBed) do(statement string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Exec(statement, args...); err != nil {
		b.t.Fatalf("%s: %v", statement, err)
	}
}

func (b *byggrBed) poll() {
	b.t.Helper()
	if err := b.loop.Poll(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

// sweep compares all rows, and then polls, as the loop does in turns.
func (b *byggrBed) sweep() {
	b.t.Helper()
	if err := b.loop.Sweep(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	b.poll()
}

func (b *byggrBed) totals() adapter.Totals {
	b.t.Helper()
	ck, err := b.store.Checkpoint("byggr")
	if err != nil {
		b.t.Fatal(err)
	}
	return ck.Totals
}

// arende registers a case.
func (b *byggrBed) arende(id, typ int, dnr string) {
	b.t.Helper()
	b.do("INSERT INTO dbo.arkArende VALUES (?, ?, ?, 'Nybyggnad', '2020-07-02', NULL, 1, NULL, '2020-07-02', '2020-07-02')", id, dnr, typ)
}

// person registers a person or an organisation, with the same id for its version.
func (b *byggrBed) person(id int, number any, organisation bool) {
	b.t.Helper()
	b.do("INSERT INTO dbo.gemPersOrg VALUES (?, ?, ?)", id, number, organisation)
	b.do("INSERT INTO dbo.gemPersOrgVersion VALUES (?, ?, 1, 'Test')", id, id)
}

// part makes a person a party of a case ("Arende") or of an event ("Handelse").
func (b *byggrBed) part(of string, id, person int, role string) {
	b.t.Helper()
	link := id*100 + person
	b.do("INSERT IGNORE INTO dbo.ark"+of+"_PersOrgVersion VALUES (?, ?, ?, NULL)", link, id, person)
	b.do("INSERT INTO dbo.ark"+of+"_PersOrgVersionRoll ("+of+"_PersOrgVersionId, Rollid) SELECT ?, Rollid FROM dbo.gemPersOrgRoll WHERE Roll = ?", link, role)
}

// apart takes a person's roles in a case away.
func (b *byggrBed) apart(arende, person int) {
	b.t.Helper()
	b.do("DELETE FROM dbo.arkArende_PersOrgVersionRoll WHERE Arende_PersOrgVersionId = ?", arende*100+person)
	b.do("DELETE FROM dbo.arkArende_PersOrgVersion WHERE Arende_PersOrgVersionId = ?", arende*100+person)
}

// handelse is an event to register. Times are as in the database; an empty Reg is as
// Start, an empty Slut is NULL.
type handelse struct {
	id                  int
	arende              any
	status              string // typ/slag/utfall
	start, reg, slut    string
	utkast, hemlig, mak bool
}

// skriv registers an event.
func (b *byggrBed) skriv(h handelse) {
	b.t.Helper()
	part := strings.Split(h.status, "/")
	slut := sql.NullString{String: h.slut, Valid: h.slut != ""}
	if h.reg == "" {
		h.reg = h.start
	}
	b.do("INSERT INTO dbo.arkHandelse VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?)", h.id, h.arende, b.kod("Typ", part[:1]),
		b.kod("Slag", part[:2]), b.kod("Utfall", part), h.start, slut, h.reg, h.reg, h.utkast, h.hemlig, h.mak)
}

// kod gives the id of a code, making it when it is new; NULL for none.
func (b *byggrBed) kod(of string, path []string) any {
	b.t.Helper()
	name := path[len(path)-1]
	if name == "" {
		return nil
	}
	key := strings.Join(path, "/")
	if id := b.codes[key]; id > 0 {
		return id
	}
	id := len(b.codes) + 1
	var above any
	if len(path) > 1 {
		above = b.kod(map[string]string{"Slag": "Typ", "Utfall": "Slag"}[of], path[:len(path)-1])
	}
	switch of {
	case "Typ":
		b.do("INSERT INTO dbo.arkHandelseTyp VALUES (?, ?, '', NULL, 1)", id, name)
	default:
		b.do("INSERT INTO dbo.arkHandelse"+of+" VALUES (?, ?, ?, '', 1)", id, above, name)
	}
	b.codes[key] = id
	return id
}

// ser gives what a kund is shown, oldest first: a line each with time, type, whose
// turn it is and headline.
func (b *byggrBed) ser(number string) []string {
	b.t.Helper()
	typ := "Personnummer"
	if strings.HasPrefix(number, "16") {
		typ = "Organisationsnummer"
	}
	body := fmt.Sprintf(`{"fraga":{"parter":[{"kund":{"identifierare":%q,"typ":%q}}],"behandling":{"sortering":[{"attribut":"TIDPUNKT","stigande":true}]}},"anvandare":%[1]q}`, number, typ)
	res, err := http.Post(b.url, "application/json", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	var answer struct {
		Kundhandelser []struct {
			KundhandelserForPart []struct {
				Tidpunkt, KundhandelseTyp, Rubrik                       string
				ProducentarendetKraverKundatgard, ProducentarendetKlart bool
			}
		}
	}
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil || res.StatusCode != http.StatusOK || len(answer.Kundhandelser) != 1 {
		b.t.Fatalf("%d, %v: %s", res.StatusCode, err, bytes.TrimSpace(text))
	}
	var lines []string
	for _, e := range answer.Kundhandelser[0].KundhandelserForPart {
		ball := "hos_oss"
		if e.ProducentarendetKraverKundatgard {
			ball = "hos_kunden"
		} else if e.ProducentarendetKlart {
			ball = "i_mal"
		}
		lines = append(lines, strings.Join([]string{e.Tidpunkt, strings.TrimPrefix(e.KundhandelseTyp, "KOMMUN."), ball, e.Rubrik}, " "))
	}
	return lines
}
