package sources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"arendebrygga/adapter"
)

// snapshotRule is how a database tells which transactions are open.
type snapshotRule struct {
	kind    adapter.CursorKind // it tells something of this kind of cursor only; empty: of each
	take    string             // a statement that gives the open transactions as text without a semicolon
	settled string             // one that gives a 1 or a 0 for each of such texts, given as one parameter with semicolons in between
	each    string             // instead: template of an expression that does so for one, with its placeholder
}

// snapshotsAtOnce keeps a statement short that has a parameter for each snapshot.
const snapshotsAtOnce = 100

// Snapshot says which transactions are open.
//
// Asked for after a read it covers all that the read could not see: whatever draws
// its cursor later gets a greater one. A database that has said once that it cannot
// tell is asked again only after an error.
func (p *poller) Snapshot(ctx context.Context) (adapter.Key, error) {
	for ; p.snapshots < len(p.dia.opened); p.snapshots++ {
		rule := p.dia.opened[p.snapshots]
		if rule.kind != "" && rule.kind != p.def.Cursor.Kind {
			continue
		}
		key, err := p.text(ctx, statement{sql: rule.take})
		if err == nil {
			return key, nil
		}
		if !unsupported(err) {
			return "", p.failed("ask for the open transactions", err)
		}
	}
	return "", nil
}

// Settled tells of each snapshot whether what was open then has ended. It is one
// statement, or one for each hundred. A row of such a transaction, written before the
// snapshot, is visible to every read that begins after the answer, but may have been
// invisible to all before.
func (p *poller) Settled(ctx context.Context, snapshots []adapter.Key) ([]bool, error) {
	settled := make([]bool, len(snapshots))
	var texts []string
	var places []int
	for i, key := range snapshots {
		if key != "" {
			texts, places = append(texts, string(key)), append(places, i)
		}
	}
	if len(texts) == 0 || p.snapshots >= len(p.dia.opened) {
		return settled, nil
	}
	answer, err := p.ended(ctx, p.dia.opened[p.snapshots], texts)
	switch {
	case err != nil && unsupported(err): // the next Snapshot finds out what is
		return settled, nil
	case err != nil:
		return nil, p.failed("ask whether transactions have ended", err)
	case len(answer) != len(texts):
		return nil, fmt.Errorf("ask whether transactions have ended: %d answers to %d questions", len(answer), len(texts))
	}
	for i, place := range places {
		settled[place] = answer[i] == '1'
	}
	return settled, nil
}

// ended asks of each text whether its transactions have ended: a 1 or a 0 for each.
func (p *poller) ended(ctx context.Context, rule snapshotRule, texts []string) (string, error) {
	if rule.each == "" {
		answer, err := p.text(ctx, statement{rule.settled, []any{strings.Join(texts, ";")}})
		return string(answer), err
	}
	var all strings.Builder
	for part := range slices.Chunk(texts, snapshotsAtOnce) {
		list := make([]string, len(part))
		args := make([]any, len(part))
		for i, text := range part {
			list[i], args[i] = rule.each, text
		}
		answer, err := p.text(ctx, statement{"SELECT " + strings.Join(list, " + "), args})
		if err != nil {
			return "", err
		}
		all.WriteString(string(answer))
	}
	return all.String(), nil
}
