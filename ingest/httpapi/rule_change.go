package httpapi

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"gatehouse/ingest"
)

// RulePatch is what may be changed of a rule; what is not given stays.
type RulePatch struct {
	Kind      ingest.RuleKind `json:"kind,omitempty" enum:"ban,block,blacklist,allow" doc:"what the rule holds stays held by it; to allow it must hold nothing"`
	Reason    *string         `json:"reason,omitempty" maxLength:"100"`
	Comment   *string         `json:"comment,omitempty" maxLength:"2000"`
	ExpiresAt *time.Time      `json:"expires_at,omitempty" doc:"its end; one that has come lifts the rule, and then held is asked for"`
	ExpiresIn string          `json:"expires_in,omitempty" doc:"its end from now on, as in 24h; never; 0s lifts the rule"`
	OnExpiry  ingest.OnExpiry `json:"on_expiry,omitempty" enum:"keep,release"`
	Open      string          `json:"open,omitempty" enum:"close,keep" doc:"what becomes of unclosed conversations where it becomes a ban or block; close by default"`
	Force     bool            `json:"force,omitempty" doc:"as for a new rule"`
	DryRun    bool            `json:"dry_run,omitempty" doc:"changes nothing and says what the rule would have met in the last 30 days"`
	Choice
}

// RulePatchInput changes a rule.
type RulePatchInput struct {
	ByNumber
	IfMatch string `header:"If-Match"`
	Body    RulePatch
}

func (a *api) getRule(ctx context.Context, in *ByNumber) (*Tagged[ingest.Rule], error) {
	r, err := a.Store.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(ctx, r.Version(), r)
}

func (a *api) patchRule(ctx context.Context, in *RulePatchInput) (*Answer[SetAnswer], error) {
	rule, err := a.Store.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := mayTarget(ctx, rule.Target); err != nil {
		return nil, err
	}
	settings, err := a.mayRule(ctx, rule.Kind)
	if err != nil {
		return nil, err
	}
	c, err := a.changeOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if c.NewEnd && c.ExpiresAt != nil && !c.ExpiresAt.After(a.Now()) {
		return a.endNow(ctx, rule, c, in.Body)
	}
	answer, err := a.change(ctx, settings, rule, c, in.Body)
	return answer, a.quicker(ctx, err, "rule:"+number(in.ID), "rule.change")
}

// changeOf reads what was asked for.
func (a *api) changeOf(ctx context.Context, in *RulePatchInput) (ingest.RuleChange, error) {
	b := in.Body
	c := ingest.RuleChange{Rule: in.ID, Comment: b.Comment, KeepOpen: b.Open == "keep", Actor: who(ctx).Name}
	if b.Kind != "" {
		c.Kind = &b.Kind
	}
	if b.Reason != nil {
		reason := strings.TrimSpace(*b.Reason)
		c.Reason = &reason
	}
	if b.OnExpiry != "" {
		c.OnExpiry = &b.OnExpiry
	}
	var err error
	if c.Version, err = versionIn(in.IfMatch, ruleVersion); err != nil {
		return c, err
	}
	c.NewEnd, c.ExpiresAt, err = a.newEnd(b)
	return c, err
}

var ruleVersion = regexp.MustCompile(`^[0-9]+-[0-9a-f]{8}$`)

func (a *api) newEnd(b RulePatch) (bool, *time.Time, error) {
	switch {
	case b.ExpiresIn == "":
		return b.ExpiresAt != nil, b.ExpiresAt, nil
	case b.ExpiresAt != nil:
		return false, nil, badField("expires_in", "give either this or expires_at")
	case b.ExpiresIn == "never":
		return true, nil, nil
	}
	d, err := time.ParseDuration(b.ExpiresIn)
	if err != nil {
		return false, nil, badField("expires_in", "want a duration, as in 24h, or never")
	}
	at := a.Now().Add(d)
	return true, &at, nil
}

func (a *api) change(ctx context.Context, s ingest.Settings, rule ingest.Rule, c ingest.RuleChange, b RulePatch) (*Answer[SetAnswer], error) {
	changed := c.Apply(rule)
	o := ingest.RuleOrder{Kind: changed.Kind, Target: rule.Target, Scope: rule.Scope, Contact: rule.About}
	if err := a.mayBecome(ctx, s, rule, o); err != nil {
		return nil, err
	}
	if b.DryRun {
		return a.dryRun(ctx, s, o, []ingest.Rule{changed})
	}
	if c.Widens(rule) {
		var err error
		if c.Forced, err = a.alarmed(ctx, s, o, []ingest.Rule{changed}, b.Force); err != nil {
			return nil, err
		}
	}
	return a.changed(ctx, func(ctx context.Context) (ingest.Outcome, error) {
		closed, err := a.Store.ChangeRule(ctx, c)
		return ingest.Outcome{Status: http.StatusOK, Rule: rule.ID, Closed: closed}, err
	})
}

// mayBecome holds a new kind against what it takes to set such a rule.
func (a *api) mayBecome(ctx context.Context, s ingest.Settings, rule ingest.Rule, o ingest.RuleOrder) error {
	if o.Kind == rule.Kind {
		return nil
	}
	if _, err := a.mayRule(ctx, o.Kind); err != nil {
		return err
	}
	reach, err := a.reach(ctx, rule.Target, rule.Scope)
	if err != nil {
		return err
	}
	return featureOff(s, o, reach)
}

// endNow lifts a rule whose new end has come, as any other lift: it asks what
// becomes of what the rule holds.
func (a *api) endNow(ctx context.Context, rule ingest.Rule, c ingest.RuleChange, b RulePatch) (*Answer[SetAnswer], error) {
	switch {
	case c.Kind != nil || c.Reason != nil || c.Comment != nil || c.OnExpiry != nil:
		return nil, badField("expires_at", "an end that has come lifts the rule: send it without other changes")
	case c.Version != "" && c.Version != rule.Version():
		return nil, ingest.ErrStale
	case b.DryRun:
		return nil, badField("dry_run", "a lift has none: GET the rule to see what it holds")
	}
	return a.changed(ctx, func(ctx context.Context) (ingest.Outcome, error) {
		out, err := a.liftRules(ctx, ingest.LiftOrder{Rules: []int64{rule.ID}, Held: b.Held, To: b.To, Actor: c.Actor})
		if out.Job == 0 {
			out.Status = http.StatusOK
		}
		out.Rule = rule.ID
		return out, err
	})
}

func (a *api) changed(ctx context.Context, do func(context.Context) (ingest.Outcome, error)) (*Answer[SetAnswer], error) {
	done, err := effect(ctx, a, do, a.ruleAnswer)
	if err != nil {
		return nil, err
	}
	return &Answer[SetAnswer]{done.Status, SetAnswer{rule: &done.Body}}, nil
}
