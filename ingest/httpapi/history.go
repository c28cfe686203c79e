package httpapi

import (
	"context"

	"gatehouse/ingest"
)

type historyStore interface {
	History(ctx context.Context, contact ingest.ID, held bool, p ingest.Part) (ingest.List[ingest.Stored], error)
}

func (a *api) history() {
	route(a, op{does: "GET /contacts/{id}/history", least: ingest.RoleAgent,
		says: "Lists a contact's messages over all conversations by (received_at, seq), newest first; for supervisors with those that are held."}, a.getHistory)
}

// HistoryInput asks for a contact's history.
type HistoryInput struct {
	ByID
	Paging
}

func (a *api) getHistory(ctx context.Context, in *HistoryInput) (*Body[ingest.List[ingest.Record]], error) {
	if _, err := a.Store.Contact(ctx, in.ID); err != nil {
		return nil, err
	}
	held := who(ctx).Role.AtLeast(ingest.RoleSupervisor)
	return body(a.records(ctx)(a.Store.History(ctx, in.ID, held, in.part())))
}
