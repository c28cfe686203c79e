package httpapi

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/ingest"
)

// Choice says what becomes of what the lifted rules hold.
type Choice struct {
	Held ingest.HeldChoice `json:"held,omitempty" query:"held" enum:"unblock_all,delete_all,keep" doc:"required if something is held"`
	To   string            `json:"to,omitempty" query:"to" enum:"auto,bot,unassigned" doc:"where what is released goes; auto by default"`
}

// LiftByNumber lifts a rule, with its choice in the query.
type LiftByNumber struct {
	ByNumber
	Choice
}

// LiftInput lifts a rule, with its choice in the body.
type LiftInput struct {
	ByNumber
	Body *Choice
}

func (a *api) deleteRule(ctx context.Context, in *LiftByNumber) (*Answer[*ingest.Job], error) {
	return a.liftOne(ctx, in.ID, in.Choice)
}

func (a *api) liftRule(ctx context.Context, in *LiftInput) (*Answer[*ingest.Job], error) {
	return a.liftOne(ctx, in.ID, orZero(in.Body))
}

func (a *api) liftOne(ctx context.Context, id int64, c Choice) (*Answer[*ingest.Job], error) {
	rule, err := a.Store.Rule(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := a.mayRule(ctx, rule.Kind); err != nil {
		return nil, err
	}
	if err := mayTarget(ctx, rule.Target); err != nil {
		return nil, err
	}
	return a.lift(ctx, ingest.LiftOrder{Rules: []int64{id}, Held: c.Held, To: c.To})
}

// lift lifts rules: 204, or 202 with the job that works off what they held. To
// say what becomes of held messages takes a supervisor: agents do not see them.
func (a *api) lift(ctx context.Context, o ingest.LiftOrder) (*Answer[*ingest.Job], error) {
	if o.Held != "" {
		if err := mustBe(ctx, ingest.RoleSupervisor); err != nil {
			return nil, err
		}
	}
	o.Actor = who(ctx).Name
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) { return a.liftRules(ctx, o) }, a.jobAnswer)
}

func (a *api) liftRules(ctx context.Context, o ingest.LiftOrder) (ingest.Outcome, error) {
	lifted, err := a.Store.Lift(ctx, o)
	if lifted.Job == 0 {
		return ingest.Outcome{Status: http.StatusNoContent}, err
	}
	return ingest.Outcome{Status: http.StatusAccepted, Job: lifted.Job}, err
}

// liftFromContact lifts the rules of a kind on a contact. If none stands it says
// so, and to those who may see it what else holds the contact's messages: an
// address, a network, a domain.
func (a *api) liftFromContact(ctx context.Context, contact ingest.ID, kind ingest.RuleKind, c Choice) (*Answer[*ingest.Job], error) {
	answer, err := a.lift(ctx, ingest.LiftOrder{Contact: contact, Kinds: []ingest.RuleKind{kind}, Held: c.Held, To: c.To})
	if !errors.Is(err, ingest.ErrNotFound) {
		return answer, err
	}
	p := conflict("nothing-to-lift", "no "+string(kind)+" stands on this contact")
	if mustBe(ctx, ingest.RoleSupervisor) != nil {
		return nil, p
	}
	if p.HeldBy, err = a.Store.Holders(ctx, contact); err != nil {
		return nil, err
	}
	if len(p.HeldBy) > 0 {
		p.Detail += "; other rules hold its messages: see held_by"
	}
	return nil, p
}

// jobAnswer is the job that an order began; nil where nothing was left to do.
func (a *api) jobAnswer(ctx context.Context, out ingest.Outcome) (*ingest.Job, error) {
	if out.Job == 0 {
		return nil, nil
	}
	j, err := a.Store.Job(ctx, out.Job)
	return &j, err
}

func orZero[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
