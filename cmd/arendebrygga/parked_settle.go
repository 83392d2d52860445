package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"arendebrygga/adapter"
)

// settleChunk is how many changes one order settles: between two of them the source is
// polled, and Ctrl-C ends the command.
const settleChunk = 500

// settling is a command that settles open changes.
type settling struct {
	place
	selection
	yes, all, dry bool
}

func (s *settling) flags(cmd *cobra.Command) {
	s.place.flags(cmd)
	s.selection.flags(cmd)
	cmd.Flags().BoolVar(&s.all, "all", false, "all that are parked, unmapped or waiting, and no other flag says which")
	cmd.Flags().BoolVar(&s.yes, "yes", false, "do not ask")
}

// newParkedReplayCommand makes `arendebrygga parked replay`.
func newParkedReplayCommand(environ []string) *cobra.Command {
	s := settling{place: place{environ: environ}}
	cmd := &cobra.Command{
		Use:   "replay [SOURCE/CHANGE...]",
		Short: "Publishes: judges open changes again, by the rules as they are now",
		Long: `Publishes: judges open changes again, by the rules as they are now.

Which ones is said by naming them, by flags, or by --all. Counts first how many events
that will be, and asks; --dry-run only counts. Each change is published once, with the
time at which it happened. A change that still cannot be published stays where it is.
The process that runs takes the rules that it read last: send it SIGHUP after a fix.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd, args, func(ctx context.Context, d *desk, orders []changeOrder) error {
				return s.replay(cmd, d, orders)
			})
		},
	}
	s.flags(cmd)
	cmd.Flags().BoolVar(&s.dry, "dry-run", false, "only count what would be published")
	return cmd
}

// newParkedDiscardCommand makes `arendebrygga parked discard`.
func newParkedDiscardCommand(environ []string) *cobra.Command {
	s := settling{place: place{environ: environ}}
	cmd := &cobra.Command{
		Use:   "discard [SOURCE/CHANGE...]",
		Short: "Publishes nothing: settles open changes as ignored, so that they never are published",
		Long: `Publishes nothing: settles open changes as ignored, so that they never are published.

Which ones is said by naming them, by flags, or by --all. A row that changes in the
case system afterwards is judged again all the same.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd, args, func(ctx context.Context, d *desk, orders []changeOrder) error {
				return s.discard(cmd, d, orders)
			})
		},
	}
	s.flags(cmd)
	return cmd
}

// run finds the changes and settles them.
func (s *settling) run(cmd *cobra.Command, args []string, settle func(context.Context, *desk, []changeOrder) error) error {
	named := len(args) > 0
	if chosen := s.all || s.outcome+s.reason+s.status != "" || s.source != "" && !named; named == chosen {
		return fmt.Errorf("%w: say which changes: name them as parked list prints them, or by --source, --outcome, --reason and --status, or --all", errUsage)
	}
	orders, err := parseChanges(s.source, args)
	if err != nil {
		return err
	}
	d, err := s.desk(cmd.Context(), cmd.ErrOrStderr(), nil)
	if err != nil {
		return err
	}
	defer d.close()
	if !named {
		if orders, err = s.pick(cmd.Context(), d); err != nil {
			return stopped(err)
		}
	}
	var chunks []changeOrder
	for _, o := range orders {
		for numbers := range slices.Chunk(o.Numbers, settleChunk) {
			chunks = append(chunks, changeOrder{Source: o.Source, Numbers: numbers})
		}
	}
	return stopped(settle(cmd.Context(), d, chunks))
}

// pick finds the changes that the flags choose, by source. Withheld and held ones are
// only meant if they are named: publishing them would be against the rules, or early.
func (s *settling) pick(ctx context.Context, d *desk) (orders []changeOrder, err error) {
	outcomes := []string{s.outcome}
	if s.outcome == "" {
		outcomes = []string{adapter.Parked.String(), adapter.Unmapped.String(), adapter.Waiting.String()}
	}
	for _, s.outcome = range outcomes {
		err := s.each(ctx, d, func(page []openChange) bool {
			for i := range page {
				if len(orders) == 0 || orders[len(orders)-1].Source != page[i].Source {
					orders = append(orders, changeOrder{Source: page[i].Source})
				}
				last := &orders[len(orders)-1]
				last.Numbers = append(last.Numbers, page[i].Number)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return orders, nil
}

// replayed is what `parked replay` prints.
type replayed struct {
	Asked  int            `json:"changes"` // that were judged again
	Dry    bool           `json:"dryRun"`
	Totals adapter.Totals `json:"totals"`
}

// String says it in words, those that stay as they are too.
func (r *replayed) String() string {
	if r.Asked == 0 {
		return "no open change is meant by that"
	}
	line := fmt.Sprintf("replay of %s %s", plural(r.Asked, "change"), would(&r.Totals))
	var judged uint64
	for _, o := range outcomes {
		judged += o.of(&r.Totals)
	}
	if stay := r.Asked - int(judged); stay > 0 {
		line += fmt.Sprintf(", %d as before", stay)
	}
	return line
}

func (s *settling) replay(cmd *cobra.Command, d *desk, orders []changeOrder) error {
	done, err := d.replayAll(cmd.Context(), cmd.ErrOrStderr(), orders, true)
	if err != nil {
		return err
	}
	if !s.dry && done.Asked > 0 {
		if err := confirm(cmd, s.yes, done.String()); err != nil {
			return err
		}
		if done, err = d.replayAll(cmd.Context(), cmd.ErrOrStderr(), orders, false); err != nil {
			return err
		}
	}
	done.Dry = s.dry
	if s.json {
		return writeJSON(cmd.OutOrStdout(), done)
	}
	line := done.String()
	if done.Dry {
		line += "; nothing was published"
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), line)
	return err
}

// replayAll judges changes again, or counts only.
func (d *desk) replayAll(ctx context.Context, stderr io.Writer, orders []changeOrder, dry bool) (done replayed, err error) {
	total := 0
	for _, o := range orders {
		total += len(o.Numbers)
	}
	for _, o := range orders {
		o.Dry = dry
		var t adapter.Totals
		if err := d.ask(ctx, "replay", o, &t); err != nil {
			return done, err
		}
		done.Asked += len(o.Numbers)
		sum(&done.Totals, &t)
		if terminal(stderr) && len(orders) > 1 {
			fmt.Fprintf(stderr, "\r\033[K%d of %d changes", done.Asked, total)
		}
	}
	if terminal(stderr) && len(orders) > 1 {
		fmt.Fprint(stderr, "\r\033[K")
	}
	return done, nil
}

// sum adds what replaying gives.
func sum(all, t *adapter.Totals) {
	all.Published += t.Published
	all.Ignored += t.Ignored
	all.Unmapped += t.Unmapped
	all.Parked += t.Parked
	all.Waiting += t.Waiting
	all.Withheld += t.Withheld
	all.Held += t.Held
	all.Events += t.Events
}

func (s *settling) discard(cmd *cobra.Command, d *desk, orders []changeOrder) error {
	total := 0
	for _, o := range orders {
		total += len(o.Numbers)
	}
	var all settledCount
	if total > 0 {
		if err := confirm(cmd, s.yes, plural(total, "change")+" will never be published"); err != nil {
			return err
		}
	}
	for _, o := range orders {
		var n settledCount
		if err := d.ask(cmd.Context(), "discard", o, &n); err != nil {
			return err
		}
		all.Changes += n.Changes
	}
	if s.json {
		return writeJSON(cmd.OutOrStdout(), all)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "discarded %s\n", plural(all.Changes, "change"))
	return err
}
