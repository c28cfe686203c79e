package httpapi

import (
	"context"
	"strings"

	"gatehouse/ingest"
)

// Also sets a rule together with an order.
type Also struct {
	Kind   ingest.RuleKind `json:"kind" enum:"ban,block,blacklist,allow" doc:"ban, block or blacklist with a delete, allow with a release"`
	Target string          `json:"target,omitempty" enum:"contact,identity" doc:"contact by default; identity: the address that each ticket was last written from"`
	Terms
}

// placeOf is the kind of place that an order's route names.
func placeOf(does string) string {
	if strings.Contains(does, "/messages/") {
		return "message"
	}
	return "ticket"
}

// also makes an order of the rule that goes with another, and holds it against
// the asker's role and the settings as if it were set by itself. What goes
// without saying follows the place, if there is one.
func (a *api) also(ctx context.Context, job ingest.JobKind, met ingest.Place, in *Also) (*ingest.AlsoOrder, error) {
	if in == nil {
		return nil, nil
	}
	if (in.Kind == ingest.Allow) != (job == ingest.JobRelease) {
		return nil, badField("also.kind", "want ban, block or blacklist with a delete, allow with a release")
	}
	settings, err := a.mayRule(ctx, in.Kind)
	if err != nil {
		return nil, err
	}
	terms, err := defaultsAt(met, in.Kind, in.Terms)
	if err != nil {
		return nil, err
	}
	target := ingest.Target{Kind: "contact"}
	if in.Target == "identity" {
		target.Kind = "visitor" // of all addresses the one that most is asked of
	}
	o, err := a.order(ctx, settings, in.Kind, target, terms)
	return &ingest.AlsoOrder{RuleOrder: o, Identity: in.Target == "identity"}, err
}
