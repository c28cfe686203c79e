package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"gatehouse/ingest"
)

type ruleStore interface {
	ListRules(ctx context.Context, f ingest.RuleFilter) (ingest.List[ingest.Rule], error)
	Rule(ctx context.Context, id int64) (ingest.Rule, error)
	Reach(ctx context.Context, rules []ingest.Rule) (ingest.RuleReach, error)
	KindSeen(ctx context.Context, kind string) (bool, error)
	Named(ctx context.Context, targets []ingest.Target, about ingest.ID) ([]int, error)
	Rules(ctx context.Context, after int64) ([]ingest.Rule, int64, ingest.Settings, error)
	SetRule(ctx context.Context, o ingest.RuleOrder) (ingest.RuleSet, error)
	ChangeRule(ctx context.Context, c ingest.RuleChange) (closed int, err error)
	ImportStands(ctx context.Context, items []ingest.RuleItem) ([]ingest.ImportStand, error)
	ImportRules(ctx context.Context, o ingest.RuleImport) (ingest.RuleImported, error)
	Lift(ctx context.Context, o ingest.LiftOrder) (ingest.Lifted, error)
}

func (a *api) rules() {
	route(a, op{does: "GET /rules", least: ingest.RoleSupervisor, says: "Lists rules, newest first; with review those that somebody should look at, each with its doubts: what it is, and a sentence."}, a.listRules)
	route(a, op{does: "GET /rules/{id}", least: ingest.RoleSupervisor, says: "Returns a rule; ETag is its version."}, a.getRule)
	route(a, op{does: "GET /rules/export", least: ingest.RoleSupervisor, says: "Writes rules as JSON lines or as CSV (format), both of which import reads."}, a.exportRules)
	route(a, op{does: "POST /rules/import", least: ingest.RoleSupervisor, once: true, bytes: maxImport, or: http.StatusAccepted,
		says: importSays}, a.importRules)
	route(a, op{does: "PATCH /rules/{id}", least: ingest.RoleSupervisor, once: true, or: http.StatusAccepted,
		says: "Changes a rule; an end that has come lifts it. With If-Match, 412 if it was changed meanwhile." + footGunSays}, a.patchRule)
	route(a, op{does: "POST /rules", least: ingest.RoleSupervisor, once: true, status: http.StatusCreated, or: http.StatusOK,
		says: "Sets a rule on any target; domains, prefixes and networks take an admin. 200: the same rule stands already, or dry_run." + footGunSays}, a.createRule)
	route(a, op{does: "DELETE /rules/{id}", least: ingest.RoleSupervisor, status: http.StatusAccepted, or: http.StatusNoContent,
		says: "Lifts a rule. 409 held-choice-required: it holds messages, say in held what becomes of them."}, a.deleteRule)
	route(a, op{does: "POST /rules/{id}/lift", least: ingest.RoleSupervisor, once: true, status: http.StatusAccepted, or: http.StatusNoContent,
		says: "As DELETE, with a body."}, a.liftRule)
}

// RulesInput chooses rules.
type RulesInput struct {
	Paging
	Kind   string `query:"kind" enum:"ban,block,blacklist,allow"`
	State  string `query:"state" enum:"standing,expired,lifted"`
	Target string `query:"target" doc:"as in email:ann@example.com"`
	Review bool   `query:"review" doc:"rules not lifted that met nothing for long, of which people let much go, that ended and still hold, that another shadows, or whose contact has gone"`
}

func (a *api) listRules(ctx context.Context, in *RulesInput) (*Body[ingest.List[ingest.Rule]], error) {
	f := ingest.RuleFilter{Part: in.part(), Kind: ingest.RuleKind(in.Kind), State: in.State}
	if in.Target != "" {
		target, err := a.Region.ParseTarget(in.Target)
		if err != nil {
			return nil, badField("target", err.Error())
		}
		f.Target = target.String()
	}
	if in.Review {
		if err := a.fresh(ctx); err != nil {
			return nil, err
		}
		f.Review = &ingest.RuleReview{Shadows: a.Judge.Shadows(a.Now())}
	}
	return body(a.Store.ListRules(ctx, f))
}

// Terms is what a rule says besides its kind and target.
type Terms struct {
	Reason     string          `json:"reason,omitempty" maxLength:"100" doc:"a code or a few words; required for blocks and bans from a chat"`
	Comment    string          `json:"comment,omitempty" maxLength:"2000"`
	ExpiresIn  string          `json:"expires_in,omitempty" doc:"a duration as in 24h, or never"`
	ExpiresAt  *time.Time      `json:"expires_at,omitempty" doc:"its end, in the place of expires_in"`
	OnExpiry   ingest.OnExpiry `json:"on_expiry,omitempty" enum:"keep,release"`
	Scope      []string        `json:"scope,omitempty" maxItems:"100" doc:"channels by name, or kind:KIND of one that exists; empty means everywhere"`
	SpareKnown bool            `json:"spare_known,omitempty" doc:"lets those through who talked before the rule"`
	AlsoIP     bool            `json:"also_ip,omitempty" doc:"sets the same on the address the contact last wrote from"`
	Open       string          `json:"open,omitempty" enum:"close,keep" doc:"what becomes of the contact's unclosed conversations; close by default"`
	DryRun     bool            `json:"dry_run,omitempty" doc:"changes nothing and says what the rule would have met in the last 30 days"`
	Force      bool            `json:"force,omitempty" doc:"sets the rule although it meets ourselves or far too many; administrators only, audited"`
}

// RuleInput sets a rule.
type RuleInput struct {
	Body struct {
		Kind   ingest.RuleKind `json:"kind" enum:"ban,block,blacklist,allow"`
		Target string          `json:"target" minLength:"1" maxLength:"1200"`
		Terms
	}
}

// RuleAnswer is the rule that stands, those set together with it, how many
// conversations it closed, the job that a lift began, and the network to set it
// on where its address is one of many that its holder may take.
type RuleAnswer struct {
	ingest.Rule
	Also     []ingest.Rule  `json:"also"`
	Closed   int            `json:"closed_conversations"`
	Suggests *ingest.Target `json:"suggests,omitempty" doc:"the /64 of an IPv6 address"`
	Job      *ingest.Job    `json:"job,omitempty"`
}

func (a *api) createRule(ctx context.Context, in *RuleInput) (*Answer[SetAnswer], error) {
	settings, err := a.mayRule(ctx, in.Body.Kind)
	if err != nil {
		return nil, err
	}
	target, err := a.readTarget(ctx, in.Body.Target)
	if err != nil {
		return nil, err
	}
	o, err := a.order(ctx, settings, in.Body.Kind, target, in.Body.Terms)
	if err != nil {
		return nil, err
	}
	if target.Kind == "contact" {
		if o.Contact, err = ingest.ParseID(target.Value); err != nil {
			return nil, badField("target", err.Error())
		}
		if _, err := a.Store.Contact(ctx, o.Contact); err != nil {
			return nil, err
		}
	}
	return a.set(ctx, settings, o, in.Body.Terms)
}

// order makes an order of a rule's terms and holds it against the asker's role
// and the settings.
func (a *api) order(ctx context.Context, s ingest.Settings, kind ingest.RuleKind, target ingest.Target, t Terms) (ingest.RuleOrder, error) {
	o := ingest.RuleOrder{Kind: kind, Target: target, Reason: strings.TrimSpace(t.Reason), Comment: t.Comment,
		OnExpiry: t.OnExpiry, SpareKnown: t.SpareKnown, AlsoIP: t.AlsoIP, KeepOpen: t.Open == "keep", Actor: who(ctx).Name}
	if err := mayTarget(ctx, target); err != nil {
		return o, err
	}
	var err error
	if o.ExpiresAt, err = a.end(t); err != nil {
		return o, err
	}
	reach, err := a.reach(ctx, target, t.Scope)
	if err != nil {
		return o, err
	}
	o.Scope = reach.scope
	return o, featureOff(s, o, reach)
}

// mayTarget holds the asker against what only administrators may set a rule on,
// or lift one from: whoever they do not know by name.
func mayTarget(ctx context.Context, t ingest.Target) error {
	switch t.Kind {
	case "domain", "phone_prefix", "cidr", "range", ingest.Everyone:
		return mustBe(ctx, ingest.RoleAdmin)
	}
	return nil
}

// mayRule holds the asker against the settings of who may do what.
func (a *api) mayRule(ctx context.Context, kind ingest.RuleKind) (ingest.Settings, error) {
	settings, _, err := a.Store.Settings(ctx)
	if err != nil {
		return settings, err
	}
	return settings, mustBe(ctx, leastOf(settings)[kind])
}

func leastOf(s ingest.Settings) map[ingest.RuleKind]ingest.Role {
	return map[ingest.RuleKind]ingest.Role{
		ingest.Block:     ingest.Role(s.MayBlock),
		ingest.Ban:       ingest.Role(s.MayBan),
		ingest.Blacklist: ingest.Role(s.MayBlacklist),
		ingest.Allow:     ingest.RoleSupervisor,
	}
}

// end is when a rule ends; nil: never.
func (a *api) end(t Terms) (*time.Time, error) {
	switch {
	case t.ExpiresAt == nil:
		return a.expiry(t.ExpiresIn)
	case t.ExpiresIn != "":
		return nil, badField("expires_in", "give either this or expires_at")
	case !t.ExpiresAt.After(a.Now()):
		return nil, badField("expires_at", "is not yet to come")
	}
	return t.ExpiresAt, nil
}

func (a *api) expiry(in string) (*time.Time, error) {
	if in == "" || in == "never" {
		return nil, nil
	}
	d, err := time.ParseDuration(in)
	if err != nil || d <= 0 {
		return nil, badField("expires_in", "want a duration above 0, as in 24h, or never")
	}
	at := a.Now().Add(d)
	return &at, nil
}

func orElse(err error, p *Problem) error {
	if err != nil {
		return err
	}
	return p
}

// set sets a rule, or with dry_run says what it would have met.
func (a *api) set(ctx context.Context, s ingest.Settings, o ingest.RuleOrder, t Terms) (*Answer[SetAnswer], error) {
	rules, err := a.rulesOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if t.DryRun {
		return a.dryRun(ctx, s, o, rules)
	}
	if o.Forced, err = a.alarmed(ctx, s, o, rules, t.Force); err != nil {
		return nil, err
	}
	done, err := effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		set, err := a.Store.SetRule(ctx, o)
		out := ingest.Outcome{Status: statusOf(set.Fresh), Rule: set.Rule.ID, Closed: set.Closed}
		for _, r := range set.Also {
			out.Also = append(out.Also, r.ID)
		}
		return out, err
	}, a.ruleAnswer)
	if err != nil {
		return nil, err
	}
	return &Answer[SetAnswer]{done.Status, SetAnswer{rule: &done.Body}}, nil
}

// rulesOf are the rules that an order comes to: its own, and that on the
// address. It refuses also_ip where no address is known to set it on.
func (a *api) rulesOf(ctx context.Context, o ingest.RuleOrder) ([]ingest.Rule, error) {
	rules := []ingest.Rule{{Kind: o.Kind, Target: o.Target, Scope: o.Scope, SpareKnown: o.SpareKnown, ExpiresAt: o.ExpiresAt}}
	if !o.AlsoIP {
		return rules, nil
	}
	unknown := badField("also_ip", "no address is known that this person wrote from")
	if o.Contact.IsZero() {
		return nil, unknown
	}
	ip, err := a.Store.LastIP(ctx, o.Contact)
	if err != nil || ip == "" {
		return nil, orElse(err, unknown)
	}
	also := rules[0]
	if also.Target, err = ingest.ParseTarget("ip:" + ip); err != nil {
		return nil, err
	}
	return append(rules, also), nil
}

func (a *api) ruleAnswer(ctx context.Context, out ingest.Outcome) (RuleAnswer, error) {
	answer := RuleAnswer{Closed: out.Closed}
	var err error
	if answer.Rule, err = a.Store.Rule(ctx, out.Rule); err != nil {
		return answer, err
	}
	for _, id := range out.Also {
		r, err := a.Store.Rule(ctx, id)
		if err != nil {
			return answer, err
		}
		answer.Also = append(answer.Also, r)
	}
	answer.Suggests = suggested(append([]ingest.Rule{answer.Rule}, answer.Also...))
	if out.Job != 0 {
		answer.Job, err = a.jobAnswer(ctx, out)
	}
	return answer, err
}
