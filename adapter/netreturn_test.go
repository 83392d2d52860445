package adapter_test

import (
	"slices"
	"testing"

	"arendebrygga/adapter"
)

// TestPoint16_OlderRowOfOtherRecipients: an operator has a database compared that was set
// back, and a case that is older there has other recipients, too. It is taken as it is.
func TestPoint16_OlderRowOfOtherRecipients(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A1", "alva", "bo")
	b.put(1, "A1", "a", nil)
	b.put(2, "other", "x", nil)
	b.poll(t)
	b.rows[0].id, b.rows[0].status = 3, "b"
	b.poll(t)
	b.rows[0].id, b.rows[0].status = 1, "c"
	b.party("A1", "alva")
	if counted, err := b.loop.Resync(t.Context(), true); err != nil || counted.Changes != 1 {
		t.Errorf("%d changes are counted, error %v", counted.Changes, err)
	}
	b.resync(t)
	want(t, b.events(t, "alva"), ">a", "a>b", "b>c")
	want(t, b.events(t, "bo"))
}

// TestPoint16_TakenAsItIsForGood: an operator takes a database that was set back as it is, in
// which many cases are older than they were. The source goes on after the next start, too.
func TestPoint16_TakenAsItIsForGood(t *testing.T) {
	for _, cases := range []int{10, 200} { // 200: the older ones are not among the newest rows
		b := newBench(t, definition(adapter.Net))
		b.aCaseEach(1, cases, "a", "alva")
		b.poll(t)
		move := func(i, id int, status string) { b.rows[i].id, b.rows[i].status = id, status }
		for i := range 5 {
			move(i, cases+1+i, "b")
		}
		b.poll(t)
		for i := range 5 {
			move(i, i+1, "a")
		}
		b.open(t)
		if err := b.loop.Poll(t.Context()); err == nil {
			t.Error("nobody has noticed")
		}
		b.baseline(t)
		b.open(t)
		b.poll(t)
		move(0, cases+1, "c")
		b.poll(t)
		if ch := b.log[len(b.log)-1]; ch.Gammal+">"+ch.Ny != "a>c" {
			t.Errorf("%d cases: the source went on with %s>%s", cases, ch.Gammal, ch.Ny)
		}
	}
}

// goneAndBack has the row of a case go, for longer than its events stay, and come back.
func goneAndBack(t *testing.T, b *bench, back func(row *simRow)) {
	t.Helper()
	for _, there := range []bool{false, true} {
		if b.rows[0].committed = there; there {
			back(&b.rows[0])
		} else {
			b.party("other", "cilla")
		}
		for range 2 {
			b.poll(t)
			b.sweep(t)
		}
		if !there {
			want(t, b.events(t, "alva"))
		}
	}
}

// A case stands at what is not for the kund when its row goes for a while: what was shown
// of it is shown again when it is back, also if only then its row is not to be published.
func TestCaseComesBackToWhatIsNotShown(t *testing.T) {
	for _, how := range []string{"skipped", "unknown", "withheld", "comes back withheld"} {
		b := newBench(t, withdrawing(definition(adapter.Net)))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		b.put(9, "other", "x", nil)
		b.poll(t)
		id, shown := b.log[0].Events[0].ID, []string{">a"}
		row := &b.rows[0]
		switch row.id = 2; how {
		case "skipped", "unknown":
			row.status = how
		case "withheld":
			row.status, row.hemlig = "b", nil
		default:
			row.status = "b"
		}
		b.poll(t)
		goneAndBack(t, b, func(row *simRow) {
			if how == "comes back withheld" {
				row.id, row.hemlig = 3, nil
			}
		})
		want(t, b.events(t, "alva"), shown...)
		if last := slices.IndexFunc(b.log, func(ch adapter.Change) bool { return ch.Number == 1 && ch.Outcome == adapter.Published }); last < 0 || b.log[last].Events[0].ID != id {
			t.Errorf("%s: the event has another id", how)
		}
		if b.rows[0].hemlig = false; b.rows[0].status == "b" {
			shown = append(shown, "a>b")
		}
		b.sweep(t)
		b.poll(t)
		want(t, b.events(t, "alva"), shown...)
	}
}

// A row that was touched, so that it says a later time than the change that it made, goes
// and is back just as it was: its case is the same one.
func TestTouchedCaseComesBack(t *testing.T) {
	b := newBench(t, withdrawing(definition(adapter.Net)))
	b.party("A1", "alva")
	b.put(1, "A1", "a", day(9, 0))
	b.put(9, "other", "x", nil)
	b.poll(t)
	b.rows[0].id, b.rows[0].status, b.rows[0].tid = 2, "b", day(9, 1)
	b.poll(t)
	b.rows[0].id, b.rows[0].tid = 3, day(9, 2)
	b.poll(t)
	goneAndBack(t, b, func(*simRow) {})
	want(t, b.events(t, "alva"), ">a", "a>b")
}

// What an operator takes back by hand is one change. The others of its case stay when its row
// is written again, and go when that is secret.
func TestWithdrawnByHandIsOneChange(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.poll(t)
	b.rows[0].id, b.rows[0].status = 2, "b"
	b.poll(t)
	if err := b.loop.Withdraw(t.Context(), []uint64{2}); err != nil {
		t.Fatal(err)
	}
	for i, hemlig := range []any{nil, false, true} {
		b.rows[0].id, b.rows[0].hemlig = 3+i, hemlig
		b.poll(t)
		if hemlig == true {
			want(t, b.events(t, "alva"))
		} else {
			want(t, b.events(t, "alva"), ">a")
		}
	}
}

// Who comes, or gets another number, while the row of a case is away has the case's events
// when it is back.
func TestPoint30_OthersWhileACaseIsAway(t *testing.T) {
	def := definition(adapter.Net)
	def.Recipients.Cursor.Column = "skriven"
	b := newBench(t, def)
	b.party("A1", "alva")
	b.put(1, "A1", "a", nil)
	b.put(9, "other", "x", nil)
	b.poll(t)
	b.rows[0].committed = false
	b.give("A1", adapter.Row{ID: "alva", Values: []any{"doris"}}, party("bo"))
	for range 3 {
		b.poll(t)
	}
	want(t, b.events(t, "alva"))
	want(t, b.events(t, "doris"))
	b.rows[0].committed = true
	b.sweep(t)
	for name, n := range map[adapter.Key]int{"alva": 0, "bo": 1, "doris": 1} {
		if got := b.events(t, name); len(got) != n {
			t.Errorf("%s is shown %v, want %d events", string(name), got, n)
		}
	}
}

// What an operator takes back while its row is away stays so when the row is back, and
// nothing else of its case does.
func TestWithdrawnByHandWhileAway(t *testing.T) {
	for _, mode := range bothModes {
		b := newBench(t, withdrawing(definition(mode)))
		b.party("A1", "alva")
		b.put(1, "A1", "a", day(9, 0))
		b.put(9, "other", "x", nil)
		b.poll(t)
		shown, number := []string(nil), uint64(1)
		if mode == adapter.Net {
			b.rows[0].id, b.rows[0].status, shown = 2, "b", []string{">a"}
			b.poll(t)
			number = b.log[len(b.log)-1].Number
		}
		goneAndBack(t, b, func(*simRow) {
			if err := b.loop.Withdraw(t.Context(), []uint64{number}); err != nil {
				t.Fatal(err)
			}
		})
		want(t, b.events(t, "alva"), shown...)
	}
}

// A case stands at what was settled, or taken as it was, when its row goes for a while: what was
// shown of it before is shown again when the row is back, and not to those of another case that
// has got its number.
func TestCaseComesBackToWhatWasSettled(t *testing.T) {
	for _, how := range []string{"by hand", "discarded", "baselined", "settled by a baseline"} {
		for _, reused := range []bool{false, true} {
			b := newBench(t, withdrawing(definition(adapter.Net)))
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.put(9, "other", "x", nil)
			b.poll(t)
			row := &b.rows[0]
			switch row.id, row.status = 2, "b"; how {
			case "by hand":
				b.poll(t)
				if err := b.loop.Withdraw(t.Context(), []uint64{b.log[len(b.log)-1].Number}); err != nil {
					t.Fatal(err)
				}
			case "discarded":
				row.status = "unknown"
				b.poll(t)
				if n, err := b.loop.Discard(t.Context(), []uint64{b.log[len(b.log)-1].Number}); n != 1 || err != nil {
					t.Fatal(n, err)
				}
			case "baselined":
				b.baseline(t)
			default:
				b.party("A1")
				b.poll(t)
				b.baseline(t)
				b.party("A1", "alva")
				b.sweep(t)
			}
			want(t, b.events(t, "alva"), ">a")
			goneAndBack(t, b, func(row *simRow) {
				if row.id = 3; reused {
					row.tid = day(9, 30)
					b.party("A1", "bo")
				} else {
					row.id = 2
				}
			})
			if reused {
				want(t, b.events(t, "alva"))
				for _, shown := range b.events(t, "bo") {
					if shown == ">a" {
						t.Errorf("%s: bo is shown what another case was", how)
					}
				}
			} else {
				want(t, b.events(t, "alva"), ">a")
			}
		}
	}
}

// What waited for a recipient when its case's row went for a while is shown to who comes after
// the row is back, as what is shown is.
func TestWhatWaitedComesBack(t *testing.T) {
	b := newBench(t, withdrawing(definition(adapter.Net)))
	b.party("A1")
	b.put(1, "A1", "a", day(9, 0))
	b.put(9, "other", "x", nil)
	b.poll(t)
	b.rows[0].id, b.rows[0].status = 2, "b"
	b.poll(t)
	goneAndBack(t, b, func(*simRow) {})
	b.party("A1", "alva")
	b.sweep(t)
	want(t, b.events(t, "alva"), ">a", "a>b")
}
