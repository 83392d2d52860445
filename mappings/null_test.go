package mappings

import (
	"testing"

	"arendebrygga/adapter"
)

// TestNullIsNeverYes asks conditions that expr itself finds true of NULL.
func TestNullIsNeverYes(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want verdict
	}{
		{`rad.A != 1`, unknown},
		{`not (rad.A in [1, 2])`, unknown},
		{`rad.A not in [1, 2]`, unknown},
		{`!(rad.S startsWith "x")`, unknown},
		{`not (rad.S contains "x")`, unknown},
		{`!(rad.A == 1)`, unknown},
		{`rad.B != true`, unknown},
		{`rad.B == false`, unknown},
		{`!rad.B`, unknown},
		{`rad.B`, unknown},
		{`rad.D <= 0`, unknown},
		{`rad?.A != 1`, unknown},
		{`rad["A"] != 1`, unknown},
		{`rad.a != 1`, unknown},
		{`let x = rad.A; x != 1`, unknown},
		{`none([1, 2], # == rad.A)`, unknown},
		{`[rad.A] != [1]`, unknown},
		{`(rad.A ?? rad.S) != "x"`, unknown},
		{`rad.A == rad.One`, unknown},
		{`true && rad.A != 1`, unknown},
		{`rad.A != 1 || rad.One == 1`, unknown},
		{`rad.One == 1 || rad.A != 1`, yes},
		{`rad.One == 2 && rad.A != 1`, no},
		{`rad.A == nil`, yes},
		{`nil == rad.A`, yes},
		{`rad?.A == nil`, yes},
		{`rad.A != nil`, no},
		{`rad.A != nil && rad.A > 3`, no},
		{`rad.A == nil || rad.A > 3`, yes},
		{`(rad.A ?? 0) != 1`, yes},
		{`(rad.A ?? rad.One ?? 0) == 1`, yes},
		{`rad.S == nil ? rad.One == 1 : rad.S == "x"`, yes},
		{`(rad.B ?? false) == false`, yes},
		{`rad.One == 1`, yes},
		{`1 / (rad.One - 1) > 2 && rad.S == nil`, yes},
		{`int("x" + string(rad.One)) == 1`, unknown},
	} {
		holds(t, tt.src, tt.want)
	}
}

// TestMissingIsNeverYes holds that what is missing inside a value is as unknown as a
// NULL.
func TestMissingIsNeverYes(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want verdict
	}{
		{`fromJSON(rad.J).secret != true`, unknown},
		{`fromJSON(rad.J)?.secret != true`, unknown},
		{`get(fromJSON(rad.J), "secret") != true`, unknown},
		{`!fromJSON(rad.J).secret`, unknown},
		{`not (fromJSON(rad.J).secret in [true])`, unknown},
		{`not (fromJSON(rad.J).secret startsWith "x")`, unknown},
		{`none([fromJSON(rad.J)], .secret == true)`, unknown},
		{`none(fromJSON("[null]"), # == true)`, unknown},
		{`let x = fromJSON(rad.J).secret; x != true`, unknown},
		{`(fromJSON(rad.J).secret ?? nil) != true`, unknown},
		{`string(fromJSON(rad.J).secret) != "true"`, unknown},
		{`toJSON(fromJSON(rad.J).secret) != "true"`, unknown},
		{`type(fromJSON(rad.J).secret) != "bool"`, unknown},
		{`[fromJSON(rad.J).secret] != [true]`, unknown},
		{`{"a": 1}[rad.J] != 2`, unknown},
		{`not ((rad.A ?? nil) in [1])`, unknown},
		{`(rad.A == nil ? nil : rad.A) not in [1]`, unknown},
		{`first([]) != 1`, unknown},
		{`not (get(split(rad.J, "/"), 5) startsWith "x")`, unknown},
		{`fromJSON(rad.J).secret == nil`, yes},
		{`(fromJSON(rad.J).secret ?? false) == false`, yes},
		{`fromJSON(rad.J).x != 2`, yes},
		{`"x" in fromJSON(rad.J)`, yes},
	} {
		holds(t, tt.src, tt.want)
	}
}

// holds asks a condition about a row of NULLs, but for One, which is 1, and J.
func holds(t *testing.T, src string, want verdict) {
	t.Run(src, func(t *testing.T) {
		s := newScope(adapter.Columns{{Name: "A", Type: adapter.Int}, {Name: "S", Type: adapter.String}, {Name: "B", Type: adapter.Bool}, {Name: "D", Type: adapter.Decimal},
			{Name: "One", Type: adapter.Int}, {Name: "J", Type: adapter.String}}, nil)
		c, found := s.condition(src, "nar", "test")
		if found != nil {
			t.Fatal(found)
		}
		e := newEvaluator(s)
		e.row([]any{nil, nil, nil, nil, 1, `{"x": 1}`})
		if got, why := c.ask(e); got != want {
			t.Errorf("got %d (%s), want %d", got, why, want)
		}
	})
}

// TestWithdrawAnyOf holds that one true side is enough to withdraw.
func TestWithdrawAnyOf(t *testing.T) {
	columns := adapter.Columns{{Name: "A", Type: adapter.Bool}, {Name: "B", Type: adapter.Bool}}
	s := newScope(columns, nil)
	c, found := s.anyOf(`rad.A || rad.B or rad.A == true`, "withdrawWhen", "test")
	if found != nil {
		t.Fatal(found)
	}
	e := newEvaluator(s)
	for _, tt := range []struct {
		a, b any
		want verdict
	}{{nil, true, yes}, {true, nil, yes}, {nil, false, unknown}, {false, nil, unknown}, {false, false, no}, {nil, nil, unknown}} {
		e.row([]any{tt.a, tt.b})
		if got, _ := c.ask(e); got != tt.want {
			t.Errorf("%v, %v: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
