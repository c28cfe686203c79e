package httpapi

import (
	"context"

	"gatehouse/ingest"
)

type eventStore interface {
	Events(ctx context.Context, f ingest.EventFilter) (ingest.List[ingest.Event], error)
	EventHead(ctx context.Context) (string, error)
}

func (a *api) events() {
	route(a, op{does: "GET /events", least: ingest.RoleAgent,
		says: "Reads the log after an event's id; without, from the oldest kept (30 days). next is where to go on. " +
			"410: the event is no longer kept."}, a.listEvents)
	route(a, op{does: "GET /events/stream", least: ingest.RoleAgent,
		says: "Follows the same log as server-sent events, from Last-Event-ID or after; without, from now. " +
			"In between come visitor.typing and visitor.page, as they happen: these are in no log, have no id, and their data names the channel, " +
			"the visitor and the page."}, a.streamEvents)
}

// latest is the place of who begins with what happens next.
const latest = "latest"

// EventsInput chooses events.
type EventsInput struct {
	After string   `query:"after" doc:"id of the last event read; latest: none is answered, and next is where to go on from now"`
	Types []string `query:"types" doc:"only these, separated by commas: message.held; message.* for all of a group"`
	Limit int      `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

func (a *api) listEvents(ctx context.Context, in *EventsInput) (*Body[ingest.List[ingest.Event]], error) {
	types, err := ingest.EventsNamed(in.Types)
	if err != nil {
		return nil, err
	}
	if in.After == latest {
		head, err := a.Store.EventHead(ctx)
		return body(ingest.List[ingest.Event]{Items: []ingest.Event{}, Next: head}, err)
	}
	return body(a.Store.Events(ctx, ingest.EventFilter{After: in.After, Types: types, Limit: in.Limit}))
}
