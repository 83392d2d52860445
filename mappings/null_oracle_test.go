package mappings

import (
	"fmt"
	"testing"

	"arendebrygga/adapter"

	"pgregory.net/rapid"
)

// said is a condition with what it must say: its source, and its verdict by the rule
// that a part which needs a NULL makes everything around it unknown, unless that
// part is never reached.
type said struct {
	src  string
	want verdict
}

func of(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// anyCondition draws a condition over the columns B, C (bool), A (int) and S (string).
func anyCondition(t *rapid.T, row []any, depth int) said {
	part := func() said { return anyCondition(t, row, depth-1) }
	kinds := 7
	if depth > 0 {
		kinds = 13
	}
	bare := func(column int, src string, holds func() bool) said {
		if row[column] == nil {
			return said{src, unknown}
		}
		return said{src, of(holds())}
	}
	switch kind := rapid.IntRange(0, kinds-1).Draw(t, "kind"); kind {
	case 0:
		return bare(0, "rad.B", func() bool { return row[0].(bool) })
	case 1:
		return bare(1, "rad.C != true", func() bool { return !row[1].(bool) })
	case 2:
		return bare(2, "rad.A not in [1, 2]", func() bool { return row[2] != 1 && row[2] != 2 })
	case 3:
		return bare(3, `not (rad.S startsWith "x")`, func() bool { return row[3] != "x" })
	case 4:
		return said{"rad.A == nil", of(row[2] == nil)}
	case 5:
		return said{`(rad.S ?? "y") != "x"`, of(row[3] != "x")}
	case 6:
		return bare(2, "none([rad.A], # == 3)", func() bool { return row[2] != 3 })
	case 7, 8:
		a := part()
		if a.want != unknown {
			return said{"not (" + a.src + ")", 1 - a.want}
		}
		return said{"!(" + a.src + ")", unknown}
	case 9, 10:
		a, b := part(), part()
		op, last := "&&", no
		if kind == 10 {
			op, last = "||", yes
		}
		if a.want == last || a.want == unknown {
			b.want = a.want
		}
		return said{"(" + a.src + " " + op + " " + b.src + ")", b.want}
	case 11:
		c, a, b := part(), part(), part()
		src := fmt.Sprintf("(%s ? %s : %s)", c.src, a.src, b.src)
		return said{src, map[verdict]verdict{yes: a.want, no: b.want, unknown: unknown}[c.want]}
	}
	a, b := part(), part()
	want := of(a.want != b.want)
	if a.want == unknown || b.want == unknown {
		want = unknown
	}
	return said{fmt.Sprintf("((%s) != (%s))", a.src, b.src), want}
}

// TestNullOracle holds that no way of putting conditions together makes a NULL count.
func TestNullOracle(t *testing.T) {
	s := newScope(adapter.Columns{{Name: "B", Type: adapter.Bool}, {Name: "C", Type: adapter.Bool}, {Name: "A", Type: adapter.Int}, {Name: "S", Type: adapter.String}}, nil)
	rapid.Check(t, func(t *rapid.T) {
		row := []any{rapid.SampledFrom([]any{nil, true, false}).Draw(t, "B"), rapid.SampledFrom([]any{nil, true, false}).Draw(t, "C"),
			rapid.SampledFrom([]any{nil, 1, 3, 4}).Draw(t, "A"), rapid.SampledFrom([]any{nil, "x", "y"}).Draw(t, "S")}
		one := anyCondition(t, row, 4)
		c, found := s.condition(one.src, "publishWhen", "test")
		if found != nil {
			t.Fatal(one.src, found)
		}
		e := newEvaluator(s)
		e.row(row)
		if got, why := c.ask(e); got != one.want {
			t.Fatalf("%s of %v: got %d (%s), want %d", one.src, row, got, why, one.want)
		}
	})
}
