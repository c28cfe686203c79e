package httpapi

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gatehouse/ingest"
)

// PreviewLine is an entry of a list of rules, and what becomes of it.
type PreviewLine struct {
	Line    int    `json:"line"`
	Text    string `json:"text,omitempty" doc:"the entry, where a line has several"`
	Becomes string `json:"becomes" enum:"rule,stands,lift,absent,repeat,skipped,wrong"`
	Says    string `json:"says"`

	Rule        *RuleLine   `json:"rule,omitempty"`
	RuleID      string      `json:"rule_id,omitempty" doc:"of the rule that stands already, or is lifted"`
	Contradicts []string    `json:"contradicts,omitempty" doc:"numbers of standing rules of another kind on the same target"`
	Known       int         `json:"known_contacts,omitempty" doc:"whom the rule meets; at most 10,000 are counted"`
	Alarms      []AlarmSays `json:"alarms,omitempty" doc:"takes an administrator's force"`
}

// preview says what becomes of each entry.
func (a *api) preview(ctx context.Context, lines *lineReader) ([]PreviewLine, error) {
	stand, err := a.Store.ImportStands(ctx, lines.items)
	if err != nil {
		return nil, err
	}
	known, err := a.knownTo(ctx, lines.items)
	if err != nil {
		return nil, err
	}
	alarms, err := a.listAlarms(ctx, lines)
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	list := make([]PreviewLine, len(lines.list))
	for i, l := range lines.list {
		p := PreviewLine{Line: l.line, Text: l.text}
		switch {
		case l.fault != nil:
			p.Becomes, p.Says = "wrong", l.fault.Error()
		case l.skipped != "":
			p.Becomes, p.Says = "skipped", l.skipped
		default:
			item := lines.items[l.item]
			p.Rule, p.Known, p.Alarms = lineOfItem(item), known[l.item], alarms[l.item]
			p.becomes(item, stand[l.item], seen, l.says)
		}
		list[i] = p
	}
	return list, nil
}

// becomes says what an entry comes to that is a rule.
func (p *PreviewLine) becomes(item ingest.RuleItem, stand ingest.ImportStand, seen map[string]int, read string) {
	key := fmt.Sprint(item.Kind, " ", item.Target, " ", item.Scope, item.Lifted)
	what := string(item.Kind) + " on " + item.Target.String()
	first, again := seen[key], seen[key] != 0
	seen[key] = p.Line
	if stand.Same != 0 {
		p.RuleID = strconv.FormatInt(stand.Same, 10)
	}
	switch {
	case again:
		p.Becomes, p.Says = "repeat", fmt.Sprintf("the same as line %d", first)
		seen[key] = first
	case item.Lifted && stand.Same == 0:
		p.Becomes, p.Says = "absent", "no such rule stands"
	case item.Lifted:
		p.Becomes, p.Says = "lift", "lifts rule "+p.RuleID
	case stand.Same != 0:
		p.Becomes, p.Says = "stands", "rule "+p.RuleID+" says so already"
	default:
		p.Becomes, p.Says = "rule", "sets a "+what
	}
	p.contradicts(item, stand, seen)
	if read != "" {
		p.Says += "; " + item.Target.String() + " " + read
	}
}

// contradicts says what of other kinds stands, or is in the same list, on the same
// target.
func (p *PreviewLine) contradicts(item ingest.RuleItem, stand ingest.ImportStand, seen map[string]int) {
	if item.Lifted {
		return
	}
	for _, id := range stand.Others {
		p.Contradicts = append(p.Contradicts, strconv.FormatInt(id, 10))
	}
	if p.Contradicts != nil {
		p.Says += "; contradicts rule " + strings.Join(p.Contradicts, ", ")
	}
	for _, kind := range []ingest.RuleKind{ingest.Allow, ingest.Ban, ingest.Block, ingest.Blacklist} {
		other := fmt.Sprint(kind, " ", item.Target, " ", item.Scope, false)
		if line := seen[other]; line != 0 && kind != item.Kind {
			p.Says += fmt.Sprintf("; contradicts line %d, of the two the %s holds", line, stronger(kind, item.Kind))
		}
	}
}

// stronger is the kind that holds of two on one target.
func stronger(a, b ingest.RuleKind) ingest.RuleKind {
	for _, k := range []ingest.RuleKind{ingest.Allow, ingest.Ban, ingest.Block} {
		if a == k || b == k {
			return k
		}
	}
	return a
}

func lineOfItem(i ingest.RuleItem) *RuleLine {
	return &RuleLine{Kind: i.Kind, Target: i.Target.String(), Reason: i.Reason, Comment: i.Comment, Scope: i.Scope, SpareKnown: i.SpareKnown,
		ExpiresAt: i.ExpiresAt, OnExpiry: i.OnExpiry, Lifted: i.Lifted}
}

// knownTo counts the known contacts that each item's target meets.
func (a *api) knownTo(ctx context.Context, items []ingest.RuleItem) ([]int, error) {
	targets, ids, at := make([]ingest.Target, len(items)), []ingest.Identity(nil), []int(nil)
	for i, item := range items {
		targets[i] = item.Target
		if id, err := ingest.ParseIdentity(item.Target.Kind, item.Target.Value, ingest.Verified); err == nil {
			ids, at = append(ids, id), append(at, i)
		}
	}
	known, err := a.Store.Named(ctx, targets, ingest.ID{})
	if err != nil {
		return nil, err
	}
	contacts, err := a.Store.Known(ctx, ids)
	for n, contact := range contacts {
		if !contact.IsZero() {
			known[at[n]] = 1
		}
	}
	for i, t := range targets {
		if t.Kind == "contact" {
			known[i] = 1
		}
	}
	return known, err
}

// listAlarms are what is suspicious, by item.
func (a *api) listAlarms(ctx context.Context, lines *lineReader) (map[int][]AlarmSays, error) {
	rules, at := lines.setting()
	list, err := a.alarms(ctx, lines.settings, rules, ingest.ID{})
	by := map[int][]AlarmSays{}
	for _, alarm := range list {
		item := at[alarm.rule]
		alarm.Line = lines.at[item]
		by[item] = append(by[item], alarm)
	}
	return by, err
}
