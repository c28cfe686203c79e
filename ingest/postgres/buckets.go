package postgres

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
)

var (
	sqlSettleBuckets = statement("settle_buckets")
	sqlWriteBuckets  = statement("write_buckets")
)

// slot is what a bucket took within one stretch of its period.
type slot struct {
	kind ingest.BucketKind
	key  [16]byte
	from int64 // Unix seconds
}

// buckets are what a settle knows of floods: what was there when it read, and
// what its own messages have drawn since.
type buckets struct {
	took  map[slot]int
	drawn map[slot]draw
}

type draw struct {
	n   int32
	per time.Duration
}

func (s slot) compare(o slot) int {
	return cmp.Or(cmp.Compare(s.kind, o.kind), bytes.Compare(s.key[:], o.key[:]), cmp.Compare(s.from, o.from))
}

func slotAt(b ingest.Bucket, at time.Time) slot { return slot{b.Kind, b.Key, b.Rate.Slot(at).Unix()} }

func slotBefore(b ingest.Bucket, at time.Time) slot { return slotAt(b, at.Add(-b.Rate.Per)) }

// levels says how full the buckets are for a message that was received then.
func (b *buckets) levels(list []ingest.Bucket, at time.Time) []ingest.Bucket {
	for i := range list {
		x := &list[i]
		x.Level = x.Rate.Level(at, b.took[slotBefore(*x, at)], b.took[slotAt(*x, at)])
	}
	return list
}

// draw counts a message that was let through.
func (b *buckets) draw(list []ingest.Bucket, at time.Time) {
	for _, x := range list {
		s := slotAt(x, at)
		b.took[s]++
		b.drawn[s] = draw{b.drawn[s].n + 1, x.Rate.Per}
	}
}

// askBuckets queues the question how full the buckets are that the rows may
// draw from and that no fact is needed for. No lock is taken: of a domain, or
// of a channel, as many more than its limit may get through as other lanes
// are settling at this moment. Those of a sender are all in one lane.
func (w *world) askBuckets(b *pgx.Batch, judge Judge) {
	var c slotColumns
	for _, r := range w.rows {
		c.ask(judge.Buckets(r.message, ingest.Facts{Pass: r.pass}), r.message.ReceivedAt)
	}
	if c.asked != nil {
		b.Queue(sqlSettleBuckets, c.kind, c.key, c.from).Query(w.readBuckets)
	}
}

// learnThreads asks after the buckets of the conversations that programs write
// into: one more round trip, if there are such messages.
func (w *world) learnThreads(ctx context.Context, conn *pgxpool.Conn, judge Judge) error {
	var c slotColumns
	for _, r := range w.rows {
		if !r.message.Auto.Machine() {
			continue
		}
		for _, b := range judge.Buckets(r.message, w.facts(r)) {
			if b.Kind == ingest.ByThread {
				c.ask([]ingest.Bucket{b}, r.message.ReceivedAt)
			}
		}
	}
	if c.asked == nil {
		return nil
	}
	rows, err := conn.Query(ctx, sqlSettleBuckets, c.kind, c.key, c.from)
	if err != nil {
		return err
	}
	return w.readBuckets(rows)
}

func (w *world) readBuckets(rows pgx.Rows) error {
	var s slot
	var kind string
	var key []byte
	var from time.Time
	var n int
	_, err := pgx.ForEachRow(rows, []any{&kind, &key, &from, &n}, func() error {
		s.kind, s.key, s.from = ingest.BucketKind(kind), [16]byte(key), from.Unix()
		w.buckets.took[s] = n
		return nil
	})
	return err
}

// writeBuckets adds what was drawn, in the order of keys, since two lanes may
// draw from the same; last of all, so that they wait for each other no longer
// than a commit takes.
func (w *world) writeBuckets(b *pgx.Batch) {
	if len(w.buckets.drawn) == 0 {
		return
	}
	var c slotColumns
	var n []int32
	var seconds []float64
	for _, s := range slices.SortedFunc(maps.Keys(w.buckets.drawn), slot.compare) {
		d := w.buckets.drawn[s]
		c.add(s)
		n, seconds = append(n, d.n), append(seconds, d.per.Seconds())
	}
	b.Queue(sqlWriteBuckets, c.kind, c.key, c.from, n, seconds)
}

// slotColumns are slots on their way to the database.
type slotColumns struct {
	kind  []string
	key   [][]byte
	from  []time.Time
	asked map[slot]bool
}

// ask adds the slots that the levels at a time depend on, none twice.
func (c *slotColumns) ask(list []ingest.Bucket, at time.Time) {
	for _, b := range list {
		for _, s := range []slot{slotBefore(b, at), slotAt(b, at)} {
			if c.asked == nil {
				c.asked = map[slot]bool{}
			}
			if !c.asked[s] {
				c.asked[s] = true
				c.add(s)
			}
		}
	}
}

func (c *slotColumns) add(s slot) {
	c.kind, c.key, c.from = append(c.kind, string(s.kind)), append(c.key, s.key[:]), append(c.from, time.Unix(s.from, 0))
}
