package main

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"arendebrygga/adapter"
	"arendebrygga/sources"
)

const (
	rightsTime  = 20 * time.Second // bounds the question what a login may do, as no poll begins meanwhile
	rightsPause = time.Second      // between looks whether it can be asked
	rightsRetry = time.Minute      // after the first time that it failed; twice as long each time
	rightsRest  = time.Hour        // at most
)

// rightsQuestion is [sources.Rights] of one source.
type rightsQuestion func(context.Context) (sources.Inspection, error)

// rights has the source's loop ask, between two pages: a source is for one goroutine at
// a time.
func (f *followed) rights(ctx context.Context) (found sources.Inspection, err error) {
	err = f.loop.Do(ctx, func(ctx context.Context) (err error) {
		found, err = sources.Rights(ctx, f.loop.Source)
		return err
	})
	return found, err
}

// watchRights says in the log, once, if a source's login may do more than it has to. It
// stands in the way of nothing: it waits until the loop asks the database anyway, which
// it does not outside its hours or while it is stopped, and that the question fails is
// no news, as a poll then says why.
func watchRights(ctx context.Context, log zerolog.Logger, doing func() adapter.Doing, ask rightsQuestion) {
	retry := rightsRetry
	for {
		pause := rightsPause
		switch doing() {
		case adapter.Walking, adapter.Sweeping, adapter.Resting:
			if warnOfRights(ctx, log, ask) {
				return
			}
			pause, retry = retry, min(2*retry, rightsRest)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// warnOfRights asks, and tells whether there was an answer.
func warnOfRights(ctx context.Context, log zerolog.Logger, ask rightsQuestion) bool {
	ctx, cancel := context.WithTimeout(ctx, rightsTime)
	defer cancel()
	found, err := ask(ctx)
	if err != nil {
		log.Debug().Err(err).Msg("what the login may do could not be asked")
		return false
	}
	for _, f := range found.Findings {
		if f.Level == sources.Warning || f.Level == sources.Error {
			log.Warn().Str("hint", f.Hint).Strs("grants", found.Grants).Msg(f.What)
		}
	}
	return true
}
