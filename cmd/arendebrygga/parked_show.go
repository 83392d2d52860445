package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// newParkedShowCommand makes `arendebrygga parked show`.
func newParkedShowCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var keys bool
	cmd := &cobra.Command{
		Use:   "show SOURCE/CHANGE...",
		Short: "Publishes nothing: tells all that is known of a change but the values of its row",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			orders, err := parseChanges("", args)
			if err != nil {
				return err
			}
			d, err := p.desk(cmd.Context(), cmd.ErrOrStderr(), nil)
			if err != nil {
				return err
			}
			defer d.close()
			var all []openChange
			for _, o := range orders {
				var list []openChange
				o.Keys = keys
				if err := d.ask(cmd.Context(), "change", o, &list); err != nil {
					return err
				}
				all = append(all, list...)
			}
			if p.json {
				return writeJSON(cmd.OutOrStdout(), all)
			}
			for i := range all {
				if err := all[i].text(cmd.OutOrStdout()); err != nil {
					return err
				}
			}
			return nil
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&keys, "keys", false, "print the case's and the row's identity too")
	return cmd
}

// text prints a change, one thing a line.
func (c *openChange) text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, value)
		}
	}
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	line("change", c.name())
	line("outcome", c.Outcome)
	for _, r := range c.Reasons {
		line("reason", strings.TrimSuffix(r.Code+": "+r.Detail, ": "))
	}
	if len(c.Reasons) == 0 && c.Due == nil {
		line("reason", c.why())
	}
	line("status", c.Status)
	line("tidpunkt", when(c.Tidpunkt))
	if c.Due != nil {
		line("held until", when(*c.Due))
	}
	line("judged", when(c.Judged))
	line("by rules", c.Rules)
	line("events", strconv.Itoa(c.Events))
	for _, mark := range []struct {
		set  bool
		text string
	}{
		{c.Late, "the case already stood at a later change"}, {c.Missed, "no poll found it, a sweep did"},
		{c.Shown, "it was published once"}, {c.Gone, "withdrawn: it is never published again"},
	} {
		if mark.set {
			line("note", mark.text)
		}
	}
	line("case", c.Case)
	line("row", c.Row)
	return t.Flush()
}

// parseChanges reads SOURCE/CHANGE, or CHANGE of the given source, and gathers them by
// source.
func parseChanges(source string, args []string) (orders []changeOrder, err error) {
	at := map[string]int{}
	for _, arg := range args {
		name, text, ok := source, arg, source != ""
		if i := strings.LastIndexByte(arg, '/'); i > 0 {
			name, text, ok = arg[:i], arg[i+1:], true
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || n == 0 || !ok {
			return nil, fmt.Errorf("%w: %q is not a change; it is written as parked list prints it, such as byggr/12", errUsage, arg)
		}
		i, known := at[name]
		if !known {
			i = len(orders)
			at[name] = i
			orders = append(orders, changeOrder{Source: name})
		}
		orders[i].Numbers = append(orders[i].Numbers, n)
	}
	return orders, nil
}
