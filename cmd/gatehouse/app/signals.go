package app

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/ingest"
)

// passed is the data of an event about a visitor that is in no log: therefore,
// and only therefore, it may say more than ids and codes.
type passed struct {
	Channel string       `json:"channel"`
	Visitor string       `json:"visitor_id"`
	Page    *ingest.Page `json:"page,omitempty"`
}

// pass tells those who follow the events, in whatever process, of a signal. One
// of somebody who has not written yet names no contact.
func (a *App) pass(ctx context.Context, s ingest.Signal) {
	contact, err := a.contactOf(ctx, s.By)
	e := ingest.Event{Type: "visitor." + s.Type, At: time.Now(), Contact: contact}
	if err == nil && !contact.IsZero() {
		e.Conversation, err = a.Store.Unclosed(ctx, contact, s.Channel)
	}
	if err != nil {
		a.Log.Debug("nobody is told of a signal", "channel", s.Channel, "error", err)
		return
	}
	e.Data, _ = json.Marshal(passed{Channel: s.Channel, Visitor: s.By[0].Value, Page: s.Page}) // strings always encode
	a.queue.Pass(e)
}
