package httpapi

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/ingest"
)

// holdersNamed is how many rules a sentence names of those that hold something.
const holdersNamed = 5

// holders says whom the rules are on that hold the most, as people say it. Only
// of one on a person there is more to read.
func (a *api) holders(ctx context.Context, by []ingest.Holder) (named []string, err error) {
	for _, h := range by[:min(len(by), holdersNamed)] {
		var r ingest.Rule
		if r.Target, err = ingest.ParseTarget(h.Target); err == nil && r.Target.Kind == "contact" {
			r, err = a.Store.Rule(ctx, h.Rule)
		}
		if err != nil {
			return nil, err
		}
		named = append(named, r.Whom())
	}
	return named, nil
}

// says is a preview in a sentence; named are whom those rules are on that hold
// the most.
func (p *Preview) says(named []string) string {
	if p.Action == "delete" {
		return fmt.Sprintf("%d will be deleted for good", p.Deleted)
	}
	about := ""
	if p.Estimated {
		about = "about "
	}
	parts, left := []string{fmt.Sprintf("%s%d will be released", about, p.Released)}, p.Stays
	for i, whom := range named {
		n := p.HeldBy[i].Messages
		parts = append(parts, about+stay(n, "")+" held by the rule on "+whom)
		left -= n
	}
	if others := len(p.HeldBy) - len(named); others > 0 {
		parts = append(parts, "and "+about+stay(left, " more")+" held by "+otherRules(others))
	}
	return strings.Join(parts, ", ")
}

// stay is "1 stays", "2 stay"; with more, "2 more stay".
func stay(n int, more string) string {
	if n == 1 {
		return "1" + more + " stays"
	}
	return fmt.Sprintf("%d%s stay", n, more)
}

func otherRules(n int) string {
	if n == 1 {
		return "another rule"
	}
	return fmt.Sprintf("%d other rules", n)
}
