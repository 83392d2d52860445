package mappings

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"arendebrygga/adapter"
)

// stockholm is the zone of the test sources.
func stockholm(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

var kommun = adapter.Producent{Namn: "Sundsvalls kommun", Aktor: "KOMMUN", Standardversion: "6.1"}

// byggr is a history source of three status columns, with recipients by a query.
func byggr(t testing.TB) *adapter.Definition {
	return &adapter.Definition{
		Name: "byggr", Kind: "mysql", Location: stockholm(t), Mode: adapter.History,
		At: adapter.Position{File: "arendebrygga.yaml", Line: 5, Col: 3},
		Columns: adapter.Columns{
			{Name: "HandelseId", Type: adapter.Int}, {Name: "ArendeId", Type: adapter.Int}, {Name: "Dnr", Type: adapter.String},
			{Name: "ArendeTypId", Type: adapter.Int}, {Name: "HandelseTyp", Type: adapter.String}, {Name: "HandelseSlag", Type: adapter.String},
			{Name: "HandelseUtfall", Type: adapter.String}, {Name: "StartDatum", Type: adapter.Time}, {Name: "SlutDatum", Type: adapter.Date},
			{Name: "Sekretess", Type: adapter.Bool}, {Name: "ArbetsMtrl", Type: adapter.Bool}, {Name: "ArMakulerad", Type: adapter.Bool},
			{Name: "Avgift", Type: adapter.Decimal}, {Name: "Kvot", Type: adapter.Float}, {Name: "Bild", Type: adapter.Bytes},
		},
		Row: "HandelseId", Case: "ArendeId", Status: []string{"HandelseTyp", "HandelseSlag", "HandelseUtfall"},
		PublishWhen:  adapter.Code{Text: "rad.Sekretess == false && rad.ArbetsMtrl == false"},
		WithdrawWhen: adapter.Code{Text: "rad.ArMakulerad || rad.Sekretess"},
		Recipients: adapter.RecipientRule{
			Query: "SELECT …", Case: "ArendeId", Recipient: "PersOrgId", Role: "Roll",
			Columns: adapter.Columns{{Name: "ArendeId", Type: adapter.Int}, {Name: "PersOrgId", Type: adapter.Int}, {Name: "PersOrgNr", Type: adapter.String},
				{Name: "ArForetag", Type: adapter.Bool}, {Name: "Roll", Type: adapter.String}, {Name: "Tillagg", Type: adapter.String}},
			Identity: adapter.IdentityRule{Column: "PersOrgNr", OrganisationWhen: adapter.Code{Text: "rad.ArForetag"}, Tillagg: "Tillagg", Century: adapter.Century{MinAge: 18}},
		},
		FirstRun: adapter.FirstRun{Kind: adapter.When, PublishWhen: adapter.Code{Text: "rad.SlutDatum == nil"}},
	}
}

// alkt is a net source with one status column, whose rows name their recipient.
func alkt(t testing.TB) *adapter.Definition {
	return &adapter.Definition{
		Name: "alkt", Kind: "sqlite", Location: stockholm(t), Mode: adapter.Net,
		At:      adapter.Position{File: "arendebrygga.yaml", Line: 40, Col: 3},
		Columns: adapter.Columns{{Name: "Id", Type: adapter.Int}, {Name: "Ärende", Type: adapter.String}, {Name: "Läge", Type: adapter.String}, {Name: "Orgnr", Type: adapter.String}},
		Row:     "Id", Case: "Id", Status: []string{"Läge"},
		PublishWhen: adapter.Code{Text: "always"},
		Recipients:  adapter.RecipientRule{Identity: adapter.IdentityRule{Column: "Orgnr"}},
	}
}

// load compiles mapping files that must be right.
func load(t testing.TB, paths []string, sources ...*adapter.Definition) *Set {
	t.Helper()
	set, problems := Load(paths, sources, []adapter.Producent{kommun})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set
}

// inFile puts a mapping into a file of its own.
func inFile(t testing.TB, mapping string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte(mapping), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
