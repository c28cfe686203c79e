package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// reloadTimeout is how long a reload may take. One that has begun goes on
// though whoever asked has gone.
const reloadTimeout = time.Minute

var errNoReload = ingest.AsInvalid(errors.New("configuration: this program was started without a file to read again"))

// Reload reads the configuration again and applies what changed of the
// channels, all of it or, with an error, nothing. An error that is
// ingest.Invalid says what is wrong with the configuration, and where.
func (a *App) Reload(ctx context.Context, actor string) (ingest.Reloaded, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reloadTimeout)
	defer cancel()
	a.reloading.Lock()
	defer a.reloading.Unlock()
	done, err := a.reload(ctx, actor)
	if err != nil {
		a.Log.Error("configuration not reloaded, all stays as it was", "by", actor, "error", err)
		return done, err
	}
	done = done.Whole()
	a.Log.Info("configuration reloaded", "by", actor, "added", done.Added, "changed", done.Changed, "renamed", len(done.Renamed),
		"retired", done.Retired, "unchanged", len(done.Unchanged), "needs_a_restart", done.Restart)
	return done, nil
}

func (a *App) reload(ctx context.Context, actor string) (ingest.Reloaded, error) {
	if a.load == nil {
		return ingest.Reloaded{}, errNoReload
	}
	next, err := a.load()
	if err == nil {
		err = Check(next)
	}
	if err != nil {
		return ingest.Reloaded{}, ingest.AsInvalid(err)
	}
	done, err := a.apply(ctx, next, actor)
	done.Restart = a.Config.Differences(next)
	return done, err
}

// change is what makes the channels those of another configuration.
type change struct {
	config.Config
	joined    map[string]joined
	endpoints []*channels.Endpoint
	reread    Reader
	says      ingest.Reloaded
}

// apply makes the channels those of a configuration that Check has passed. All
// that can fail comes first: from the commit in the store on nothing does.
func (a *App) apply(ctx context.Context, next config.Config, actor string) (ingest.Reloaded, error) {
	c, err := a.prepare(next)
	if err != nil {
		return c.says, ingest.AsInvalid(err)
	}
	if err := a.prepareRetired(ctx, &c); err != nil {
		return c.says, err
	}
	if _, err := a.Store.Arrange(ctx, specs(next.Channels), next.Retired, actor); err != nil {
		return c.says, placed(next, err)
	}
	if err := errors.Join(a.paused.refresh(ctx, a.Store), a.Store.Hear(ctx, a.Judge)); err != nil { // both are asked for again and again
		a.Log.Debug("pauses or rules not refreshed", "error", err)
	}
	if err := a.planReconciliations(ctx, c); err != nil { // they are planned again at the next start
		a.Log.Warn("reconciliations not planned", "error", err)
	}
	a.swap(ctx, c)
	return c.says, nil
}

// prepare makes what is new, and keeps what is not.
func (a *App) prepare(next config.Config) (c change, err error) {
	c = change{Config: next, joined: map[string]joined{}}
	if err = Fed(next); err != nil {
		return c, err
	}
	if c.reread, err = Rereader(next.Channels); err != nil {
		return c, err
	}
	for _, ch := range next.Channels {
		j, kept := a.joined[ch.Name]
		if kept = kept && j.Same(ch); !kept {
			if j, err = a.joinChannel(ch); err != nil {
				return c, err
			}
		}
		c.joined[ch.Name] = j
		a.account(&c.says, ch, kept)
		if err := a.prepareEndpoints(&c, j, ch); err != nil {
			return c, err
		}
	}
	return c, nil
}

// account says what became of a channel.
func (a *App) account(says *ingest.Reloaded, ch config.Channel, kept bool) {
	_, known := a.joined[ch.Name]
	was := slices.IndexFunc(ch.Was, func(name string) bool { _, ok := a.joined[name]; return ok })
	switch {
	case kept:
		says.Unchanged = append(says.Unchanged, ch.Name)
	case known:
		says.Changed = append(says.Changed, ch.Name)
	case was >= 0:
		says.Renamed = append(says.Renamed, ingest.Rename{Channel: ch.Name, Was: ch.Was[was]})
	default:
		says.Added = append(says.Added, ch.Name)
	}
}

// prepareEndpoints opens a channel at its name and at those that it had:
// providers go on calling these until somebody tells them.
func (a *App) prepareEndpoints(c *change, j joined, ch config.Channel) error {
	if j.endpoint == nil {
		return nil
	}
	c.endpoints = append(c.endpoints, j.endpoint)
	kind, _ := all.Find(ch.Kind) // it has been joined
	for _, name := range ch.Was {
		e, err := a.endpoint(kind, ch, name, func([]channels.NamedSecret) {})
		if err != nil {
			return fault(ch, err)
		}
		c.endpoints = append(c.endpoints, e)
	}
	return nil
}

// prepareRetired lets the channels that are no longer in use answer so.
func (a *App) prepareRetired(ctx context.Context, c *change) error {
	known, err := a.Store.Health(ctx, "")
	if err != nil {
		return fmt.Errorf("channels: %w", err)
	}
	kinds := map[string]string{}
	for _, ch := range known {
		kinds[ch.Name] = ch.Kind
	}
	for _, name := range c.Retired {
		kind, _ := all.Find(kinds[name]) // none: it never was there, nor at a door
		c.endpoints = append(c.endpoints, channels.RetiredEndpoint(kind, name))
		if !slices.Contains(a.retired, name) {
			c.says.Retired = append(c.says.Retired, name)
		}
	}
	return nil
}

// swap puts a prepared change into force.
func (a *App) swap(ctx context.Context, c change) {
	a.joined, a.retired = c.joined, c.Retired
	a.reread.Store(&c.reread)
	own := ownOf(c.Config)
	a.own.Store(&own)
	a.current.Store(&c.Config)
	a.hooks.Serve(c.endpoints...)
	a.gone.Store(&c.Retired)
	a.watchAll(c.joined)
	polled, listening := map[string]runner{}, map[string]runner{}
	for name, j := range c.joined {
		if j.runner != nil {
			polled[name] = j.runner
		}
		if j.attendant != nil {
			listening[name] = j.attendant
		}
	}
	a.setSources(c.joined)
	a.pollers.swap(ctx, polled)
	a.listeners.swap(ctx, listening)
}

// reloadWhenTold reloads at each signal until ctx ends.
func (a *App) reloadWhenTold(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-a.signals:
			_, _ = a.Reload(ctx, s.String()) // the log has it
		}
	}
}
