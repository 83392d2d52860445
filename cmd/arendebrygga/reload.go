package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
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

// reload has every source judged by the mapping files, publishWhen and withdrawWhen as
// they are now, from the next page on. Everything else in the configuration takes
// effect at a restart. With a mistake in any file nothing changes at all.
func (s *service) reload(ctx context.Context) error {
	l, problems := s.again()
	if errs, _ := problems.Split(); len(errs) > 0 {
		return errs
	}
	for _, f := range s.followed {
		i := slices.IndexFunc(l.Config.Sources, func(other Source) bool { return other.Def.Name == f.Def.Name })
		if i < 0 || !sameColumns(f.Def, l.Config.Sources[i].Def) {
			return fmt.Errorf("the columns, the mode or the name of source %s changed in %s: that takes a restart", f.Def.Name, l.Config.Path)
		}
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

// sameColumns tells whether rules made for one definition fit the rows of another.
func sameColumns(a, b *adapter.Definition) bool {
	return slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Recipients.Columns, b.Recipients.Columns) && a.Mode == b.Mode
}
