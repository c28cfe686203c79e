package httpapi

import (
	"context"
	"slices"

	"gatehouse/ingest"
)

// nameless reports whether whoever was met at a place has a contact without any
// address to rely on, since their mail failed its sender check. A rule on such a
// contact would match nothing, so the address stands for it.
func (a *api) nameless(ctx context.Context, p ingest.Place) (bool, error) {
	if !p.Unproven || !p.From.Joins() {
		return false, nil
	}
	of, err := a.Store.Identities(ctx, []ingest.ID{p.Contact})
	return !slices.ContainsFunc(of[p.Contact], func(i ingest.ContactIdentity) bool { return i.Joins() }), err
}

// contactAt is the target that means the contact at a place: named by word, or
// meant for want of one.
func (a *api) contactAt(ctx context.Context, p ingest.Place, word string) (ingest.Target, error) {
	nameless, err := a.nameless(ctx, p)
	switch {
	case err != nil:
		return ingest.Target{}, err
	case nameless && word == "":
		return ingest.Target{Kind: p.From.Kind, Value: p.From.Value}, nil
	case nameless:
		return ingest.Target{}, badField("target", "the sender is not proven, so this contact has no address that a rule could match: want identity")
	case p.Contact.IsZero():
		return ingest.Target{}, badField("target", "there is no contact here: name an identity")
	}
	return ingest.Target{Kind: "contact", Value: p.Contact.String()}, nil
}

// liftFromAddress lifts the rules of a kind that stand on the address of a
// nameless place; it reports whether there were any.
func (a *api) liftFromAddress(ctx context.Context, p ingest.Place, kind ingest.RuleKind, c Choice) (*Answer[*ingest.Job], bool, error) {
	nameless, err := a.nameless(ctx, p)
	if err != nil || !nameless {
		return nil, false, err
	}
	list, err := a.Store.ListRules(ctx, ingest.RuleFilter{Part: ingest.Part{Limit: 200}, Kind: kind, State: "standing", Target: p.From.Key()})
	if err != nil || len(list.Items) == 0 {
		return nil, false, err
	}
	o := ingest.LiftOrder{Held: c.Held, To: c.To}
	for _, r := range list.Items {
		o.Rules = append(o.Rules, r.ID)
	}
	answer, err := a.lift(ctx, o)
	return answer, true, err
}
