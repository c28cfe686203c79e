package pipeline

import (
	"fmt"
	"strings"

	"gatehouse/ingest"
)

// screen applies the rules and the system's own holds. The most specific rule
// decides; what a pass covers is out of the question before that. A pass never
// covers a ban, but what was once let go is held by it, not refused: refusal
// is for first decisions.
func screen(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	d, says := screened(b, m, f, d)
	return d, says + asks(m)
}

func screened(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	standing, passed := split(b.Matching(m, f), f.Pass)
	system := systemHold(b.settings, m, f, winner(standing))
	says := passing(passed, system.reason, f.Pass)
	if says != "" && len(standing) == 0 {
		d.To = ingest.Conversed
		return d, says + "nothing else holds it"
	}
	if w := winner(standing); w != nil && w.Kind != ingest.Allow {
		d.To, d.Rule, d.Hit = ingest.Held, w, w
		if w.Kind == ingest.Ban && f.Pass == nil {
			d.To = ingest.Refused
		}
		return d, says + verdict(d.To, standing)
	}
	if system.reason != "" && f.Pass == nil {
		d.To, d.Reason = ingest.Held, system.reason
		return d, says + "held: " + system.says
	}
	d.To, d.Hit = ingest.Conversed, winner(standing)
	d.Draws = draws(f.Buckets, d.Hit != nil)
	return d, says + verdict(d.To, standing)
}

// winner is the first of rules in their order, nil of none.
func winner(rules []*ingest.Rule) *ingest.Rule {
	if len(rules) == 0 {
		return nil
	}
	return rules[0]
}

// split takes out what the pass covers: by order, the blocks and blacklists
// that stood when it was given. Any other pass lets nothing through that
// still stands: what it was given for has been lifted.
func split(rules []*ingest.Rule, p *ingest.Pass) (standing, passed []*ingest.Rule) {
	if p == nil || !p.Order {
		return rules, nil
	}
	for _, r := range rules {
		if (r.Kind == ingest.Block || r.Kind == ingest.Blacklist) && r.Epoch <= p.Epoch {
			passed = append(passed, r)
		} else {
			standing = append(standing, r)
		}
	}
	return standing, passed
}

// passing says what the pass lets the message through.
func passing(passed []*ingest.Rule, reason ingest.Reason, p *ingest.Pass) string {
	var what []string
	for _, r := range passed {
		what = append(what, title(r))
	}
	if p != nil && reason != "" {
		what = append(what, "reason "+string(reason))
	}
	if what == nil {
		return ""
	}
	return "the pass covers " + listed(what) + "; "
}

// verdict says which rule decided, and which others it prevailed over.
func verdict(to ingest.State, rules []*ingest.Rule) string {
	if len(rules) == 0 {
		return "no rule matches"
	}
	w := rules[0]
	does := map[ingest.State]string{ingest.Conversed: "lets it through", ingest.Held: "holds it", ingest.Refused: "refuses it"}[to]
	says := []string{title(w) + " " + does}
	losers := rules[1:]
	for _, r := range losers[:min(len(losers), mentioned)] {
		says = append(says, title(r)+" "+lost(r, w))
	}
	if more := len(losers) - mentioned; more > 0 {
		says = append(says, fmt.Sprintf("%d more rules come after these", more))
	}
	return strings.Join(says, "; ")
}

// mentioned is the most rules that a sentence of the trail names.
const mentioned = 8

func listed(what []string) string {
	if more := len(what) - mentioned; more > 0 {
		what = append(what[:mentioned:mentioned], fmt.Sprintf("%d more", more))
	}
	return strings.Join(what, ", ")
}

func title(r *ingest.Rule) string {
	return fmt.Sprintf("%s rule %d on %s", r.Kind, r.ID, r.Target)
}

// lost says why r did not decide.
func lost(r, w *ingest.Rule) string {
	switch {
	case r.Target.Specificity() < w.Target.Specificity():
		return "is less specific"
	case r.Kind == w.Kind:
		return "would do the same"
	}
	return "yields to " + string(w.Kind)
}
