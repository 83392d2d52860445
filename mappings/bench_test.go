package mappings

import (
	"testing"
	"time"

	"arendebrygga/adapter"
)

// BenchmarkJudge judges one change with one recipient: what a first load does for
// every row.
func BenchmarkJudge(b *testing.B) {
	def := byggr(b)
	rules := load(b, []string{"testdata/bra/bygglov.yaml"}, def).Rules("byggr")
	people := []adapter.Row{part(def, "9", "19900922-2382", "SOK", nil)}
	for name, change := range map[string]adapter.StatusChange{
		"plain":     handelse(def, [3]string{"ANM", "", ""}, nil),
		"languages": handelse(def, [3]string{"KOMP", "", ""}, map[string]any{"SlutDatum": time.Date(2026, 8, 28, 0, 0, 0, 0, def.Location), "Avgift": adapter.Number("12.5")}),
		"nulls":     handelse(def, [3]string{"KOMP", "", ""}, nil),
		"ignored":   handelse(def, [3]string{"DEBIT", "", ""}, nil),
		"withheld":  handelse(def, [3]string{"KOMP", "", ""}, map[string]any{"Sekretess": nil}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rules.Judge(change, people)
			}
		})
	}
}
