package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"arendebrygga/adapter"
)

// reloadAtHangup reads the operator's files again at each SIGHUP.
func (s *service) reloadAtHangup(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			if err := s.reload(ctx); err != nil && ctx.Err() == nil {
				s.log.Error().Err(err).Msg("nothing was reloaded: the old rules go on")
			}
		}
	}
}

// reload has every source judged by the rules as they are now, from the next page on:
// the mapping files, and of its own part publishWhen, withdrawWhen and the recipients'
// role, row and identity. Everything else takes effect at a restart. With a mistake in
// any file, or what [misfits] names, nothing changes at all.
func (s *service) reload(ctx context.Context) error {
	l, problems := s.again()
	if errs, _ := problems.Split(); len(errs) > 0 {
		return errs
	}
	if err := s.fits(l); err != nil {
		return err
	}
	var failed []error
	for _, f := range s.followed {
		if f.loop != nil {
			rules := l.Rules.Rules(f.Def.Name)
			failed = append(failed, f.loop.Do(ctx, func(context.Context) error {
				f.loop.SetRules(rules)
				return nil
			}))
		}
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	files, types := l.Rules.Count()
	s.log.Info().Int("files", files).Int("kundhandelsetyper", types).Msg("rules reloaded: they judge what is read from now on; other changes of the configuration take a restart")
	return nil
}

// fits tells whether rules made for the configuration as it is now can judge what the
// sources at work read; all that stands against it is named.
func (s *service) fits(l *loaded) error {
	var changed []error
	if !slices.Equal(s.Config.Producenter, l.Config.Producenter) {
		changed = append(changed, fmt.Errorf("who publishes (producent) changed in %s: that takes a restart", l.Config.Path))
	}
	for _, f := range s.followed {
		i := slices.IndexFunc(l.Config.Sources, func(other Source) bool { return other.Def.Name == f.Def.Name })
		if i < 0 {
			changed = append(changed, fmt.Errorf("source %s is not in %s any more: that takes a restart", f.Def.Name, l.Config.Path))
			continue
		}
		if what := misfits(f.Def, l.Config.Sources[i].Def); len(what) > 0 {
			changed = append(changed, fmt.Errorf("%s of source %s changed in %s: that takes a restart", strings.Join(what, ", "), f.Def.Name, l.Config.Path))
		}
	}
	return errors.Join(changed...)
}

// misfits names what rules take from a definition and its loop, too. Rules that had it
// otherwise would look for values in other columns, for another status, or give events
// other ids, of which the loop's own check at the next start would come too late.
func misfits(a, b *adapter.Definition) (changed []string) {
	for _, part := range []struct {
		name string
		same bool
	}{
		{"mode", a.Mode == b.Mode},
		{"timezone", a.Location.String() == b.Location.String()},
		{"producent", a.Producent == b.Producent && a.ProducentColumn == b.ProducentColumn},
		{"columns", slices.Equal(a.Columns, b.Columns)},
		{"status", slices.Equal(a.Status, b.Status)},
		{"recipients.query", (a.Recipients.Query == "") == (b.Recipients.Query == "")}, // other text of it is the loop's alone
		{"recipients.columns", slices.Equal(a.Recipients.Columns, b.Recipients.Columns)},
		{"recipients.recipient", a.Recipients.Recipient == b.Recipients.Recipient},
	} {
		if !part.same {
			changed = append(changed, part.name)
		}
	}
	return changed
}
