package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

type ticketStore interface {
	Tickets(ctx context.Context, f ingest.TicketFilter) (ingest.Blocked, error)
	Ticket(ctx context.Context, id ingest.ID) (ingest.Ticket, error)
	HeldBare(ctx context.Context, f ingest.TicketFilter, most int) ([]ingest.Bare, int, error)
	OpenTicket(ctx context.Context, id ingest.ID, actor string) (ingest.Ticket, error)
	MessagesIn(ctx context.Context, ticket ingest.ID, p ingest.Part) (ingest.List[ingest.Stored], error)
	ReleaseTickets(ctx context.Context, o ingest.TicketOrder) (int64, error)
	DeleteTickets(ctx context.Context, o ingest.TicketOrder) (int64, error)
}

func (a *api) blocked() {
	const least = ingest.RoleSupervisor
	route(a, op{does: "GET /blocked", least: least,
		says: "Lists the blocked list's tickets, newest first, without the blacklist's unless kind or rule asks for them."}, a.listBlocked)
	route(a, op{does: "GET /blocked/{id}", least: least,
		says: "Returns a ticket with its held messages, and marks it opened."}, a.openTicket)
	route(a, op{does: "POST /blocked/{id}/release", least: least, once: true, status: http.StatusAccepted,
		says: "Lets a ticket's messages go. Rules stay: the next message is held again."}, a.releaseTicket)
	route(a, op{does: "POST /blocked/{id}/delete", least: least, once: true, status: http.StatusAccepted,
		says: "Deletes a ticket's messages for good."}, a.deleteTicket)
	route(a, op{does: "POST /blocked/release", least: least, once: true, status: http.StatusAccepted,
		says: "Lets the messages of a selection go."}, a.releaseTickets)
	route(a, op{does: "POST /blocked/delete", least: least, once: true, status: http.StatusAccepted,
		says: "Deletes the messages of a selection for good."}, a.deleteTickets)
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

// Whither says where what is released goes.
type Whither struct {
	To string `json:"to,omitempty" enum:"auto,bot,unassigned" doc:"auto by default"`
}

// ReleaseInput releases a ticket.
type ReleaseInput struct {
	ByID
	Body *Whither
}

// Selection names tickets.
type Selection struct {
	Tickets []ingest.ID `json:"tickets" minItems:"1" maxItems:"1000"`
}

// ReleaseManyInput releases a selection.
type ReleaseManyInput struct {
	Body struct {
		Selection
		Whither
	}
}

// DeleteManyInput deletes a selection.
type DeleteManyInput struct{ Body Selection }

func (a *api) releaseTicket(ctx context.Context, in *ReleaseInput) (*Answer[*ingest.Job], error) {
	return a.work(ctx, a.Store.ReleaseTickets, []ingest.ID{in.ID}, orZero(in.Body).To)
}

func (a *api) deleteTicket(ctx context.Context, in *ByID) (*Answer[*ingest.Job], error) {
	return a.work(ctx, a.Store.DeleteTickets, []ingest.ID{in.ID}, "")
}

func (a *api) releaseTickets(ctx context.Context, in *ReleaseManyInput) (*Answer[*ingest.Job], error) {
	return a.work(ctx, a.Store.ReleaseTickets, in.Body.Tickets, in.Body.To)
}

func (a *api) deleteTickets(ctx context.Context, in *DeleteManyInput) (*Answer[*ingest.Job], error) {
	return a.work(ctx, a.Store.DeleteTickets, in.Body.Tickets, "")
}

// work starts a job on tickets and answers with it.
func (a *api) work(ctx context.Context, start func(context.Context, ingest.TicketOrder) (int64, error), tickets []ingest.ID, to string) (*Answer[*ingest.Job], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		job, err := start(ctx, ingest.TicketOrder{Tickets: tickets, To: to, Actor: who(ctx).Name})
		return ingest.Outcome{Status: http.StatusAccepted, Job: job}, err
	}, a.jobAnswer)
}
