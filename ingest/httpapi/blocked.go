package httpapi

import (
	"context"

	"gatehouse/ingest"
)

type ticketStore interface {
	Tickets(ctx context.Context, f ingest.TicketFilter) (ingest.Blocked, error)
	Ticket(ctx context.Context, id ingest.ID) (ingest.Ticket, error)
	HeldBare(ctx context.Context, f ingest.TicketFilter, most int) ([]ingest.Bare, int, error)
	OpenTicket(ctx context.Context, id ingest.ID, actor string) (ingest.Ticket, error)
	MessagesIn(ctx context.Context, ticket ingest.ID, p ingest.Part) (ingest.List[ingest.Stored], error)
}

func (a *api) blocked() {
	const least = ingest.RoleSupervisor
	route(a, op{does: "GET /blocked", least: least,
		says: "Lists the blocked list's tickets, newest first, without the blacklist's unless kind or rule asks for them."}, a.listBlocked)
	route(a, op{does: "GET /blocked/{id}", least: least,
		says: "Returns a ticket with its held messages, and marks it opened."}, a.openTicket)
}

// BlockedInput chooses tickets.
type BlockedInput struct {
	Paging
	Contact ingest.ID `query:"contact_id"`
	Channel string    `query:"channel"`
	Kind    string    `query:"kind" enum:"ban,block,blacklist,system" doc:"what holds: rules of a kind, or the system"`
	Rule    int64     `query:"rule" minimum:"1"`
	Reason  string    `query:"reason"`
	Text    string    `query:"text" maxLength:"200" doc:"in subject, sender or text; unsearched tells of how many messages the text was not searched: choose fewer"`
	Expired string    `query:"expired" enum:"true,false" doc:"whether the rule that holds has expired"`
}

func (a *api) listBlocked(ctx context.Context, in *BlockedInput) (*Body[ingest.Blocked], error) {
	f := ingest.TicketFilter{Part: in.part(), Contact: in.Contact, Channel: in.Channel, Kind: in.Kind, Rule: in.Rule,
		Reason: in.Reason, Text: in.Text}
	if in.Expired != "" {
		expired := in.Expired == "true"
		f.Expired = &expired
	}
	found, unsearched, err := a.searchBare(ctx, f)
	if err != nil {
		return nil, err
	}
	f.Found = found
	list, err := a.Store.Tickets(ctx, f)
	list.Unsearched = unsearched
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
