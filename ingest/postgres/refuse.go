package postgres

import (
	"context"
	"fmt"
	"slices"
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
	sqlRefuseCount     = statement("refuse_count")
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
	// Opted says whether a message asks that its sender be written to no more, or
	// again, and by which word, if by one.
	Opted(m ingest.Message) (opt ingest.Opt, word string)
	// Suspects judges from memory, Refuses for certain: names are all contacts
	// that the message's joining identities name.
	Suspects(m ingest.Message, kind string, now time.Time) *ingest.Rule
	Refuses(m ingest.Message, names []ingest.ID, kind string, now time.Time) *ingest.Rule
}

// hear notes what a message asks for of whether its sender may be written to:
// only where it is stored all kinds of channel have its text.
func (it *item) hear(r Refuser) {
	if r != nil && it.arrival.Problem == "" {
		m := &it.arrival.Message
		m.Opt, m.OptWord = r.Opted(it.message())
	}
}

// guess finds what a ban refuses before any of it is stored, by the rules in
// memory: the store asks again under the lock. It may miss one, which is then
// refused by its settle.
func (it *item) guess(r Refuser, now time.Time) {
	if r == nil || it.arrival.Refused != 0 || it.arrival.Problem != "" {
		return
	}
	if rule := r.Suspects(it.message(), it.channel.Kind, now); rule != nil {
		it.arrival.Refused, it.bare, it.guessed = rule.ID, true, true
	}
}

// message is the arrival's, as a judge is asked about it.
func (it *item) message() ingest.Message {
	m := it.arrival.Message
	m.Family = it.channel.Family
	return m
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
	names, err := namesOf(ctx, tx, refused)
	if err != nil {
		return false, err
	}
	for i, it := range refused {
		rule := l.refuser.Refuses(it.message(), names[i], it.channel.Kind, l.now)
		switch {
		case rule != nil:
			it.arrival.Refused = rule.ID
		case it.guessed: // its content is here
			it.arrival.Refused, it.bare = 0, false
		default:
			it.again, gone = true, true
		}
	}
	return gone, nil
}

// namesOf tells for each arrival which contacts its joining identities name.
func namesOf(ctx context.Context, q querier, items []*item) ([][]ingest.ID, error) {
	names := make([][]ingest.ID, len(items))
	var kinds, values []string
	var of []int
	for i, it := range items {
		m := it.message()
		for id := range m.Joining() {
			kinds, values, of = append(kinds, text(id.Kind)), append(values, text(id.Value)), append(of, i)
		}
	}
	rows, err := q.Query(ctx, sqlIdentitiesKnown, kinds, values)
	if err != nil {
		return nil, err
	}
	var ord int64
	var contact ingest.ID
	_, err = pgx.ForEachRow(rows, []any{&ord, &contact}, func() error {
		i := of[ord-1]
		names[i] = append(names[i], contact)
		return nil
	})
	return names, err
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

// countRefusals counts what bans refuse and takes out of the batch what keeps no
// row: beyond the first hundred of an hour nothing of it is written but the
// count. What is known already is a repeat and stays for the statement to tell.
func (l *load) countRefusals(ctx context.Context, tx pgx.Tx) error {
	refused, err := l.newlyRefused(ctx, tx)
	if err != nil || refused == nil {
		return err
	}
	byPlace := map[refusedAt][]*item{}
	for _, it := range refused {
		p := refusedAt{it.arrival.Refused, it.channel.ID}
		byPlace[p] = append(byPlace[p], it)
	}
	var rules []int64
	var channels, ns []int32
	for p, items := range byPlace {
		rules, channels, ns = append(rules, p.rule), append(channels, p.channel), append(ns, int32(len(items)))
	}
	rows, err := tx.Query(ctx, sqlRefuseCount, rules, channels, ns)
	if err != nil {
		return err
	}
	counted := map[*item]bool{}
	var p refusedAt
	var kept int
	_, err = pgx.ForEachRow(rows, []any{&p.rule, &p.channel, &kept}, func() error {
		for _, it := range byPlace[p][kept:] {
			counted[it], it.fresh = true, true
		}
		return nil
	})
	l.items = slices.DeleteFunc(l.items, func(it *item) bool { return counted[it] })
	return err
}

// newlyRefused lists the refused arrivals none of whose keys is known.
func (l *load) newlyRefused(ctx context.Context, tx pgx.Tx) ([]*item, error) {
	var refused, asked []*item
	var channels []int32
	var hashes [][]byte
	for _, it := range l.items {
		if it.arrival.Refused == 0 {
			continue
		}
		refused = append(refused, it)
		for i := range it.keys {
			asked, channels, hashes = append(asked, it), append(channels, it.channel.ID), append(hashes, it.keys[i][:])
		}
	}
	if refused == nil {
		return nil, nil
	}
	rows, err := tx.Query(ctx, sqlReceiveKnown, channels, hashes)
	if err != nil {
		return nil, err
	}
	known := map[*item]bool{}
	var ord int64
	var message ingest.ID
	var content []byte
	_, err = pgx.ForEachRow(rows, []any{&ord, &message, &content}, func() error { known[asked[ord-1]] = true; return nil })
	return slices.DeleteFunc(refused, func(it *item) bool { return known[it] }), err
}

// refusal is one message that a ban refused.
type refusal struct {
	rule    int64
	channel int32
	message ingest.ID
}

// refusedAt is where refusals are counted.
type refusedAt struct {
	rule    int64
	channel int32
}

// countRefusals adds to the counts and returns the messages that keep no row.
func countRefusals(ctx context.Context, q querier, refused []refusal) ([]ingest.ID, error) {
	byPlace := map[refusedAt][]ingest.ID{}
	for _, r := range refused {
		p := refusedAt{r.rule, r.channel}
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
	var p refusedAt
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&p.rule, &p.channel, &n}, func() error {
		ids := byPlace[p]
		kept := min(max(keptRefusals-(n-int64(len(ids))), 0), int64(len(ids)))
		beyond = append(beyond, ids[kept:]...)
		return nil
	})
	return beyond, err
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
