package postgres

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// One person about whom much happens, as whose messages a release lets go, waits
// in one lane: neither they nor anybody behind them costs more for that.
func TestALongLaneCostsNoMore(t *testing.T) {
	s, ctx := open(t), context.Background()
	endpoint, long, other := ingest.NewID(s.now()), ingest.NewID(s.now()), ingest.NewID(s.now())
	const many = 20000
	_, err := s.pool.Exec(ctx, "insert into endpoints (id, url, host, place_xid, place_id, created_at, created_by) values ($1, '', 'example.com', '0', 0, now(), 'sam')", endpoint)
	must(t, err)
	_, err = s.pool.Exec(ctx, `insert into deliveries (endpoint, event, at, lane, next_at)
		select $1, n, now(), case when n <= $4 then $2 when n < $4 + 3 then $3 end::uuid, now() - interval '1 hour' + n * interval '1 ms'
		from generate_series(1, $4 + 3) n`, endpoint, long, other, many)
	must(t, err)
	_, err = s.pool.Exec(ctx, "analyze deliveries")
	must(t, err)
	for round, want := range [][]int64{{1, many + 1, many + 3}, {}} { // in the second all that may be sent is under way
		var events []int64
		var fetched int64
		must(t, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, sqlDeliveriesClaim, endpoint, s.now(), s.now().Add(time.Minute), 8, 8)
			if err != nil {
				return err
			}
			list, err := pgx.CollectRows(rows, scanTask)
			if err != nil {
				return err
			}
			for _, d := range list {
				var event int64
				if err := tx.QueryRow(ctx, "select event from deliveries where id = $1", d.ID).Scan(&event); err != nil {
					return err
				}
				events = append(events, event)
			}
			return tx.QueryRow(ctx, "select sum(pg_stat_get_xact_tuples_fetched(indexrelid)) from pg_index where indrelid = 'deliveries'::regclass").Scan(&fetched)
		}))
		if !slices.Equal(events, want) {
			t.Errorf("round %d: takes %v, want %v", round, events, want)
		}
		if fetched > many/4 {
			t.Errorf("round %d: %d rows are read of %d", round, fetched, many)
		}
	}
}

// A try that fails has few of those behind it wait, however many there are: each
// of them is behind it anyway.
func TestAFailureInALongLaneWritesFew(t *testing.T) {
	s, ctx := open(t), context.Background()
	endpoint, lane := ingest.NewID(s.now()), ingest.NewID(s.now())
	const many = 5000
	_, err := s.pool.Exec(ctx, "insert into endpoints (id, url, host, place_xid, place_id, created_at, created_by) values ($1, '', 'example.com', '0', 0, now(), 'sam')", endpoint)
	must(t, err)
	_, err = s.pool.Exec(ctx, `insert into deliveries (endpoint, event, at, lane, next_at, tries, spent)
		select $1, n, now(), $2, now(), 1, 1 from generate_series(1, $3) n`, endpoint, lane, many)
	must(t, err)
	var first int64
	must(t, s.pool.QueryRow(ctx, "select min(id) from deliveries").Scan(&first))
	moved := func() (n int) {
		must(t, s.pool.QueryRow(ctx, "select count(*) from deliveries where next_at > now() + interval '1 second' and state = 'pending'").Scan(&n))
		return n
	}
	task := ingest.DeliveryTask{ID: first, Token: 1, Try: 1, Lane: lane}
	must(t, s.EndFailed(ctx, endpoint, task, ingest.Attempt{At: s.now(), Error: "server", Status: 500}))
	if n := moved(); n < 2 || n > many/2 {
		t.Errorf("%d wait with it", n)
	}
	must(t, s.EndDelivered(ctx, endpoint, []ingest.DeliveryTask{task}, []ingest.Attempt{{At: s.now(), Status: 200}}))
	if n := moved(); n != 0 {
		t.Errorf("%d wait still", n)
	}
}
