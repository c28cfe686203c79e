package httpapi

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"gatehouse/ingest"
)

// previewMost is how many messages a preview decides; beyond that it estimates.
const previewMost = 1_000

// PreviewInput asks what an order, or an Unblock All, would do.
type PreviewInput struct {
	Body struct {
		Selection
		Scope  string `json:"scope,omitempty" pattern:"^(contact:[0-9a-f-]{36}|rule:[0-9]{1,18})$" doc:"with unblock_all: contact:ID or rule:ID, instead of a selection"`
		Action string `json:"action" enum:"release,delete,unblock_all"`
	}
}

// Preview is what an order would do by now.
type Preview struct {
	Action    string          `json:"action"`
	Messages  int             `json:"messages"` // that the order is about
	Tickets   int             `json:"tickets"`
	People    int             `json:"people"` // whose messages they are
	Released  int             `json:"released"`
	Deleted   int             `json:"deleted"`
	Stays     int             `json:"stays"`     // held by what the order does not pass:
	HeldBy    []ingest.Holder `json:"held_by"`   // the most first
	Estimated bool            `json:"estimated"` // released, stays and held_by are reckoned from 1,000 messages
	Says      string          `json:"says"`      // for people
	AsOf      string          `json:"as_of" doc:"names the moment to orders, for an hour"`
}

func (a *api) previewBlocked(ctx context.Context, in *PreviewInput) (*Body[Preview], error) {
	p := Preview{Action: in.Body.Action}
	o, lifted, err := a.previewed(ctx, in)
	if err != nil {
		return nil, err
	}
	most := previewMost
	if p.Action == "delete" {
		most = 0
	}
	found, err := a.Store.HeldCases(ctx, o, most)
	if err != nil {
		return nil, err
	}
	p.AsOf, p.Messages, p.Tickets, p.People = found.AsOf, found.Messages, found.Tickets, found.People
	if p.Action == "delete" {
		p.Deleted = p.Messages
	} else if err := a.foresee(ctx, &p, found.Cases, lifted); err != nil {
		return nil, err
	}
	named, err := a.holders(ctx, p.HeldBy)
	p.Says = p.says(named)
	return &Body[Preview]{p}, err
}

// previewed is what the order is about, and which rules it lifts.
func (a *api) previewed(ctx context.Context, in *PreviewInput) (ingest.HeldOrder, []ingest.Rule, error) {
	s := in.Body.Selection
	o := ingest.HeldOrder{Tickets: s.Tickets, Messages: s.Messages}
	named := len(s.Tickets)+len(s.Messages) > 0
	if (in.Body.Action == "unblock_all") != (in.Body.Scope != "") {
		return o, nil, badField("scope", "goes with unblock_all, and with nothing else")
	}
	if in.Body.Scope != "" {
		rules, err := a.rulesIn(ctx, in.Body.Scope)
		for _, r := range rules {
			o.Rules = append(o.Rules, r.ID)
		}
		return ingest.HeldOrder{Rules: o.Rules}, rules, err
	}
	if (s.Filter != nil) == named {
		return o, nil, badField("tickets", "either name tickets and messages or give a filter")
	}
	if s.Filter == nil {
		return o, nil, nil
	}
	var err error
	o.Filter, err = a.filterIn(ctx, s.Filter)
	return o, nil, err
}

// rulesIn is the rules that an Unblock All of a scope lifts.
func (a *api) rulesIn(ctx context.Context, scope string) ([]ingest.Rule, error) {
	kind, id, _ := strings.Cut(scope, ":")
	if kind == "rule" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, badField("scope", "want a rule's number")
		}
		r, err := a.Store.Rule(ctx, n)
		return []ingest.Rule{r}, err
	}
	contact, err := ingest.ParseID(id)
	if err != nil {
		return nil, badField("scope", "want a contact's id")
	}
	if _, err := a.Store.Contact(ctx, contact); err != nil {
		return nil, err
	}
	return a.Store.RulesOf(ctx, contact, ingest.Block)
}

// foresee decides the cases as their replay would.
func (a *api) foresee(ctx context.Context, p *Preview, cases []ingest.HeldCase, lifted []ingest.Rule) error {
	if err := a.renew(ctx); err != nil {
		return err
	}
	decide := a.Judge.Without(lifted, a.Now())
	pass := &ingest.Pass{Order: p.Action == "release", Epoch: a.Judge.Epoch()}
	by := map[ingest.Holder]int{}
	stays := 0
	for _, c := range cases {
		c.Facts.Pass = pass
		if d := decide(c.Message, c.Facts); d.To == ingest.Held {
			by[holderOf(d)]++
			stays++
		}
	}
	share := func(n int) int { return n }
	if p.Estimated = p.Messages > len(cases) && len(cases) > 0; p.Estimated {
		share = func(n int) int { return int(int64(n) * int64(p.Messages) / int64(len(cases))) }
	}
	for h, n := range by {
		h.Messages = share(n)
		p.HeldBy = append(p.HeldBy, h)
	}
	slices.SortFunc(p.HeldBy, func(x, y ingest.Holder) int {
		return cmp.Or(cmp.Compare(y.Messages, x.Messages), cmp.Compare(x.Rule, y.Rule))
	})
	p.Stays = share(stays)
	p.Released = p.Messages - p.Stays
	return nil
}

// holderOf is what holds a message that has a pass: a rule, as the system holds
// none of these.
func holderOf(d ingest.Decision) ingest.Holder {
	return ingest.Holder{Rule: d.Rule.ID, Kind: d.Rule.Kind, Target: d.Rule.Target.String(), Reason: d.Rule.Reason}
}
