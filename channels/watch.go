package channels

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gatehouse/ingest"
)

// Watch tells of channels what nobody reports: that all their requests are
// refused, that nothing comes although something should, and for which hours it
// is not known what came. Every process may watch: what one has told the others
// do not tell again.
type Watch struct {
	Store WatchStore
	Now   func() time.Time
	Zone  *time.Location
	// Answers: this process answers requests, and so gives signs of life.
	Answers bool
	// Channels are those configured now.
	Channels func() map[string]Watched
	Log      *slog.Logger

	hours      map[string][]ingest.HourCount
	counting   time.Time // since when there are hours
	learnt     time.Time
	present    time.Time // the last sign of life that was given
	unreported bool      // another one was not to be given since
}

// Watched is what the watch must know of a configured channel.
type Watched struct {
	Every  time.Duration // expect_every
	Pushed bool          // so its silence can be learnt: nobody reports it
	// Lost: what its provider does not get rid of while nobody answers, the channel
	// does not ask for. Again is for how long the provider tries by itself.
	Lost  bool
	Again time.Duration
}

// WatchStore is the store as a Watch needs it.
type WatchStore interface {
	Watched(ctx context.Context) ([]ingest.WatchedChannel, error)
	Arrivals(ctx context.Context, from time.Time) (hours map[string][]ingest.HourCount, since time.Time, err error)
	ChangeTrouble(ctx context.Context, x ingest.TroubleChange) error
	Present(ctx context.Context, p ingest.Presence) error
}

const (
	watchEvery   = 5 * time.Second
	watchTimeout = 20 * time.Second
	presentEvery = 10 * time.Second
	learnEvery   = 10 * time.Minute
	habitsFrom   = (ingest.HabitWeeks*7 + 8) * 24 * time.Hour // a silence may be as old as a week
)

// Run watches until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.Round(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("channels not watched", "err", err)
		}
		sleep(ctx, watchEvery)
	}
}

// Round gives a sign of life, if it is time, and looks once at all channels.
func (w *Watch) Round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	now, channels := w.Now(), w.Channels()
	if err := w.live(ctx, now, channels); err != nil {
		return err
	}
	if err := w.learn(ctx, now); err != nil {
		return err
	}
	list, err := w.Store.Watched(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		configured, ok := channels[c.Name]
		if !ok {
			continue // another process has another configuration, for now
		}
		for _, x := range w.changes(c, configured, now) {
			if err := w.Store.ChangeTrouble(ctx, x); err != nil {
				return fmt.Errorf("channel %s: %w", c.Name, err)
			}
		}
	}
	return nil
}

// live gives a sign of life of a process that answers requests.
func (w *Watch) live(ctx context.Context, now time.Time, channels map[string]Watched) error {
	if !w.Answers || now.Sub(w.present) < presentEvery {
		return nil
	}
	p := ingest.Presence{At: now, Failed: w.unreported, Pushed: map[string]time.Duration{}}
	for name, c := range channels {
		if c.Lost {
			p.Pushed[name] = c.Again
		}
	}
	err := w.Store.Present(ctx, p)
	if w.unreported = err != nil; err == nil {
		w.present = now
	}
	return err
}

// learn reads how many messages came, now and then.
func (w *Watch) learn(ctx context.Context, now time.Time) (err error) {
	if now.Sub(w.learnt) < learnEvery {
		return nil
	}
	hours, counting, err := w.Store.Arrivals(ctx, now.Add(-habitsFrom))
	if err == nil {
		w.hours, w.counting, w.learnt = hours, counting, now
	}
	return err
}

// changes are the troubles that begin or end now, or have another cause.
func (w *Watch) changes(c ingest.WatchedChannel, configured Watched, now time.Time) (list []ingest.TroubleChange) {
	rejecting := ingest.TroubleChange{Channel: c.Name, Trouble: ingest.Rejecting, Was: c.Rejecting, Since: c.Traffic.Rejecting(now, c.Rejecting)}
	if !rejecting.Since.IsZero() {
		rejecting.Says = fmt.Sprintf("all requests since %s are refused: %s%s", ingest.Clock(rejecting.Since, now, w.Zone), c.Refused, Cause(c.Cause).advice())
	}
	if !rejecting.Since.Equal(rejecting.Was) || rejecting.Says != c.Says {
		list = append(list, rejecting)
	}
	hearing := ingest.Hearing{Every: configured.Every, Zone: w.Zone, Heard: c.Heard, From: c.From}
	if configured.Pushed {
		since := c.Since
		if w.counting.After(since) {
			since = w.counting
		}
		hearing.Habit = ingest.NewHabit(w.hours[c.Name], since, w.Zone)
	}
	silent := ingest.TroubleChange{Channel: c.Name, Trouble: ingest.Silent, Was: c.Silent}
	if silent.Since, silent.Says = hearing.Silence(now); !silent.Since.Equal(silent.Was) {
		list = append(list, silent)
	}
	return list
}

// advice is what to do about refusals of the cause.
func (c Cause) advice() string {
	switch c {
	case CauseUnsigned:
		return ": have the provider sign its requests, unless a stranger calls"
	case CauseSecret:
		return ": set the provider's secret; has it been changed there?"
	case CauseURL:
		return ": set public_url to what the provider signs"
	case CauseClock:
		return ": set this machine's clock, unless somebody sends old requests again"
	case CauseBody:
		return ": see whether a proxy changes bodies"
	}
	return ""
}
