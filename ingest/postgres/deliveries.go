package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlDeliveriesList  = statement("deliveries_list")
	sqlDeliveriesRetry = statement("deliveries_retry")
	sqlDeliveriesDrop  = statement("deliveries_drop")
	sqlReplayAsk       = statement("replay_ask")
	sqlReplaysRead     = statement("replays_read")
)

// Deliveries lists deliveries, the newest first, without their attempts.
func (s *Store) Deliveries(ctx context.Context, f ingest.DeliveryFilter) (ingest.List[ingest.EventDelivery], error) {
	empty := ingest.List[ingest.EventDelivery]{Items: []ingest.EventDelivery{}}
	m, err := after(f.After)
	if err != nil {
		return empty, err
	}
	var event *int64
	if f.Event != "" {
		_, n, err := placeInLog(f.Event)
		if err != nil {
			return empty, ingest.AsInvalid(fmt.Errorf("event: not the id of an event"))
		}
		event = &n
	}
	limit := limitOf(f.Limit)
	items, err := s.deliveries(ctx, f.Endpoint, given(f.State), event, m.n(), limit+1, false, nil)
	if err != nil {
		return empty, err
	}
	list := make([]mark, 0, len(items))
	for _, d := range items {
		list = append(list, mark{N: d.ID})
	}
	return listed(items[:min(len(items), limit)], list, false), nil
}

// EventDelivery reads one, with its attempts.
func (s *Store) EventDelivery(ctx context.Context, id int64) (ingest.EventDelivery, error) {
	list, err := s.deliveries(ctx, ingest.ID{}, nil, nil, nil, 1, true, id)
	return one(list, err, "delivery", id)
}

func (s *Store) deliveries(ctx context.Context, args ...any) ([]ingest.EventDelivery, error) {
	rows, err := s.pool.Query(ctx, sqlDeliveriesList, append([]any{planned}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.EventDelivery])
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", classify(err))
	}
	return list, nil
}

// RetryDelivery begins anew with a delivery that was given up. ErrConflict: it
// was not.
func (s *Store) RetryDelivery(ctx context.Context, id int64, actor string) error {
	return s.onDead(ctx, id, actor, "delivery.retry", sqlDeliveriesRetry, id, nil, s.now())
}

// DropDelivery removes a delivery that was given up. ErrConflict: it was not.
func (s *Store) DropDelivery(ctx context.Context, id int64, actor string) error {
	return s.onDead(ctx, id, actor, "delivery.delete", sqlDeliveriesDrop, id, nil)
}

func (s *Store) onDead(ctx context.Context, id int64, actor, action, query string, args ...any) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, query, args...)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return s.whyNotDead(ctx, id)
		}
		return record(ctx, tx, actor, action, fmt.Sprint("delivery:", id), nil)
	})
	return classify(err)
}

func (s *Store) whyNotDead(ctx context.Context, id int64) error {
	if _, err := s.EventDelivery(ctx, id); err != nil {
		return err
	}
	return fmt.Errorf("delivery %d was not given up: %w", id, ingest.ErrConflict)
}

// RetryDeliveries begins anew with all that was given up of an endpoint, DropDeliveries
// removes it. Both return how many deliveries that were.
func (s *Store) RetryDeliveries(ctx context.Context, endpoint ingest.ID, actor string) (int, error) {
	return s.onAllDead(ctx, endpoint, actor, "endpoint.retry", sqlDeliveriesRetry, nil, endpoint, s.now())
}

// DropDeliveries is the other of RetryDeliveries.
func (s *Store) DropDeliveries(ctx context.Context, endpoint ingest.ID, actor string) (int, error) {
	return s.onAllDead(ctx, endpoint, actor, "endpoint.discard", sqlDeliveriesDrop, nil, endpoint)
}

func (s *Store) onAllDead(ctx context.Context, endpoint ingest.ID, actor, action, query string, args ...any) (n int, err error) {
	err = s.changeEndpoint(ctx, endpoint, func(tx pgx.Tx, _ int64) error {
		tag, err := tx.Exec(ctx, query, args...)
		if err != nil {
			return err
		}
		n = int(tag.RowsAffected())
		return recordEndpoint(ctx, tx, actor, action, endpoint, map[string]int{"deliveries": n})
	})
	return n, err
}

// AskReplay has the events of a time delivered once more, under their own ids.
func (s *Store) AskReplay(ctx context.Context, o ingest.ReplayOrder) (id int64, err error) {
	if err := (ingest.EndpointOrder{Types: o.Types}).Check(); err != nil {
		return 0, err
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		row := tx.QueryRow(ctx, sqlReplayAsk, o.Endpoint, o.From, o.Until, given0(o.Types), text(o.Actor), s.now())
		if err := row.Scan(&id); err != nil {
			return fmt.Errorf("endpoint %s: %w", o.Endpoint, classify(err))
		}
		return recordEndpoint(ctx, tx, o.Actor, "endpoint.replay", o.Endpoint,
			map[string]any{"replay": id, "from": o.From, "until": o.Until, "types": o.Types})
	})
	if err != nil {
		return 0, fmt.Errorf("ask for a replay: %w", err)
	}
	return id, nil
}

// lastReplays is how many of an endpoint are shown.
const lastReplays = 50

// Replays are the last ones of an endpoint, the newest first.
func (s *Store) Replays(ctx context.Context, endpoint ingest.ID) ([]ingest.Replay, error) {
	return s.replays(ctx, endpoint, 0)
}

// Replay reads one.
func (s *Store) Replay(ctx context.Context, id int64) (ingest.Replay, error) {
	list, err := s.replays(ctx, ingest.ID{}, id)
	return one(list, err, "replay", id)
}

func (s *Store) replays(ctx context.Context, endpoint ingest.ID, id int64) ([]ingest.Replay, error) {
	rows, err := s.pool.Query(ctx, sqlReplaysRead, endpoint, id, lastReplays)
	if err != nil {
		return nil, fmt.Errorf("replays: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.Replay])
	if err != nil {
		return nil, fmt.Errorf("replays: %w", classify(err))
	}
	return list, nil
}
