package sources

import (
	"context"
	"fmt"

	"arendebrygga/adapter"
)

// recipientsQuery is the key of the query.
const recipientsQuery = "recipients.query"

// Recipients gives the recipients query's rows for these cases, ordered by case and
// recipient. A case with too many has one row, whose Err is an [adapter.Crowd].
func (p *poller) Recipients(ctx context.Context, cases []adapter.Key) ([]adapter.Row, error) {
	v, err := p.recipientsView(ctx)
	if err != nil {
		return nil, p.failed("ask for the query's columns", err)
	}
	rows, err := p.having(ctx, &p.asking, v, v.kase, cases, func(row *adapter.Row) adapter.Key { return row.Case })
	if err := p.checked(ctx, v, "read recipients", rows, err); err != nil {
		return nil, err
	}
	return rows, nil
}

// recipientsView is the recipients query with its columns, compared at first use.
func (p *poller) recipientsView(ctx context.Context) (*view, error) {
	if p.recipients != nil {
		return p.recipients, nil
	}
	rule := p.def.Recipients
	v := &view{what: recipientsQuery, dia: p.dia, def: p.def, query: rule.Query, columns: rule.Columns, cursor: rule.Columns.Index(rule.Cursor.Column)}
	v.kase, v.id = v.columns.Index(rule.Case), v.columns.Index(rule.Recipient)
	if v.kase < 0 {
		return nil, fmt.Errorf("recipients.query: column %q is not declared", rule.Case)
	}
	if err := p.compare(ctx, v); err != nil {
		return nil, err
	}
	var err error
	if v.axis, err = v.cursorAxis(rule.Cursor, v.kase); err != nil {
		return nil, fmt.Errorf("recipients: %w", err)
	}
	p.recipients = v
	return v, nil
}
