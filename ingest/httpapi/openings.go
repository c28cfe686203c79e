package httpapi

import (
	"context"
	"slices"

	"gatehouse/ingest"
)

// Whoever is shown what does not stand in a conversation (held, dead, refused,
// not yet decided) leaves a line in the audit before they see it. The same shown
// to the same person within [ingest.OpenedAgain] leaves no second one: screens
// ask again and again.

// readMessages notes which of the records, and of what changes them, is not in a
// conversation.
func (a *api) readMessages(ctx context.Context, records []ingest.Record) error {
	var ids []ingest.ID
	add := func(id ingest.ID, state ingest.State) {
		if !slices.Contains(forAgents, state) {
			ids = append(ids, id)
		}
	}
	for _, r := range records {
		add(r.ID, r.State)
		for _, c := range r.Changes {
			add(c.ID, c.State)
		}
	}
	switch len(ids) {
	case 0:
		return nil
	case 1:
		return a.opened(ctx, "message.read", "message:"+ids[0].String(), nil)
	}
	return a.opened(ctx, "message.read", "messages", map[string]any{"messages": ids})
}

// readTickets notes which tickets a part of the blocked list shows, with their
// subjects and how they begin.
func (a *api) readTickets(ctx context.Context, list []ingest.Ticket) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]ingest.ID, len(list))
	for i, t := range list {
		ids[i] = t.ID
	}
	return a.opened(ctx, "blocked.read", "blocked", map[string]any{"tickets": ids})
}

func (a *api) opened(ctx context.Context, action, subject string, data any) error {
	return a.Store.Opened(ctx, who(ctx).Name, action, subject, data)
}
