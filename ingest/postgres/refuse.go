package postgres

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRulesLockShared = "select pg_advisory_xact_lock_shared(1, 0)"
	sqlRulesInForce    = statement("rules_in_force")
	sqlRefusalsCount   = statement("refusals_count")
	sqlHitsAppend      = statement("hits_append")
	sqlMessagesDrop    = statement("messages_drop")
)

// keptRefusals is how many refusals of a rule on a channel keep a row in an
// hour; beyond them only the count grows.
const keptRefusals = 100

func refusedTrail(rule int64) string {
	return fmt.Sprintf("screen: ban rule %d refuses it, judged by its header; its body was not read", rule)
}

// Refuser is a Judge that can tell a refusal by header alone.
type Refuser interface {
	Judge
	Refuses(m ingest.Message, kind string, now time.Time) *ingest.Rule
}

// checkRefusals holds the rules lock and asks whether the bans seen by header
// still refuse. An arrival whose ban is gone is wanted again with its body, so
// nothing of the batch is stored: the cursor must not pass it.
func (l *load) checkRefusals(ctx context.Context, tx pgx.Tx) error {
	var refused []*item
	for _, it := range l.items {
		if it.arrival.Refused != 0 {
			refused = append(refused, it)
		}
	}
	if refused == nil {
		return nil
	}
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return err
	}
	again := l.bansGone
	if l.refuser != nil {
		again = l.askAgain
	}
	gone, err := again(ctx, tx, refused)
	if err != nil || !gone {
		return err
	}
	return errAgain
}

// askAgain judges the headers once more, under the rules of now.
func (l *load) askAgain(ctx context.Context, tx pgx.Tx, refused []*item) (gone bool, err error) {
	var epoch int64
	if err := tx.QueryRow(ctx, sqlSettleEpoch).Scan(&epoch); err != nil {
		return false, err
	}
	if epoch > l.refuser.Epoch() {
		if err := l.renew(ctx, tx, l.refuser); err != nil {
			return false, err
		}
	}
	for _, it := range refused {
		rule := l.refuser.Refuses(it.arrival.Message, it.channel.Kind, l.now)
		if rule == nil {
			it.again, gone = true, true
			continue
		}
		it.arrival.Refused = rule.ID
	}
	return gone, nil
}

// bansGone asks only whether the rules named stand.
func (l *load) bansGone(ctx context.Context, tx pgx.Tx, refused []*item) (gone bool, err error) {
	ids := map[int64]bool{}
	for _, it := range refused {
		ids[it.arrival.Refused] = true
	}
	rows, err := tx.Query(ctx, sqlRulesInForce, keysOf(ids))
	if err != nil {
		return false, err
	}
	standing, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return false, err
	}
	for _, id := range standing {
		delete(ids, id)
	}
	for _, it := range refused {
		it.again = ids[it.arrival.Refused]
	}
	return len(ids) > 0, nil
}

// errAgain ends a transaction that stores nothing.
var errAgain = fmt.Errorf("a ban seen by header was lifted meanwhile: %w", ingest.ErrConflict)

// countRefusals counts what was refused by header and drops the rows beyond
// the first hundred.
func (l *load) countRefusals(ctx context.Context, tx pgx.Tx) error {
	var refused []refusal
	for _, it := range l.items {
		if it.fresh && it.arrival.Refused != 0 {
			refused = append(refused, refusal{it.arrival.Refused, it.channel.ID, it.id})
		}
	}
	if refused == nil {
		return nil
	}
	beyond, err := countRefusals(ctx, tx, refused)
	if err != nil {
		return err
	}
	if err := appendHits(ctx, tx, refused); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlMessagesDrop, beyond)
	return err
}

// refusal is one message that a ban refused.
type refusal struct {
	rule    int64
	channel int32
	message ingest.ID
}

// countRefusals adds to the counts and returns the messages that keep no row.
func countRefusals(ctx context.Context, q querier, refused []refusal) ([]ingest.ID, error) {
	type place struct {
		rule    int64
		channel int32
	}
	byPlace := map[place][]ingest.ID{}
	for _, r := range refused {
		p := place{r.rule, r.channel}
		byPlace[p] = append(byPlace[p], r.message)
	}
	var rules, ns []int64
	var channels []int32
	for p, ids := range byPlace {
		rules, channels, ns = append(rules, p.rule), append(channels, p.channel), append(ns, int64(len(ids)))
	}
	rows, err := q.Query(ctx, sqlRefusalsCount, rules, channels, ns)
	if err != nil {
		return nil, err
	}
	var beyond []ingest.ID
	var p place
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&p.rule, &p.channel, &n}, func() error {
		ids := byPlace[p]
		kept := min(max(keptRefusals-(n-int64(len(ids))), 0), int64(len(ids)))
		beyond = append(beyond, ids[kept:]...)
		return nil
	})
	return beyond, err
}

func appendHits(ctx context.Context, q querier, refused []refusal) error {
	n := map[int64]int32{}
	for _, r := range refused {
		n[r.rule]++
	}
	rules, counts := hitColumns(n)
	_, err := q.Exec(ctx, sqlHitsAppend, rules, counts)
	return err
}

func hitColumns(n map[int64]int32) (rules []int64, counts []int32) {
	for _, rule := range keysOf(n) {
		rules, counts = append(rules, rule), append(counts, n[rule])
	}
	return rules, counts
}

func keysOf[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return keys
}
