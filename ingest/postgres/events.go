package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlEventsAfter = statement("events_after")
	sqlEventsHead  = statement("events_head")
)

// Events reads the log in its one order, (xid, id), below the oldest
// transaction that still runs: what a reader has passed no later commit can
// fill. Next is where to go on, whether or not anything follows yet. A reader
// who missed something because it is no longer kept gets ErrGone.
func (s *Store) Events(ctx context.Context, f ingest.EventFilter) (ingest.List[ingest.Event], error) {
	list := ingest.List[ingest.Event]{Items: []ingest.Event{}, Next: f.After}
	xid, n, err := placeInLog(f.After)
	if err != nil {
		return list, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, 1000)
	rows, err := s.pool.Query(ctx, sqlEventsAfter, strconv.FormatUint(xid, 10), n, f.Types, limit, f.After != "")
	if err != nil {
		return list, classify(err)
	}
	var head string
	var gone bool
	list.Items, head, gone, err = scanEvents(rows)
	switch {
	case gone:
		return list, fmt.Errorf("event %s: %w", f.After, ingest.ErrGone)
	case len(list.Items) >= limit:
		list.Next = list.Items[len(list.Items)-1].ID
	case head != "": // nothing of these types is left: go on behind all there is
		list.Next = head
	}
	return list, classify(err)
}

// scanEvents reads rows that each repeat the newest event's id, and whether some
// were missed; one alone has no event.
func scanEvents(rows pgx.Rows) (list []ingest.Event, head string, gone bool, err error) {
	list = []ingest.Event{}
	var e ingest.Event
	var id, kind *string
	var at *time.Time
	_, err = pgx.ForEachRow(rows, []any{&gone, &head, &id, &kind, &at, &e.Conversation, &e.Contact, &e.Message, &e.Data}, func() error {
		if id != nil {
			e.ID, e.Type, e.At = *id, *kind, *at
			list = append(list, e)
		}
		return nil
	})
	return list, head, gone, err
}

// EventHead is the id of the newest event that a reader may have seen; "" when
// there is none.
func (s *Store) EventHead(ctx context.Context) (string, error) {
	var id string
	err := s.pool.QueryRow(ctx, sqlEventsHead).Scan(&id)
	return id, classify(err)
}

// placeInLog reads an event's id, "xid-n".
func placeInLog(id string) (xid uint64, n int64, err error) {
	if id == "" {
		return 0, 0, nil
	}
	left, right, _ := strings.Cut(id, "-")
	if xid, err = strconv.ParseUint(left, 10, 64); err == nil {
		n, err = strconv.ParseInt(right, 10, 64)
	}
	if err != nil {
		return 0, 0, ingest.AsInvalid(fmt.Errorf("after: not the id of an event"))
	}
	return xid, n, nil
}
