package postgres

import (
	"context"
	"slices"
	"testing"

	"gatehouse/ingest"
)

// ear keeps the rules that were heard last.
type ear struct {
	epoch int64
	mark  string
	rules map[int64]ingest.Rule
}

func (e *ear) Epoch() int64 { return e.epoch }
func (e *ear) Mark() string { return e.mark }

func (e *ear) Hear(n ingest.News) bool {
	for _, r := range n.Rules {
		e.rules[r.ID] = r
	}
	e.epoch, e.mark = n.Epoch, n.Mark
	return true
}

// A rule on a contact that was merged is heard as one on whom it was merged into,
// with their new addresses, whichever of the two got these and when.
func TestHearingOfAMergedContactsAddresses(t *testing.T) {
	for name, early := range map[string]bool{"addresses first": true, "merge first": false} {
		t.Run(name, func(t *testing.T) {
			s, ctx, e := open(t), context.Background(), &ear{rules: map[int64]ingest.Rule{}}
			ann, bob := visitors(t, s)
			rule, err := s.SetRule(ctx, ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "contact", Value: bob.String()}, Actor: "sam"})
			must(t, err)
			must(t, s.Hear(ctx, e))
			join := func() {
				for _, by := range []string{"ann", "bob"} {
					a := chat(by, "joins", "hello")
					a.Message.Identities = append(a.Message.Identities, ingest.Identity{Kind: "email", Value: by + "@example.com", How: ingest.Verified})
					receive(t, s, a)
					settleAll(t, s, &testJudge{})
				}
			}
			if early {
				join()
			}
			merge(t, s, bob, ann, ingest.MergeKeepBoth)
			if !early {
				must(t, s.Hear(ctx, e))
				join()
			}
			must(t, s.Hear(ctx, e))
			heard := e.rules[rule.Rule.ID]
			if heard.Target.Value != ann.String() {
				t.Errorf("it stands on %s, want %s", heard.Target.Value, ann)
			}
			for _, value := range []string{"ann", "bob", "ann@example.com", "bob@example.com"} {
				if !slices.ContainsFunc(heard.Known, func(i ingest.Identity) bool { return i.Value == value }) {
					t.Errorf("%s is not known to be theirs: %v", value, heard.Known)
				}
			}
		})
	}
}
