package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

// reload heeds no Idempotency-Key: it is one with its own repeat, which finds
// everything unchanged.
func (a *api) reload() {
	route(a, op{does: "POST /channels/reload", least: ingest.RoleAdmin,
		says: "Reads the configuration again and applies channels added, changed, renamed and retired: all of it, or nothing and 422. " +
			"Each process reloads for itself."}, a.reloadChannels)
}

func (a *api) reloadChannels(ctx context.Context, _ *struct{}) (*Body[ingest.Reloaded], error) {
	if a.Reload == nil {
		return nil, conflict("no-reload", "this program has no configuration to read again")
	}
	done, err := a.Reload(ctx, who(ctx).Name)
	if ingest.Invalid(err) {
		return nil, &Problem{Type: "bad-configuration", Status: http.StatusUnprocessableEntity,
			Detail: err.Error() + "; all stays as it was"}
	}
	return body(done, err)
}
