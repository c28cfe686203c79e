package httpapi

import (
	"context"
	"strings"

	"gatehouse/ingest"
)

// How many held messages a search reads again for their text, and how many
// octets of them, but one in any case.
const (
	searchMost  = 2000
	searchBytes = 32 << 20
)

// searchBare looks for the filter's text in held messages whose text is only in
// their raw bytes, the newest first, and returns their tickets, and how many
// messages were too many.
func (a *api) searchBare(ctx context.Context, f ingest.TicketFilter) ([]ingest.ID, int, error) {
	if f.Text == "" {
		return nil, 0, nil
	}
	list, total, err := a.Store.HeldBare(ctx, f, searchMost)
	if err != nil {
		return nil, 0, err
	}
	if a.Reread == nil {
		return nil, total, nil
	}
	list = withinBytes(list, searchBytes)
	found, err := a.searchIn(ctx, list, strings.ToLower(f.Text))
	return found, total - len(list), err
}

func (a *api) searchIn(ctx context.Context, list []ingest.Bare, text string) ([]ingest.ID, error) {
	var largest int64
	ids, of := make([]ingest.ID, len(list)), make(map[ingest.ID]ingest.Bare, len(list))
	for i, b := range list {
		ids[i], of[b.Message], largest = b.Message, b, max(largest, b.RawBytes)
	}
	release, err := a.Hold(ctx, largest)
	if err != nil {
		return nil, err
	}
	defer release()
	var found []ingest.ID
	err = a.Store.EachRaw(ctx, ids, func(id ingest.ID, raw []byte) {
		m, err := a.Reread(of[id].Kind, raw)
		if err == nil && strings.Contains(strings.ToLower(m.Text), text) {
			found = append(found, of[id].Ticket)
		}
	})
	return found, err
}

// withinBytes is the beginning of a list that is not too much, at least one.
func withinBytes(list []ingest.Bare, most int64) []ingest.Bare {
	for i, b := range list {
		if most -= b.RawBytes; most < 0 {
			return list[:max(i, 1)]
		}
	}
	return list
}
