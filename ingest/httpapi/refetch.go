package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/netip"

	"gatehouse/ingest"
)

type refetchStore interface {
	Refetch(ctx context.Context, o ingest.RefetchOrder) (int64, error)
	FetchWhole(ctx context.Context, message ingest.ID, sources []string, actor string) (int64, error)
	RefusedSenders(ctx context.Context, rule int64, limit int) ([]ingest.RefusedSender, error)
}

func (a *api) refetches() {
	route(a, op{does: "POST /rules/{id}/refetch", least: ingest.RoleSupervisor, once: true, status: http.StatusAccepted,
		says: "Fetches again what a ban that has ended refused, while its source still has it; what it has no longer is counted as skipped. " +
			"409 rule-stands: the ban would refuse it again; nothing-refused: it refuses nothing."}, a.refetchRule)
	route(a, op{does: "POST /messages/{id}/fetch", least: ingest.RoleSupervisor, once: true, status: http.StatusAccepted,
		says: "Fetches the whole of a message that is held for its size, of which only the header was read. 409 not-partial: it is no such message."},
		a.fetchMessage)
}

func (a *api) refetchRule(ctx context.Context, in *ByNumber) (*Answer[*ingest.Job], error) {
	rule, err := a.Store.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	o := ingest.RefetchOrder{Rule: rule.ID, Sources: a.Sources, Actor: who(ctx).Name}
	if rule.InForce(a.Now()) {
		if o.Standing, err = a.someMaySend(ctx, rule.ID); err != nil {
			return nil, err
		}
	}
	return a.fetch(ctx, func(ctx context.Context) (int64, error) {
		job, err := a.Store.Refetch(ctx, o)
		switch {
		case errors.Is(err, ingest.ErrStands):
			err = conflict("rule-stands", "this ban stands and would refuse the mail again: lift it first, or set an allow on those whose mail is wanted")
		case errors.Is(err, ingest.ErrNothing):
			err = conflict("nothing-refused", "nothing is left that this rule refused: there is nothing to fetch")
		}
		return job, err
	})
}

// maxRefused is how many of those whom a ban refused are looked at for one who
// may send again.
const maxRefused = 1000

// someMaySend reports whether the rules let somebody through whom a ban refused:
// because an allow prevails.
func (a *api) someMaySend(ctx context.Context, rule int64) (bool, error) {
	refused, err := a.Store.RefusedSenders(ctx, rule, maxRefused)
	if err != nil {
		return false, err
	}
	ids := make([]ingest.Identity, len(refused))
	for i, r := range refused {
		ids[i] = r.From
	}
	contacts, err := a.Store.Known(ctx, ids)
	if err != nil {
		return false, err
	}
	p, err := a.people(ctx, contacts)
	if err != nil {
		return false, err
	}
	for i, r := range refused {
		known := append(p.identities(contacts[i]), r.From)
		s := a.Judge.Standing(known, contacts[i], p.talked[contacts[i]], netip.Addr{}, r.Channel, r.Kind, a.Now())
		if s.MaySend {
			return true, nil
		}
	}
	return false, nil
}

func (a *api) fetchMessage(ctx context.Context, in *ByID) (*Answer[*ingest.Job], error) {
	m, err := a.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.fetch(ctx, func(ctx context.Context) (int64, error) {
		job, err := a.Store.FetchWhole(ctx, m.ID, a.Sources, who(ctx).Name)
		if errors.Is(err, ingest.ErrNothing) {
			err = conflict("not-partial", "this message is not held for its size, is whole already, or its channel has no source to fetch it from")
		}
		return job, err
	})
}

// fetch starts a job and answers with it.
func (a *api) fetch(ctx context.Context, start func(context.Context) (int64, error)) (*Answer[*ingest.Job], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		job, err := start(ctx)
		return ingest.Outcome{Status: http.StatusAccepted, Job: job}, err
	}, a.jobAnswer)
}
