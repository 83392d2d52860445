package mappings

import (
	"strings"
	"testing"

	"arendebrygga/adapter"
)

// TestHostile loads files that are made to exhaust a parser.
func TestHostile(t *testing.T) {
	const n = 200_000
	head := "producentarendetyp: A\nnamn: A\nkalla: byggr\nmottagare: alla\narenden: [{ typ: Diarienummer, varde: x }]\nhandelser: []\n"
	for name, content := range map[string]string{
		"brackets":   strings.Repeat("[", n),
		"braces":     strings.Repeat("{", n),
		"dashes":     strings.Repeat("- ", n),
		"keys":       strings.Repeat("a: ", n),
		"quotes":     strings.Repeat(`"`, n),
		"newlines":   strings.Repeat("\n", n),
		"carets":     head + "nar: " + strings.Repeat("(", n) + "\n",
		"nots":       head + "nar: " + strings.Repeat("!", n/20) + "true\n",
		"optional":   head + "namn2: x\nnar: rad.Dnr == ''\ntaggar: ['" + strings.Repeat("[[", n/10) + "']\n",
		"templates":  strings.Replace(head, "varde: x", "varde: '"+strings.Repeat("[[{{", n/10)+"'", 1),
		"one key":    strings.Repeat("a: 1\n", 20_000),
		"long words": head + strings.Repeat("x", n) + ": 1\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load([]string{inFile(t, content)}, []*adapter.Definition{byggr(t)}, []adapter.Producent{kommun})
			if errs, _ := problems.Split(); len(errs) == 0 {
				t.Error("nothing is wrong with it")
			}
		})
	}
}

// TestHostileExpressions holds that an expression which would fill the memory or run
// for ever is refused at load or gives up on its first row.
func TestHostileExpressions(t *testing.T) {
	long := strings.Repeat("x", 4000)
	columns := adapter.Columns{{Name: "A", Type: adapter.Int}, {Name: "S", Type: adapter.String}}
	for name, src := range map[string]string{
		"range":           `len(1..1000000000) > 1`,
		"range of a row":  `len(rad.A..1000000000) > 1`,
		"many ranges":     strings.Repeat("len(1..900000) + ", 500) + "1 > 1",
		"repeat":          `len(repeat(rad.S, 1000000)) > 1`,
		"replace":         `len(replace(replace(replace(rad.S, "x", rad.S), "x", rad.S), "x", rad.S)) > 1`,
		"loop in a loop":  `let r = 1..9000; count(r, count(r, # > 1) == 3) == 1`,
		"doubling":        `len(reduce(1..40, #acc + #acc, rad.S)) > 1`,
		"doubling by let": "let a = rad.S + rad.S; " + doublings() + "len(a) > 1",
		"join":            `len(join(map(rad.A..9000000, rad.S))) > 1`,
		"flatten":         `len(flatten([map(rad.A..9000, 1..9), 1..9000, 1..9000])) < 0`,
		"regular":         `rad.S matches "(x{1000}){1000}"`,
		"brackets":        strings.Repeat("[", 4900) + "1" + strings.Repeat("]", 4900) + " == 1",
		"local zone":      `tidpunkt.Local().Hour() == 3`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newScope(columns, nil, statusNames)
			c, found := s.anyOf(src, "withdrawWhen", "test")
			if found != nil {
				return
			}
			e := newEvaluator(s)
			e.row([]any{1, long})
			if v, _ := c.ask(e); v != unknown {
				t.Errorf("got %d", v)
			}
		})
	}
}

func doublings() string {
	var b strings.Builder
	for r := 'b'; r <= 'z'; r++ {
		b.WriteString("let " + string(r) + " = " + string(r-1) + " + " + string(r-1) + "; ")
	}
	return b.String()
}
