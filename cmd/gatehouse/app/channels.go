package app

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/channels/media"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// joined is a configured channel with what runs it.
type joined struct {
	config.Channel
	runner    *channels.Runner    // nil: it is not polled
	endpoint  *channels.Endpoint  // nil: nobody pushes
	attendant *channels.Attendant // nil: it has no socket of its own
	secrets   []channels.NamedSecret
	files     media.Source // of files that its messages name
}

// joinChannel makes what runs a channel. It connects nowhere.
func (a *App) joinChannel(ch config.Channel) (j joined, err error) {
	j.Channel = ch
	kind, err := kindOf(ch)
	if err != nil {
		return j, err
	}
	if kind.Poller != nil {
		if j.runner, err = a.runner(kind, ch); err != nil {
			return j, fault(ch, err)
		}
	}
	if kind.Listener != nil {
		if j.attendant, err = a.attendant(kind, ch); err != nil {
			return j, fault(ch, err)
		}
	}
	if j.files, err = a.fileSource(kind, ch); err != nil {
		return j, fault(ch, err)
	}
	if kind.Webhook != nil || kind.Door != nil {
		notice := func(list []channels.NamedSecret) { j.secrets = list }
		j.endpoint, err = a.endpoint(kind, ch, ch.Name, notice)
	}
	return j, fault(ch, err)
}

// hostOf is what the program lends a channel that is called by a name, its own
// or one that it had.
func hostOf(c config.Config, ch config.Channel, called string) channels.Host {
	root := "/hooks/"
	if kind, _ := all.Find(ch.Kind); kind.Webhook == nil && kind.Door != nil {
		root = "/" + kind.Name + "/"
	}
	proxies := channels.Proxies{Trusted: c.HTTP.Trusted}
	host := channels.Host{
		Channel: ch.Name, Now: time.Now, PublicURL: c.PublicURL() + root + called,
		ClientIP: proxies.ClientIP, Grants: grants(c, nil),
		LookupTXT: resolver(c.Resolver).LookupTXT, Marks: c.ReplySecret, Region: c.Region(),
	}
	if len(proxies.Trusted) > 0 {
		host.ProxySaid = proxies.Said
	}
	return host
}

func (a *App) host(ch config.Channel, called string) channels.Host {
	host := hostOf(a.Config, ch, called)
	host.Log, host.Grants, host.Gates, host.Used = a.Log, grants(a.Config, a.Store), a.gates, a.notes.Used(ch.Name)
	host.Get, host.Outside = a.get, a.outside
	host.Pass = a.pass
	return host
}

// endpoint is where a channel is pushed to, at a name. notice is told of the
// secrets in its settings.
func (a *App) endpoint(kind channels.Kind, ch config.Channel, name string, notice func([]channels.NamedSecret)) (*channels.Endpoint, error) {
	e, err := channels.NewEndpoint(kind, channels.Noticing(ch.Decode, notice), a.host(ch, name), a.reception(kind), a.paused.of(ch.Name))
	if err != nil {
		return nil, err
	}
	return e.At(name), nil
}

func (a *App) runner(kind channels.Kind, ch config.Channel) (*channels.Runner, error) {
	poller, err := kind.Poller(ch.Decode, a.host(ch, ch.Name))
	if err != nil {
		return nil, err
	}
	return &channels.Runner{
		Channel: ch.Name, Family: kind.Family, Holder: holder(), Poller: poller, Store: a.Store, Budget: a.budget,
		Log: a.Log, Hint: a.queue.Hint, Count: a.Store.Count, Paused: a.paused.of(ch.Name), Orders: a.Store, Ordered: a.refetches.of(ch.Name),
		Backfills: backfilling{a.Store, &a.backfills}, BackfillDue: a.backfills.of(ch.Name),
		Reconciliations: reconciling{a.Store, &a.reconciliations}, ReconcileDue: a.reconciliations.of(ch.Name), Location: a.Config.Location(),
		Refuses: func(ctx context.Context, m ingest.Message) (int64, error) { return a.refuses(ctx, m, kind.Name) },
	}, nil
}

// refuses names the ban that refuses a mail by its header. The database is
// asked whose the address is only where memory suspects a ban.
func (a *App) refuses(ctx context.Context, m ingest.Message, kind string) (int64, error) {
	now := time.Now()
	if a.Judge.Suspects(m, kind, now) == nil {
		return 0, nil
	}
	known, err := a.Store.Known(ctx, slices.Collect(m.Joining()))
	if err != nil {
		return 0, err
	}
	names := slices.DeleteFunc(known, ingest.ID.IsZero)
	if r := a.Judge.Refuses(m, names, kind, now); r != nil {
		return r.ID, nil
	}
	return 0, nil
}

// reception is the pushed channels' way in.
func (a *App) reception(kind channels.Kind) *channels.Reception {
	return &channels.Reception{Group: a.group, Budget: a.pushed,
		StandingOf: func(ctx context.Context, channel string, ids []ingest.Identity, ip string) (ingest.Standing, error) {
			addr, _ := netip.ParseAddr(ip) // none: no rule on addresses matches
			return a.standing(ctx, ingest.Asked{Identities: ids, IP: addr, Channel: channel, Kind: kind.Name, Family: kind.Family})
		}}
}

// standing tells from memory how somebody at a door stands. The database is
// asked only when they first talked with us, where that counts, and what changed
// if nobody heard of that for a while.
func (a *App) standing(ctx context.Context, asked ingest.Asked) (ingest.Standing, error) {
	now := time.Now()
	if now.Sub(a.Judge.Heard()) >= freshFor {
		if err := a.Store.Hear(ctx, a.Judge); err != nil {
			return ingest.Standing{}, err
		}
	}
	told := a.Judge.Foretell([]ingest.Asked{asked}, now)[0]
	if !told.Talked {
		return told.Standing, nil
	}
	known, err := a.Store.Known(ctx, asked.Identities)
	if err != nil {
		return told.Standing, err
	}
	known = slices.DeleteFunc(known, ingest.ID.IsZero)
	if len(known) == 0 {
		return told.Standing, nil
	}
	talked, err := a.Store.TalkedSince(ctx, known[:1])
	if since := talked[known[0]]; !since.IsZero() {
		return a.Judge.Knowing(asked, since, now), err
	}
	return told.Standing, err
}

// contactOf asks whose identities these are.
func (a *App) contactOf(ctx context.Context, ids []ingest.Identity) (ingest.ID, error) {
	known, err := a.Store.Known(ctx, ids)
	if err != nil || len(known) == 0 {
		return ingest.ID{}, err
	}
	return known[0], nil
}

// specs is what the store needs to know of configured channels.
func specs(list []config.Channel) []ingest.ChannelSpec {
	var specs []ingest.ChannelSpec
	for _, ch := range list {
		kind, _ := all.Find(ch.Kind) // Check has found it
		specs = append(specs, ingest.ChannelSpec{Name: ch.Name, Kind: ch.Kind, Family: kind.For(ch.Decode).Family, Was: ch.Was})
	}
	return specs
}

// placed puts errors about channels where those stand in the configuration.
func placed(c config.Config, err error) error {
	var list interface{ Unwrap() []error }
	if !errors.As(err, &list) {
		return err
	}
	var faults []error
	for _, err := range list.Unwrap() {
		var of *ingest.ChannelError
		if errors.As(err, &of) {
			err = c.At(of.Channel, err)
		}
		faults = append(faults, err)
	}
	return ingest.AsInvalid(cmp.Or(errors.Join(faults...), err))
}
