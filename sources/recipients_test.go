package sources

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"arendebrygga/adapter"
)

func (b *bed) withRecipients(typ adapter.ColumnType) *adapter.Definition {
	def := b.history()
	def.Recipients = adapter.RecipientRule{
		Query:   "SELECT c.kase, c.person, c.role FROM c",
		Columns: adapter.Columns{{Name: "Kase", Type: typ}, {Name: "person", Type: adapter.Int}, {Name: "role", Type: adapter.String}},
		Case:    "Kase", Recipient: "person", Role: "role",
	}
	return def
}

func TestRecipients(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		collate := map[string]string{"mysql": "", "sqlite": " COLLATE NOCASE"}[b.kind]
		b.exec(t, "CREATE TABLE c (kase VARCHAR(40)"+collate+", person INT, role VARCHAR(9))",
			"INSERT INTO c VALUES ('a', 10, 'SOK'), ('a', 9, 'GRAN'), ('A', 3, 'SOK'), ('a ', 4, 'SOK'), ('å', 5, 'SOK'), ('b', NULL, 'SOK'), (NULL, 6, 'SOK'), ('', 7, 'SOK')")
		src := b.open(t, b.withRecipients(adapter.String))
		for asked, want := range map[string]string{"a": "a/9 a/10", "A": "A/3", "å": "å/5", "b": "b/", "z": "", "": "", "a|b|a": "a/9 a/10 b/", "x'; --|å": "å/5"} {
			var cases []adapter.Key
			for _, s := range strings.Split(asked, "|") {
				cases = append(cases, adapter.Key(s))
			}
			rows, err := src.Recipients(t.Context(), cases)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, string(row.Case)+"/"+string(row.ID))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %v, want %s", asked, got, want)
			}
		}
	})
}

func TestRecipientsOfManyCases(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE c (kase BIGINT, person INT, role VARCHAR(9))", "CREATE INDEX c_kase ON c (kase)")
		b.series(t, "c", "($n, $n, 'SOK')", 1, 3000)
		var cases []adapter.Key
		for n := 1; n <= 1000; n++ {
			cases = append(cases, adapter.Key(fmt.Sprint(3*n)))
		}
		src := b.open(t, b.withRecipients(adapter.Int))
		rows, err := src.Recipients(t.Context(), cases)
		if err != nil || len(rows) != 1000 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
	})
}

// TestRecipientsOfACrowd: a case with too many recipients has a row that says so, among
// others that have theirs. Many such cases are a query without a condition.
func TestRecipientsOfACrowd(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		b.exec(t, "CREATE TABLE c (kase BIGINT, person INT, role VARCHAR(9))", "CREATE INDEX c_kase ON c (kase)")
		b.series(t, "c", "($n, $n, 'SOK')", 1, 400)
		b.series(t, "c", "(3, $n, 'SOK')", 1, 10_001)
		var cases []adapter.Key
		for n := 1; n <= 400; n++ {
			cases = append(cases, adapter.Key(fmt.Sprint(n)))
		}
		src := b.open(t, b.withRecipients(adapter.Int))
		rows, err := src.Recipients(t.Context(), cases)
		if err != nil || len(rows) != 400 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			var crowd adapter.Crowd
			if errors.As(r.Err, &crowd) != (r.Case == "3") || r.Case == "3" && !strings.Contains(crowd.Error(), "more than 10000 rows of the query have one and the same value of Kase") {
				t.Errorf("case %s: %v", string(r.Case), r.Err)
			}
		}
		if b.kind != "sqlite" {
			return
		}
		for n := 11; n <= 15; n++ {
			b.series(t, "c", fmt.Sprintf("(%d, $n, 'SOK')", n), 1, 10_001)
		}
		if _, err := src.Recipients(t.Context(), cases); err == nil || !strings.Contains(err.Error(), "is a condition missing") {
			t.Error(err)
		}
	})
}

// TestRecipientsByUUID has the case's UUID as text and as bytes.
func TestRecipientsByUUID(t *testing.T) {
	onBeds(t, func(t *testing.T, b *bed) {
		for typ, value := range map[string]string{"CHAR(36)": "'0f8fad5b-d9cb-469f-a165-70867728950e'", "BINARY(16)": "X'0F8FAD5BD9CB469FA16570867728950E'"} {
			b.exec(t, "DROP TABLE IF EXISTS c", "CREATE TABLE c (kase "+typ+" PRIMARY KEY, person INT, role VARCHAR(9))", "INSERT INTO c VALUES ("+value+", 1, 'SOK')")
			rows, err := b.open(t, b.withRecipients(adapter.UUID)).Recipients(t.Context(), []adapter.Key{"0f8fad5b-d9cb-469f-a165-70867728950e"})
			if err != nil || len(rows) != 1 {
				t.Errorf("%s: %d rows, %v", typ, len(rows), err)
			}
		}
	})
}
