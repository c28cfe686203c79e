package httpapi

import (
	"context"

	"gatehouse/ingest"
)

// amend puts to messages what edits them, takes them back or reacts to them, as
// far as the asker may see it. Mail knows none of that; an SMS provider may bring
// other networks' messages, too.
func (a *api) amend(ctx context.Context, list []ingest.Stored, records []ingest.Record) error {
	var ids []ingest.ID
	at := map[ingest.ID]int{}
	for i, m := range list {
		if m.Family != ingest.Email {
			ids, at[m.ID] = append(ids, m.ID), i
		}
	}
	if ids == nil {
		return nil
	}
	states := []ingest.State{ingest.Conversed}
	if who(ctx).Role.AtLeast(ingest.RoleSupervisor) {
		states = append(states, ingest.Held)
	}
	changes, err := a.Store.Changes(ctx, ids, states)
	if err != nil {
		return err
	}
	for id, list := range changes {
		whole, err := a.complete(ctx, list)
		if err != nil {
			return err
		}
		for _, r := range whole {
			if c := ingest.AmendmentOf(r); c != nil {
				records[at[id]].Changes = append(records[at[id]].Changes, *c)
			}
		}
	}
	return nil
}
