package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"arendebrygga/adapter"
)

// newParkedCommand makes `arendebrygga parked` with what is under it.
func newParkedCommand(environ []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "parked",
		Short: "Publishes only with replay: what is parked, unmapped, waiting, held or withheld",
		Long: `Publishes only with replay: what is parked, unmapped, waiting, held or withheld.

A change that could not be published is kept, with the reason, until it can be: after
a mapping has been mended, replay judges it again and publishes it with its own time.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newParkedListCommand(environ), newParkedShowCommand(environ), newParkedReplayCommand(environ), newParkedDiscardCommand(environ))
	return cmd
}

// selection is what flags say about which changes are meant.
type selection struct {
	source, outcome, reason, status string
	keys                            bool
}

func (s *selection) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.source, "source", "", "only of this `source`")
	cmd.Flags().StringVar(&s.outcome, "outcome", "", "only with this `outcome`: parked, unmapped, waiting, held or withheld; published: those that left out a recipient")
	cmd.Flags().StringVar(&s.reason, "reason", "", "only with a reason of this `code`")
	cmd.Flags().StringVar(&s.status, "status", "", "only with this `status`, as it is printed; * stands for anything but a /")
}

// outcomes are those that a selection is about when it names none.
func (s *selection) outcomes() []string {
	if s.outcome != "" {
		return []string{s.outcome}
	}
	var all []string
	for _, o := range openOutcomes {
		if o.Open() {
			all = append(all, o.String())
		}
	}
	return all
}

// each calls f for every change of the selection, a page at a time, until it says
// that it has had enough.
func (s *selection) each(ctx context.Context, d *desk, f func([]openChange) (more bool)) error {
	sources := d.Sources
	if s.source != "" {
		sources = []string{s.source}
	}
	for _, source := range sources {
		for _, outcome := range s.outcomes() {
			for after, more := uint64(0), true; more; {
				var page openPage
				q := filter{Source: source, Outcome: outcome, Reason: s.reason, Status: s.status, After: after, Limit: 500, Keys: s.keys}
				if err := d.ask(ctx, "parked", q, &page); err != nil {
					return err
				}
				if len(page.Changes) > 0 && !f(page.Changes) {
					return nil
				}
				after, more = page.After, page.More
			}
		}
	}
	return nil
}

// newParkedListCommand makes `arendebrygga parked list`.
func newParkedListCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var s selection
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Publishes nothing: lists the changes that are not settled, and why",
		Long: `Publishes nothing: lists the changes that are not settled, and why.

Nothing personal is printed: a change is named by its source and number, and --keys
adds the case's and the row's identity in the case system.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := p.desk(cmd.Context(), cmd.ErrOrStderr(), nil)
			if err != nil {
				return err
			}
			defer d.close()
			list := parkedList{Changes: []openChange{}}
			err = s.each(cmd.Context(), d, func(page []openChange) bool {
				list.Changes = append(list.Changes, page...)
				if list.More = limit > 0 && len(list.Changes) > limit; list.More {
					list.Changes = list.Changes[:limit]
				}
				return !list.More
			})
			if err != nil {
				return err
			}
			if p.json {
				return writeJSON(cmd.OutOrStdout(), list)
			}
			return list.text(cmd.OutOrStdout(), s.keys)
		},
	}
	p.flags(cmd)
	s.flags(cmd)
	cmd.Flags().BoolVar(&s.keys, "keys", false, "print the case's and the row's identity too")
	cmd.Flags().IntVar(&limit, "limit", 100, "how many at most; 0: all")
	return cmd
}

// parkedList is what `parked list` prints.
type parkedList struct {
	Changes []openChange `json:"changes"`
	More    bool         `json:"more"` // there are more than the limit
}

func (l *parkedList) text(w io.Writer, keys bool) error {
	if len(l.Changes) == 0 {
		_, err := fmt.Fprintln(w, "nothing")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := []string{"CHANGE", "OUTCOME", "JUDGED", "STATUS", "WHY"}
	if keys {
		head = slices.Insert(head, 4, "CASE", "ROW")
	}
	fmt.Fprintln(t, strings.Join(head, "\t"))
	for i := range l.Changes {
		c := &l.Changes[i]
		line := []string{c.name(), c.Outcome, c.Judged.Format("2006-01-02 15:04Z07:00"), c.Status, c.why()}
		if keys {
			line = slices.Insert(line, 4, c.Case, c.Row)
		}
		fmt.Fprintln(t, strings.Join(line, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	line := plural(len(l.Changes), "change")
	if l.More {
		line += ", and there are more: --limit 0 lists all"
	}
	_, err := fmt.Fprintln(w, line)
	return err
}

// name names a change as commands take it.
func (c *openChange) name() string { return fmt.Sprintf("%s/%d", c.Source, c.Number) }

// why tells the first reason; the others are counted.
func (c *openChange) why() string {
	switch {
	case len(c.Reasons) > 0:
	case c.Due != nil:
		return "until " + c.Due.Format(time.RFC3339)
	case c.Outcome == adapter.Unmapped.String():
		return "no mapping takes this status"
	default:
		return ""
	}
	r := c.Reasons[0]
	text := r.Code
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	if more := len(c.Reasons) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}
