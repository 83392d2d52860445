package mappings

import (
	"os"
	"path/filepath"
	"testing"

	"arendebrygga/adapter"
)

// FuzzLoad holds that no file makes the loader panic, and that whatever it accepts
// can judge a change.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "a.yaml")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		def, net := byggr(t), alkt(t)
		set, problems := Load([]string{path}, []*adapter.Definition{def, net}, []adapter.Producent{kommun})
		_ = problems.Error()
		if set == nil {
			return
		}
		people := []adapter.Row{part(def, "9", "19900922-2382", "SOK", nil)}
		for _, status := range [][3]string{{"KOMP", "", ""}, {"ANSÖKAN", "A", "B"}, {"", "", ""}} {
			set.Rules("byggr").Judge(handelse(def, status, nil), people)
			set.Rules("byggr").Judge(adapter.StatusChange{Status: status[:], Rad: make([]any, len(def.Columns))}, people)
		}
	})
}

// FuzzExpression holds that no expression makes the compiler panic, and that one it
// accepts can be asked about a row with values and about one of NULLs.
func FuzzExpression(f *testing.F) {
	for _, src := range []string{`rad.A not in [1, 2] || rad.S?.x`, `tidpunkt.Date() != nil`, `tidpunkt.In(tidpunkt.Location()).Year() > 2000`, `let x = fromJSON(rad.S); x?.a[0:1] | len() > 1`,
		`none([{"a": rad.A}], .a == nil ?? #)`, `date(rad.S) - tidpunkt > duration("1h")`, `rad["A"] ** 2 % 3..5`, `sum(map(1..3, # * rad.A)) / 0 == 1`, `rad.S matches ny ? true : gammal`, `"\xff" + rad.S[1:] == b'x'`} {
		f.Add(src)
	}
	columns := adapter.Columns{{Name: "A", Type: adapter.Int}, {Name: "S", Type: adapter.String}, {Name: "D", Type: adapter.Decimal}, {Name: "T", Type: adapter.Time}, {Name: "B", Type: adapter.Bytes}}
	f.Fuzz(func(t *testing.T, src string) {
		s := newScope(columns, nil, statusNames)
		_, _ = s.template("{{ "+src+" }}", swedish)
		c, found := s.anyOf(src, "withdrawWhen", "test")
		if len(found) > 0 {
			return
		}
		e := newEvaluator(s)
		e.change(&adapter.StatusChange{Tidpunkt: may2026}, may2026.Location())
		for _, row := range [][]any{{1, "x", adapter.Number("1.5"), may2026, []byte("x")}, {nil, nil, nil, nil, nil}, nil} {
			e.row(row)
			c.ask(e)
		}
	})
}
