package yard

import (
	"context"
	"fmt"
)

// Tell writes n events into the log, in order in as many conversations as
// talks, and waits until they can be read.
func (d *DB) Tell(ctx context.Context, n, talks int) error {
	_, err := d.pool.Exec(ctx, `insert into events (type, conversation, contact, message, data)
		select 'message.conversed', c.id, gen_random_uuid(), gen_random_uuid(), '{"sent_at":"2026-03-14T09:20:00.000Z"}'
		from generate_series(1, $1) i join (select n, gen_random_uuid() as id from generate_series(0, $2 - 1) n) c on c.n = i % $2 order by i`, n, talks)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	for hidden := true; hidden && err == nil; {
		err = d.pool.QueryRow(ctx, "select exists (select from events where xid >= pg_snapshot_xmin(pg_current_snapshot()))").Scan(&hidden)
	}
	return err
}
