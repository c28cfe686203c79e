package httpapi

import (
	"context"
	"strings"

	"gatehouse/ingest"
)

// Also sets a rule together with an order.
type Also struct {
	Kind   ingest.RuleKind `json:"kind" enum:"ban,block,blacklist,allow" doc:"ban, block or blacklist with a delete, allow with a release"`
	Target string          `json:"target,omitempty" enum:"contact,identity" doc:"contact by default, and the address where the sender is not proven; identity: the address that each ticket was last written from, or the message was"`
	Terms
}

// placeOf is the kind of place that an order's route names.
func placeOf(does string) string {
	if strings.Contains(does, "/messages/") {
		return "message"
	}
	return "ticket"
}

// also has an order set a rule as well, held against the asker's role, the
// settings and what is suspicious as if it were set by itself. What goes without
// saying follows the place, if there is one.
func (a *api) also(ctx context.Context, job ingest.JobKind, met ingest.Place, in *Also, o *ingest.TicketOrder) error {
	switch {
	case in == nil:
		return nil
	case (in.Kind == ingest.Allow) != (job == ingest.JobRelease):
		return badField("also.kind", "want ban, block or blacklist with a delete, allow with a release")
	case in.DryRun || in.AlsoIP:
		return badField("also", "neither dry_run nor also_ip goes with an order: set the rule by itself")
	}
	settings, err := a.mayRule(ctx, in.Kind)
	if err != nil {
		return err
	}
	terms, err := defaultsAt(met, in.Kind, in.Terms)
	if err != nil {
		return err
	}
	target := ingest.Target{Kind: "contact"}
	if in.Target == "identity" {
		target.Kind = "visitor" // of all addresses the one that most is asked of
	}
	rule, err := a.order(ctx, settings, in.Kind, target, terms)
	if err != nil {
		return err
	}
	o.Also = &ingest.AlsoOrder{RuleOrder: rule, Identity: in.Target == "identity"}
	return a.alsoAlarmed(ctx, settings, in.Force, o)
}

// alsoAlarmed looks at whom the rule would be set on before it is: ourselves
// are among them where a loop was held. The order keeps to the moment of that
// look.
func (a *api) alsoAlarmed(ctx context.Context, s ingest.Settings, force bool, o *ingest.TicketOrder) error {
	targets, asOf, err := a.Store.AlsoTargets(ctx, *o)
	if err != nil {
		return orderProblem(err)
	}
	rules := make([]ingest.Rule, len(targets))
	for i, t := range targets {
		rules[i] = ingest.Rule{Kind: o.Also.Kind, Target: t, Scope: o.Also.Scope, SpareKnown: o.Also.SpareKnown, ExpiresAt: o.Also.ExpiresAt}
	}
	o.AsOf = asOf
	o.Also.Forced, err = a.alarmed(ctx, s, o.Also.RuleOrder, rules, force)
	return err
}
