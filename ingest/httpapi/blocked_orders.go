package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gatehouse/ingest"
)

type orderStore interface {
	ReleaseTickets(ctx context.Context, o ingest.TicketOrder) (int64, error)
	DeleteTickets(ctx context.Context, o ingest.TicketOrder) (int64, error)
	AlsoTargets(ctx context.Context, o ingest.TicketOrder) ([]ingest.Target, string, error)
}

// orders registers what lets go, or deletes, what the blocked list holds. Each
// starts a job, or joins the one that does the same already.
func (a *api) orders() {
	for _, o := range []struct{ does, says string }{
		{"POST /blocked/{id}/release", "Lets a ticket's messages go. Rules stay: the next message is held again, unless also allows it."},
		{"POST /messages/{id}/release", "Lets one held message go. 409 not-held: it is not in the blocked list."},
	} {
		route(a, order(o.does, o.says), a.releaseOne(placeOf(o.does)))
	}
	for _, o := range []struct{ does, says string }{
		{"POST /blocked/{id}/delete", "Deletes a ticket's messages for good. Rules stay."},
		{"POST /messages/{id}/delete", "Deletes one held message for good. 409 not-held: it is not in the blocked list."},
	} {
		route(a, order(o.does, o.says), a.deleteOne(placeOf(o.does)))
	}
	route(a, order("POST /blocked/release", "Lets the messages of a selection, or of all that a filter chooses, go."), a.releaseMany)
	route(a, order("POST /blocked/delete", "Deletes the messages of a selection, or of all that a filter chooses, for good."), a.deleteMany)
}

func order(does, says string) op {
	return op{does: does, least: ingest.RoleSupervisor, once: true, status: http.StatusAccepted, says: says}
}

// OrderTerms is what any order may say.
type OrderTerms struct {
	AsOf string `json:"as_of,omitempty" maxLength:"8000" doc:"of the list that was read: only what it showed is taken; good for an hour. Required with a filter; without, what is held by now is taken"`
	Also *Also  `json:"also,omitempty" doc:"sets a rule as well, on the contact of every ticket that is taken from, at most 1,000"`
}

// Whither says where what is released goes.
type Whither struct {
	To string `json:"to,omitempty" enum:"auto,bot,unassigned" doc:"auto by default"`
}

// ReleaseTerms is what a release may say.
type ReleaseTerms struct {
	Whither
	OrderTerms
}

// ReleaseInput releases a ticket or a message.
type ReleaseInput struct {
	ByID
	Body *ReleaseTerms
}

// DeleteInput deletes a ticket or a message.
type DeleteInput struct {
	ByID
	Body *OrderTerms
}

// Selection names tickets and messages, or chooses tickets as the list does.
type Selection struct {
	Tickets  []ingest.ID    `json:"tickets,omitempty" maxItems:"1000"`
	Messages []ingest.ID    `json:"messages,omitempty" maxItems:"1000"`
	Filter   *BlockedFilter `json:"filter,omitempty" doc:"instead of tickets and messages; empty chooses the whole list, without the blacklist's"`
}

// BlockedFilter chooses tickets by the names of the list's query.
type BlockedFilter struct {
	Contact ingest.ID `json:"contact_id,omitzero"`
	Channel string    `json:"channel,omitempty"`
	Kind    string    `json:"kind,omitempty" enum:"ban,block,blacklist,system"`
	Rule    string    `json:"rule,omitempty" pattern:"^[0-9]{1,18}$"`
	Reason  string    `json:"reason,omitempty"`
	Text    string    `json:"text,omitempty" maxLength:"200"`
	Expired *bool     `json:"expired,omitempty"`
	Opened  *bool     `json:"opened,omitempty"`
	Likely  *bool     `json:"likely_wrong,omitempty"`
	Review  *bool     `json:"review,omitempty"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Domain  string    `json:"domain,omitempty" maxLength:"255"`
}

// ReleaseManyInput releases a selection.
type ReleaseManyInput struct {
	Body struct {
		Selection
		ReleaseTerms
	}
}

// DeleteManyInput deletes a selection.
type DeleteManyInput struct {
	Body struct {
		Selection
		OrderTerms
	}
}

func (a *api) releaseOne(place string) func(context.Context, *ReleaseInput) (*Answer[*ingest.Job], error) {
	return func(ctx context.Context, in *ReleaseInput) (*Answer[*ingest.Job], error) {
		terms := orZero(in.Body)
		return a.orderOne(ctx, ingest.JobRelease, place, in.ID, terms.To, terms.OrderTerms)
	}
}

func (a *api) deleteOne(place string) func(context.Context, *DeleteInput) (*Answer[*ingest.Job], error) {
	return func(ctx context.Context, in *DeleteInput) (*Answer[*ingest.Job], error) {
		return a.orderOne(ctx, ingest.JobDelete, place, in.ID, "", orZero(in.Body))
	}
}

func (a *api) releaseMany(ctx context.Context, in *ReleaseManyInput) (*Answer[*ingest.Job], error) {
	return a.orderMany(ctx, ingest.JobRelease, in.Body.Selection, in.Body.To, in.Body.OrderTerms)
}

func (a *api) deleteMany(ctx context.Context, in *DeleteManyInput) (*Answer[*ingest.Job], error) {
	return a.orderMany(ctx, ingest.JobDelete, in.Body.Selection, "", in.Body.OrderTerms)
}

// orderOne orders about one ticket or message. What goes without saying of its
// rule follows the place.
func (a *api) orderOne(ctx context.Context, kind ingest.JobKind, place string, id ingest.ID, to string, t OrderTerms) (*Answer[*ingest.Job], error) {
	o := ingest.TicketOrder{Tickets: []ingest.ID{id}, To: to, AsOf: t.AsOf}
	if place == "message" {
		if _, err := a.visible(ctx, id); err != nil {
			return nil, err
		}
		o.Tickets, o.Messages = nil, o.Tickets
	}
	var met ingest.Place
	var err error
	if t.Also != nil {
		if met, err = a.place(ctx, place, id); err != nil {
			return nil, err
		}
	}
	if err := a.also(ctx, kind, met, t.Also, &o); err != nil {
		return nil, err
	}
	return a.work(ctx, kind, o)
}

func (a *api) orderMany(ctx context.Context, kind ingest.JobKind, s Selection, to string, t OrderTerms) (*Answer[*ingest.Job], error) {
	o := ingest.TicketOrder{Tickets: s.Tickets, Messages: s.Messages, To: to, AsOf: t.AsOf}
	named := len(s.Tickets)+len(s.Messages) > 0
	switch {
	case s.Filter == nil && !named:
		return nil, badField("tickets", "name tickets or messages, or give a filter")
	case s.Filter != nil && named:
		return nil, badField("filter", "either name tickets and messages or give a filter")
	case s.Filter != nil && t.AsOf == "":
		return nil, badField("as_of", "is required with a filter: read the list again and send what its as_of says")
	}
	var err error
	if s.Filter != nil {
		if o.Filter, err = a.filterIn(ctx, s.Filter); err != nil {
			return nil, err
		}
	}
	if err := a.also(ctx, kind, ingest.Place{}, t.Also, &o); err != nil {
		return nil, err
	}
	return a.work(ctx, kind, o)
}

// filterIn is what a body chooses.
func (a *api) filterIn(ctx context.Context, b *BlockedFilter) (*ingest.TicketFilter, error) {
	f := ingest.TicketFilter{Contact: b.Contact, Channel: b.Channel, Kind: b.Kind, Reason: b.Reason, Text: b.Text, Expired: b.Expired,
		Opened: b.Opened, LikelyWrong: b.Likely, Review: b.Review, From: unlessZero(b.From), To: unlessZero(b.To), Domain: b.Domain}
	var err error
	if b.Rule != "" {
		if f.Rule, err = strconv.ParseInt(b.Rule, 10, 64); err != nil {
			return nil, badField("filter.rule", "want a number")
		}
	}
	return &f, a.onChannel(ctx, "filter.channel", b.Channel)
}

// work starts a job by order and answers with it.
func (a *api) work(ctx context.Context, kind ingest.JobKind, o ingest.TicketOrder) (*Answer[*ingest.Job], error) {
	o.Actor = who(ctx).Name
	give := a.Store.ReleaseTickets
	if kind == ingest.JobDelete {
		give = a.Store.DeleteTickets
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		job, err := give(ctx, o)
		return ingest.Outcome{Status: http.StatusAccepted, Job: job}, orderProblem(err)
	}, a.jobAnswer)
}

func orderProblem(err error) error {
	switch {
	case errors.Is(err, ingest.ErrListStale):
		return conflict("list-stale", "the list was read more than an hour ago: read the list again and order by what it says now")
	case errors.Is(err, ingest.ErrNotHeld):
		return conflict("not-held", "this is not in the blocked list, or was not when the list was read: read the list again")
	case errors.Is(err, ingest.ErrNotFound):
		return &Problem{Type: "not-found", Status: http.StatusNotFound, Detail: "nothing that is held is meant by this: read the list again"}
	}
	return err
}
