package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

const footGunSays = " 409 foot-gun: it would meet ourselves or far too many; the problem says whom, and an administrator's force goes on."

// AlarmSays is something suspicious about a rule.
type AlarmSays struct {
	Code   ingest.Alarm  `json:"code"`
	Target ingest.Target `json:"target"`
	Known  int           `json:"known_contacts" doc:"that the target names; at most 10,000 are counted"`
	Says   string        `json:"says"`
	Line   int           `json:"line,omitempty" doc:"of an import"`

	rule int // which of those asked about
}

// alarms says what is suspicious about rules.
func (a *api) alarms(ctx context.Context, s ingest.Settings, rules []ingest.Rule, about ingest.ID) ([]AlarmSays, error) {
	named, err := a.Store.Named(ctx, targetsOf(rules), about)
	if err != nil {
		return nil, err
	}
	is, err := a.identitiesOf(ctx, rules)
	if err != nil {
		return nil, err
	}
	var list []AlarmSays
	own := a.Own()
	for i, r := range rules {
		aim := ingest.Aim{Kind: r.Kind, Target: r.Target, Known: named[i], Is: is[r.Target.Value]}
		for _, alarm := range aim.Alarms(own, s.RuleAlarm) {
			list = append(list, AlarmSays{Code: alarm, Target: r.Target, Known: named[i], Says: alarm.Says(), rule: i})
		}
	}
	return list, nil
}

// identitiesOf are those of the contacts that rules are on, by id.
func (a *api) identitiesOf(ctx context.Context, rules []ingest.Rule) (map[string][]ingest.Identity, error) {
	var contacts []ingest.ID
	for _, r := range rules {
		if id, err := ingest.ParseID(r.Target.Value); r.Target.Kind == "contact" && err == nil {
			contacts = append(contacts, id)
		}
	}
	if contacts == nil {
		return nil, nil
	}
	of, err := a.Store.Identities(ctx, contacts)
	is := map[string][]ingest.Identity{}
	for id, known := range of {
		for _, i := range known {
			is[id.String()] = append(is[id.String()], i.Identity)
		}
	}
	return is, err
}

// alarmed refuses a suspicious rule, unless an administrator wants it all the
// same; then it returns what was suspicious, for the audit.
func (a *api) alarmed(ctx context.Context, s ingest.Settings, o ingest.RuleOrder, rules []ingest.Rule, force bool) ([]ingest.Alarm, error) {
	list, err := a.alarms(ctx, s, rules, o.Contact)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if force {
		return codesOf(list), mustBe(ctx, ingest.RoleAdmin)
	}
	reach, err := a.reachOf(ctx, suspicious(rules, list))
	if err != nil {
		return nil, err
	}
	p := footGun(list)
	p.Reach = &reach
	return nil, p
}

// reachOf is what rules would have met. The examples are of messages that the
// asker may see.
func (a *api) reachOf(ctx context.Context, rules []ingest.Rule) (ingest.RuleReach, error) {
	reach, err := a.Store.Reach(ctx, rules)
	if !who(ctx).Role.AtLeast(ingest.RoleSupervisor) {
		reach.Examples = slices.DeleteFunc(reach.Examples, func(r ingest.Reached) bool { return !slices.Contains(forAgents, r.State) })
	}
	return reach, err
}

// suspicious are the rules that alarms are about, the first few of them: each is
// looked for by itself.
func suspicious(rules []ingest.Rule, list []AlarmSays) []ingest.Rule {
	const few = 5
	var some []ingest.Rule
	last := -1
	for _, alarm := range list {
		if alarm.rule != last && len(some) < few {
			some, last = append(some, rules[alarm.rule]), alarm.rule
		}
	}
	return some
}

func footGun(list []AlarmSays) *Problem {
	said := make([]string, len(list))
	for i, alarm := range list {
		said[i] = alarm.Target.String() + ": " + alarm.Says
	}
	const shown = 10
	p := conflict("foot-gun", strings.Join(said[:min(len(said), shown)], "; ")+
		". Name somebody more closely, or have an administrator send force: true")
	p.Alarms = list
	return p
}

// codesOf are the codes of alarms, each once.
func codesOf(list []AlarmSays) []ingest.Alarm {
	var codes []ingest.Alarm
	for _, alarm := range list {
		if !slices.Contains(codes, alarm.Code) {
			codes = append(codes, alarm.Code)
		}
	}
	return codes
}

func targetsOf(rules []ingest.Rule) []ingest.Target {
	targets := make([]ingest.Target, len(rules))
	for i, r := range rules {
		targets[i] = r.Target
	}
	return targets
}

// suggested is the network that the holder of an IPv6 address has; nil if none
// of the rules is on such an address.
func suggested(rules []ingest.Rule) *ingest.Target {
	for _, r := range rules {
		if line := r.Target.Line(); line.Kind != "" {
			return &line
		}
	}
	return nil
}

// ReachAnswer is what a rule would have met, and what is suspicious about it.
type ReachAnswer struct {
	ingest.RuleReach
	Alarms   []AlarmSays    `json:"alarms"`
	Suggests *ingest.Target `json:"suggests,omitempty" doc:"the /64 of an IPv6 address"`
}

func (a *api) dryRun(ctx context.Context, s ingest.Settings, o ingest.RuleOrder, rules []ingest.Rule) (*Answer[SetAnswer], error) {
	reach, err := a.reachOf(ctx, rules)
	if err != nil {
		return nil, err
	}
	answer := ReachAnswer{RuleReach: reach, Suggests: suggested(rules)}
	answer.Alarms, err = a.alarms(ctx, s, rules, o.Contact)
	return &Answer[SetAnswer]{http.StatusOK, SetAnswer{reach: &answer}}, err
}

// SetAnswer is a [RuleAnswer], or a [ReachAnswer] of a dry run.
type SetAnswer struct {
	rule  *RuleAnswer
	reach *ReachAnswer
}

// MarshalJSON writes the one that it is.
func (s SetAnswer) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	var err error
	if s.reach != nil {
		err = writeJSON(&b, s.reach)
	} else {
		err = writeJSON(&b, s.rule)
	}
	return b.Bytes(), err
}

// Schema is that of either.
func (SetAnswer) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[RuleAnswer](), true, "RuleAnswer"), r.Schema(reflect.TypeFor[ReachAnswer](), true, "ReachAnswer")}}
}
