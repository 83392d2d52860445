package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// newWithdrawCommand makes `arendebrygga withdraw`.
func newWithdrawCommand(environ []string) *cobra.Command {
	p := place{environ: environ}
	var source string
	var numbers []string
	var yes bool
	cmd := &cobra.Command{
		Use:   "withdraw {EVENT-ID... | --source SOURCE --change NUMBER}",
		Short: "Publishes nothing: takes back what was published of a change, for ever",
		Long: `Publishes nothing: takes back what was published of a change, for ever.

An event is named by its kundhandelseId, and stands for all events of its change, one
for each recipient: they are gone from the next answer on, and never published again,
whatever happens in the case system. Tells first how many there are, and asks.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) > 0) == (len(numbers) > 0) {
				return fmt.Errorf("%w: say which events, or --source and --change", errUsage)
			}
			orders, err := parseChanges(source, numbers)
			if err != nil {
				return err
			}
			d, err := p.desk(cmd.Context(), cmd.ErrOrStderr(), nil)
			if err != nil {
				return err
			}
			defer d.close()
			for _, id := range args {
				var o changeOrder
				if err := d.ask(cmd.Context(), "owner", eventOrder{id}, &o); err != nil {
					return err
				}
				orders = append(orders, o)
			}
			w, err := d.withdrawal(cmd.Context(), orders)
			if err != nil {
				return err
			}
			question := fmt.Sprintf("%s of %s is taken back, for ever", plural(w.Events, "event"), plural(w.Changes, "change"))
			if err := confirm(cmd, yes, question); err != nil {
				return err
			}
			for _, o := range orders {
				if err := d.ask(cmd.Context(), "withdraw", o, &settledCount{}); err != nil {
					return stopped(err)
				}
			}
			if p.json {
				return writeJSON(cmd.OutOrStdout(), w)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "withdrew %s of %s\n", plural(w.Events, "event"), plural(w.Changes, "change"))
			return err
		},
	}
	p.flags(cmd)
	cmd.Flags().StringVar(&source, "source", "", "the `source` of the changes")
	cmd.Flags().StringSliceVar(&numbers, "change", nil, "`number` of a change, as parked list and the log write it")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// withdrawal is what `withdraw` takes back.
type withdrawal struct {
	Changes int `json:"changes"`
	Events  int `json:"events"`
}

// withdrawal counts the events of changes, each change once.
func (d *desk) withdrawal(ctx context.Context, orders []changeOrder) (w withdrawal, err error) {
	counted := map[string]bool{}
	for _, o := range orders {
		var list []openChange
		if err := d.ask(ctx, "change", o, &list); err != nil {
			return w, err
		}
		for i := range list {
			if name := list[i].name(); !counted[name] {
				counted[name] = true
				w.Changes++
				w.Events += list[i].Events
			}
		}
	}
	return w, nil
}
