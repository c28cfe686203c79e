package httpapi

import (
	"context"
	"time"

	"gatehouse/ingest"
)

type ticketStore interface {
	Tickets(ctx context.Context, f ingest.TicketFilter) (ingest.Blocked, error)
	TicketGroups(ctx context.Context, f ingest.TicketFilter, by ingest.GroupBy) (ingest.Groups, error)
	EachTicket(ctx context.Context, f ingest.TicketFilter, each func([]ingest.Ticket) error) error
	HeldCases(ctx context.Context, o ingest.HeldOrder, most int) (ingest.HeldCases, error)
	RulesOf(ctx context.Context, contact ingest.ID, kind ingest.RuleKind) ([]ingest.Rule, error)
	Ticket(ctx context.Context, id ingest.ID) (ingest.Ticket, error)
	OpenTicket(ctx context.Context, id ingest.ID, actor string) (ingest.Ticket, error)
	MessagesIn(ctx context.Context, ticket ingest.ID, p ingest.Part) (ingest.List[ingest.Stored], error)
}

func (a *api) blocked() {
	const least = ingest.RoleSupervisor
	route(a, op{does: "GET /blocked", least: least,
		says: "Lists the blocked list's tickets, without the blacklist's unless kind or rule asks for them."}, a.listBlocked)
	route(a, op{does: "GET /blocked/groups", least: least,
		says: "Counts the list's tickets by what they have in common."}, a.groupBlocked)
	route(a, op{does: "GET /blocked/export", least: least,
		says: "Streams the list as CSV. Cells that a spreadsheet would take for formulas begin with an apostrophe."}, a.exportBlocked)
	route(a, op{does: "POST /blocked/preview", reads: true, least: least,
		says: "Says what a release, a delete or an Unblock All would do by now, and what stays held by which rule. It changes nothing."},
		a.previewBlocked)
	route(a, op{does: "GET /blocked/{id}", least: least,
		says: "Returns a ticket with its held messages, and marks it opened."}, a.openTicket)
}

// TicketChoice chooses tickets; what is absent does not.
type TicketChoice struct {
	Contact     ingest.ID `query:"contact_id"`
	Channel     string    `query:"channel"`
	Kind        string    `query:"kind" enum:"ban,block,blacklist,system" doc:"what holds: rules of a kind, or the system"`
	Rule        int64     `query:"rule" minimum:"1"`
	Reason      string    `query:"reason"`
	Text        string    `query:"text" maxLength:"200" doc:"in subject, sender or the first 8 KiB of text; unsearched tells of how many messages it is not known yet"`
	Expired     string    `query:"expired" enum:"true,false" doc:"whether the rule that holds has expired"`
	Opened      string    `query:"opened" enum:"true,false"`
	LikelyWrong string    `query:"likely_wrong" enum:"true,false"`
	Review      string    `query:"review" enum:"true,false" doc:"whether an agent asked for a second look"`
	From        time.Time `query:"from" doc:"last held at or after"`
	To          time.Time `query:"to" doc:"last held before"`
	Domain      string    `query:"domain" maxLength:"255" doc:"of the newest message's sender, as groups by domain name it; none: senders without one"`
}

// filterOf is what a query chooses.
func (a *api) filterOf(ctx context.Context, c TicketChoice) (ingest.TicketFilter, error) {
	return ingest.TicketFilter{Contact: c.Contact, Channel: c.Channel, Kind: c.Kind, Rule: c.Rule, Reason: c.Reason, Text: c.Text,
		Expired: whether(c.Expired), Opened: whether(c.Opened), LikelyWrong: whether(c.LikelyWrong), Review: whether(c.Review),
		From: unlessZero(c.From), To: unlessZero(c.To), Domain: c.Domain}, a.onChannel(ctx, "channel", c.Channel)
}

// whether is a choice of true, false, or neither.
func whether(s string) *bool {
	if s == "" {
		return nil
	}
	b := s == "true"
	return &b
}

// BlockedInput asks for a part of the blocked list.
type BlockedInput struct {
	Paging
	TicketChoice
	Sort ingest.TicketSort `query:"sort" enum:"likely_wrong,newest,oldest" default:"likely_wrong" doc:"a cursor goes on in the order that gave it"`
}

func (a *api) listBlocked(ctx context.Context, in *BlockedInput) (*Body[ingest.Blocked], error) {
	f, err := a.filterOf(ctx, in.TicketChoice)
	if err != nil {
		return nil, err
	}
	f.Part, f.Sort = in.part(), in.Sort
	list, err := a.Store.Tickets(ctx, f)
	if err == nil {
		err = a.readTickets(ctx, list.Items)
	}
	return body(list, err)
}

// OpenedTicket is a ticket with a part of its messages.
type OpenedTicket struct {
	Ticket ingest.Ticket   `json:"ticket"`
	Items  []ingest.Record `json:"items"`
	Next   string          `json:"next"`
}

// TicketInput asks for a ticket's messages.
type TicketInput struct {
	ByID
	Paging
}

func (a *api) openTicket(ctx context.Context, in *TicketInput) (*Body[OpenedTicket], error) {
	open := a.Store.Ticket
	if in.Cursor == "" { // only the first part is an opening
		open = func(ctx context.Context, id ingest.ID) (ingest.Ticket, error) {
			return a.Store.OpenTicket(ctx, id, who(ctx).Name)
		}
	}
	ticket, err := open(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.records(ctx)(a.Store.MessagesIn(ctx, in.ID, in.part()))
	return body(OpenedTicket{ticket, list.Items, list.Next}, err)
}
