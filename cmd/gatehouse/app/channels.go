package app

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// joinChannels registers every channel and makes what runs it.
func (a *App) joinChannels(ctx context.Context) error {
	if err := Distinct(a.Config.Channels); err != nil {
		return err
	}
	var endpoints []*channels.Endpoint
	pushed := channels.NewBudget(a.Config.RawBudget / 2) // the pollers' is another: neither makes the other wait
	for _, ch := range a.Config.Channels {
		kind, ok := all.Find(ch.Kind)
		if !ok {
			return fmt.Errorf("channel %s: no kind is called %q", ch.Name, ch.Kind)
		}
		if err := a.Store.Register(ctx, ch.Name, kind.Name, kind.Family); err != nil {
			return err
		}
		if kind.Poller != nil {
			r, err := a.runner(kind, ch)
			if err != nil {
				return fmt.Errorf("channel %s: %w", ch.Name, err)
			}
			a.pollers = append(a.pollers, r)
		}
		if kind.Webhook != nil || kind.Door != nil {
			e, err := channels.NewEndpoint(kind, ch.Decode, a.host(ch, "/hooks/"), a.reception(kind, pushed), a.paused.of(ch.Name))
			if err != nil {
				return err
			}
			endpoints = append(endpoints, e)
		}
	}
	a.hooks.Serve(endpoints...)
	return nil
}

func (a *App) host(ch config.Channel, path string) channels.Host {
	return channels.Host{
		Channel: ch.Name, Log: a.Log, Now: time.Now,
		ClientIP: a.proxies().ClientIP, PublicURL: a.Config.PublicURL() + path + ch.Name,
	}
}

func (a *App) runner(kind channels.Kind, ch config.Channel) (*channels.Runner, error) {
	poller, err := kind.Poller(ch.Decode, a.host(ch, "/hooks/"))
	if err != nil {
		return nil, err
	}
	return &channels.Runner{
		Channel: ch.Name, Family: kind.Family, Holder: holder(), Poller: poller, Store: a.Store, Budget: a.budget,
		Log: a.Log, Hint: a.queue.Hint, Paused: a.paused.of(ch.Name),
		Refuses: func(_ context.Context, m ingest.Message) (int64, error) {
			if r := a.Judge.Refuses(m, kind.Name, time.Now()); r != nil {
				return r.ID, nil
			}
			return 0, nil
		},
	}, nil
}

// reception is the pushed channels' way in.
func (a *App) reception(kind channels.Kind, memory *channels.Budget) *channels.Reception {
	return &channels.Reception{Group: a.group, Budget: memory,
		StandingOf: func(ctx context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error) {
			contact, err := a.contactOf(ctx, ids)
			if err != nil {
				return ingest.Standing{}, err
			}
			addr, _ := netip.ParseAddr(ip) // none: no rule on addresses matches
			s := a.Judge.Standing(ids, contact, time.Time{}, addr, channel, kind.Name, time.Now())
			if contact.IsZero() || s.Rule == nil || !s.Rule.SpareKnown {
				return s, nil
			}
			talked, err := a.Store.TalkedSince(ctx, []ingest.ID{contact})
			return a.Judge.Standing(ids, contact, talked[contact], addr, channel, kind.Name, time.Now()), err
		}}
}

// contactOf asks whose identities these are: rules on a contact are met by
// whatever it is known by.
func (a *App) contactOf(ctx context.Context, ids []ingest.Identity) (ingest.ID, error) {
	known, err := a.Store.Known(ctx, ids)
	if err != nil || len(known) == 0 {
		return ingest.ID{}, err
	}
	return known[0], nil
}

// pauses knows which channels an administrator has paused.
type pauses struct {
	mu     sync.RWMutex
	paused map[string]bool
}

func (p *pauses) of(channel string) func() bool {
	return func() bool {
		p.mu.RLock()
		defer p.mu.RUnlock()
		return p.paused[channel]
	}
}

// refresh asks anew; on an error what was last known holds.
func (p *pauses) refresh(ctx context.Context, store *postgres.Store) error {
	names, err := store.Paused(ctx)
	if err != nil {
		return err
	}
	paused := make(map[string]bool, len(names))
	for _, name := range names {
		paused[name] = true
	}
	p.mu.Lock()
	p.paused = paused
	p.mu.Unlock()
	return nil
}
