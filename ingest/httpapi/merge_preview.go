package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"gatehouse/ingest"
)

// MergePreview is what a merge would make of two contacts.
type MergePreview struct {
	Contact   ingest.Contact `json:"contact"`   // that would go
	Into      ingest.Contact `json:"into"`      // that would stay
	Conflicts []string       `json:"conflicts"` // what both say, and differently: what stays says counts
	Choices   []MergeChoice  `json:"choices"`   // none: they stand alike
}

// MergeChoice is one way to merge two contacts that stand differently.
type MergeChoice struct {
	Rules    ingest.MergeRules `json:"rules"`
	Says     string            `json:"says"`
	Standing ingest.Standing   `json:"standing"` // of the one contact, afterwards
	Lifts    []ingest.Rule     `json:"lifts"`
	Held     int               `json:"held"` // messages that these hold: say in held what becomes of them
}

// previewMerge answers what would be, and to who must choose with what there is.
func (a *api) previewMerge(ctx context.Context, o ingest.MergeOrder, asks, dry bool) (*Answer[MergeAnswer], error) {
	p, err := a.mergePreview(ctx, o, asks)
	if err != nil {
		return nil, err
	}
	if dry {
		return &Answer[MergeAnswer]{http.StatusOK, MergeAnswer{Contact: p.Into, Would: p}}, nil
	}
	problem := conflict("merge-choice-required", "the two contacts stand differently: say in rules whose rules are to stand for the one that they become")
	problem.Merge = p
	return nil, problem
}

func (a *api) mergePreview(ctx context.Context, o ingest.MergeOrder, asks bool) (*MergePreview, error) {
	both := make([]ingest.Contact, 2)
	for i, id := range []ingest.ID{o.Contact, o.Into} {
		var err error
		if both[i], err = a.Store.Contact(ctx, id); err != nil {
			return nil, err
		}
	}
	if err := a.judgeContacts(ctx, both); err != nil {
		return nil, err
	}
	p := &MergePreview{Contact: both[0], Into: both[1], Conflicts: both[1].Conflicts(both[0]), Choices: []MergeChoice{}}
	if !asks {
		return p, nil
	}
	goes, err := a.rulesOn(ctx, both[0].ID)
	if err != nil {
		return nil, err
	}
	stays, err := a.rulesOn(ctx, both[1].ID)
	if err != nil {
		return nil, err
	}
	p.Choices = []MergeChoice{
		{Rules: ingest.MergeKeepBoth, Says: "the rules on both stand, for all addresses of both", Standing: prevails(both[0].Standing, both[1].Standing), Lifts: []ingest.Rule{}},
		{Rules: ingest.MergeKeepSurvivor, Says: "the contact that stays stands as it does now; the rules on the one that goes are lifted",
			Standing: both[1].Standing, Lifts: goes, Held: heldBy(goes)},
		{Rules: ingest.MergeKeepMerged, Says: "the contact stands as the one that goes does now; the rules on the one that stays are lifted",
			Standing: both[0].Standing, Lifts: stays, Held: heldBy(stays)},
	}
	return p, nil
}

// rulesOn lists the rules that stand on a contact and its addresses.
func (a *api) rulesOn(ctx context.Context, contact ingest.ID) ([]ingest.Rule, error) {
	list := []ingest.Rule{}
	for _, kind := range ruleKinds {
		rules, err := a.Store.RulesOf(ctx, contact, kind)
		if err != nil {
			return nil, err
		}
		list = append(list, rules...)
	}
	return list, nil
}

// ruleKinds are those of rules, of several on one person the one that counts
// first.
var ruleKinds = []ingest.RuleKind{ingest.Allow, ingest.Ban, ingest.Block, ingest.Blacklist}

// prevails is how one stands for whom the rules of both stand.
func prevails(a, b ingest.Standing) ingest.Standing {
	rank := func(s ingest.Standing) int {
		if s.Rule == nil {
			return len(ruleKinds)
		}
		return slices.Index(ruleKinds, s.Rule.Kind)
	}
	if rank(b) < rank(a) {
		return b
	}
	return a
}

func heldBy(rules []ingest.Rule) int {
	n := 0
	for _, r := range rules {
		n += r.Held
	}
	return n
}

// orUnknown is instead of an error that says that something is not there.
func orUnknown(err error, instead *Problem) error {
	if errors.Is(err, ingest.ErrNotFound) {
		return instead
	}
	return err
}
