package httpapi

import (
	"context"

	"gatehouse/ingest"
)

type accountStore interface {
	Accounts(ctx context.Context) ([]ingest.Account, error)
}

func (a *api) stats() {
	route(a, op{does: "GET /stats", least: ingest.RoleAgent,
		says: "Returns the account of each channel: what was accepted, and where it is."}, a.getStats)
}

// Stats is the account of each channel.
type Stats struct {
	Channels []ingest.Account `json:"channels"`
}

func (a *api) getStats(ctx context.Context, _ *struct{}) (*Body[Stats], error) {
	list, err := a.Store.Accounts(ctx)
	return body(Stats{list}, err)
}
