package adapter_test

import (
	"errors"
	"testing"

	"arendebrygga/adapter"
)

// What an operator takes back is never published, also if it had not been yet.
func TestWithdrawnBeforeItWasPublished(t *testing.T) {
	b := delayed(t, adapter.History)
	b.put(2, "A1", "b", day(9, 0))
	b.poll(t)
	if err := b.loop.Withdraw(t.Context(), []uint64{2}); err != nil {
		t.Fatal(err)
	}
	for _, status := range []string{"c", "d"} {
		b.rows[1].status = status
		b.poll(t)
		b.pass(t, 2*delay)
		want(t, b.events(t, "alva"), ">a")
	}
}

// Rows of net mode that cannot be read are there all the same.
func TestUnreadableRowsAreNotMissing(t *testing.T) {
	for _, mode := range []adapter.Mode{adapter.History, adapter.Net} {
		t.Run(string(mode), func(t *testing.T) {
			def := definition(mode)
			def.OnMissing = adapter.MissingRule{Do: adapter.Withdraw, After: 2}
			b := newBench(t, def)
			b.party("A1", "alva")
			b.put(1, "A1", "a", day(9, 0))
			b.poll(t)
			b.put(2, "A2", "a", day(9, 0))
			b.party("A2", "bo")
			b.badType = errors.New("the column tid is no time")
			b.poll(t)
			for range 3 {
				b.sweep(t)
			}
			if n := b.loop.Status().Totals.Missing; n != 0 {
				t.Errorf("%d are missing", n)
			}
			b.badType = nil
			b.poll(t)
			want(t, b.events(t, "alva"), ">a")
			want(t, b.events(t, "bo"), ">a")
		})
	}
}

// TestPoint21_UnreadableThenEmptyStatus: a case whose row could not be read at first has no
// status, which is another one than the empty.
func TestPoint21_UnreadableThenEmptyStatus(t *testing.T) {
	b := newBench(t, definition(adapter.Net))
	b.party("A0", "bo")
	b.put(1, "A0", "a", day(8, 0))
	b.poll(t)
	b.party("A1", "alva")
	b.put(2, "A1", "", day(9, 0))
	b.badType = errors.New("the column tid is no time")
	b.poll(t)
	b.badType = nil
	for range 2 {
		b.poll(t)
		b.sweep(t)
	}
	want(t, b.events(t, "alva"), ">")
}
