package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRefetchNext   = statement("refetch_next")
	sqlRefetchWanted = statement("refetch_wanted")
	sqlRefetchJob    = statement("refetch_job")
	sqlRefetchRows   = statement("refetch_rows")
	sqlRefetchRoom   = statement("refetch_room")
	sqlRefetchCount  = statement("refetch_count")
	sqlRefetchFound  = statement("refetch_found")
	sqlRefetchMoved  = statement("refetch_moved")
	sqlRefetchLeft   = statement("refetch_left")
	sqlRefetchEnd    = statement("refetch_end")
)

// NextRefetch returns what a channel's source is to be asked for.
// ErrNotFound: nothing.
func (s *Store) NextRefetch(ctx context.Context, name string) (ingest.RefetchPart, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return ingest.RefetchPart{}, err
	}
	p := ingest.RefetchPart{Channel: name}
	err = s.pool.QueryRow(ctx, sqlRefetchNext, c.ID).Scan(&p.Job, &p.Rule, &p.Message, &p.Since)
	return p, classify(err)
}

// WantedKeys says of each key whether its message is wanted.
func (s *Store) WantedKeys(ctx context.Context, p ingest.RefetchPart, keys []string) ([]ingest.Want, error) {
	c, err := s.channel(ctx, p.Channel)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, sqlRefetchWanted, c.ID, hashesOf(keys), p.Rule, p.Message, p.Since)
	if err != nil {
		return nil, classify(err)
	}
	wants := make([]ingest.Want, len(keys))
	if p.Rule != 0 {
		for i := range wants {
			wants[i] = ingest.Unheard
		}
	}
	var ord int64
	var earlier, wanted bool
	_, err = pgx.ForEachRow(rows, []any{&ord, &earlier, &wanted}, func() error {
		switch want := &wants[ord-1]; {
		case wanted:
			*want = ingest.Wanted
		case earlier && p.Rule != 0:
			*want = ingest.Earlier
		default:
			*want = ingest.NotWanted
		}
		return nil
	})
	return wants, classify(err)
}

func hashesOf(keys []string) [][]byte {
	hashes := make([][]byte, len(keys))
	for i, k := range keys {
		h := hashBytes([]byte(k))
		hashes[i] = h[:]
	}
	return hashes
}

// MeantByRule reports whether the rule of the part would have met the message
// while it stood.
func (s *Store) MeantByRule(ctx context.Context, p ingest.RefetchPart, m ingest.Message) (bool, error) {
	c, err := s.channel(ctx, p.Channel)
	if err != nil || p.Rule == 0 {
		return false, err
	}
	rule, err := s.Rule(ctx, p.Rule)
	if err != nil {
		return false, err
	}
	facts := ingest.Facts{Now: rule.CreatedAt, Kind: c.Kind}
	if rule.Target.Kind == "contact" {
		if facts.Names, err = s.Known(ctx, m.Identities); err != nil {
			return false, err
		}
		if rule.Target, err = targetNow(ctx, s.pool, rule.Target); err != nil {
			return false, classify(err)
		}
	}
	m.Channel, m.Family = c.Name, c.Family
	rule.LiftedAt, rule.ExpiresAt = nil, nil
	return rule.Matches(m, facts), nil
}

// Refetched stores what a source gave of a part: what was refused is received
// again, what was held by its header alone is completed. It counts no message
// twice, and stores nothing that is not wanted. ErrConflict: the job runs no
// longer. The batch's move stays at its place, or notes what is still to be
// done at the server; see [Store.Receive] for the other errors.
func (s *Store) Refetched(ctx context.Context, p ingest.RefetchPart, b ingest.Batch) (ingest.Receipt, error) {
	c, err := s.channel(ctx, p.Channel)
	if err != nil {
		return ingest.Receipt{}, err
	}
	l, err := s.load(ctx, b)
	if err != nil {
		return ingest.Receipt{}, err
	}
	for _, it := range l.items { // content is taken; a ban that stands is met by the settle
		it.arrival.Refused, it.bare, it.guessed = 0, false, false
	}
	r := refetch{part: p, channel: c.ID, load: l}
	err = s.tx(ctx, func(tx pgx.Tx) error { return r.store(ctx, tx) })
	if err != nil {
		return ingest.Receipt{}, fmt.Errorf("refetched: %w", classify(err))
	}
	return l.receipt(), nil
}

// refetch is a batch of a part on its way into the tables.
type refetch struct {
	part    ingest.RefetchPart
	channel int32
	load    *load
	actor   string
	known   []*item // those that have a row
}

func (r *refetch) store(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return err
	}
	err := tx.QueryRow(ctx, sqlRefetchJob, r.part.Job).Scan(&r.actor)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("job %d runs no longer: %w", r.part.Job, ingest.ErrConflict)
	}
	if err != nil {
		return err
	}
	if err := r.findRows(ctx, tx); err != nil {
		return err
	}
	found, err := r.storeUnheard(ctx, tx)
	if err != nil {
		return err
	}
	if err := r.refill(ctx, tx); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlRefetchMoved, r.part.Job, len(r.known)+found)
	return err
}

// findRows takes those out of the batch whose rows are there, and keeps no
// other that has a key.
func (r *refetch) findRows(ctx context.Context, tx pgx.Tx) error {
	hashes := make([][]byte, len(r.load.items))
	for i, it := range r.load.items {
		hashes[i] = it.keys[0][:]
	}
	rows, err := tx.Query(ctx, sqlRefetchRows, r.channel, hashes, r.part.Rule, r.part.Message)
	if err != nil {
		return err
	}
	var ord int64
	var id ingest.ID
	var content []byte
	var lane int16
	rowOf := map[*item]bool{}
	_, err = pgx.ForEachRow(rows, []any{&ord, &id, &content, &lane}, func() error {
		it := r.load.items[ord-1]
		if rowOf[it] = true; ingest.Hash(content) != it.content || it.same != nil {
			return nil // another message under its key, or the same twice
		}
		it.id, it.fresh = id, true
		r.known = append(r.known, it)
		if r.part.Rule != 0 && it.arrival.Problem == "" {
			r.load.lanes[int(lane)] = true
		}
		return nil
	})
	var rest []*item
	for _, it := range r.load.items {
		if !rowOf[it] {
			rest = append(rest, it)
		}
	}
	r.load.items = rest
	return err
}

// storeUnheard stores those that left no row when they were refused, as many
// as were counted, and takes them off the count.
func (r *refetch) storeUnheard(ctx context.Context, tx pgx.Tx) (found int, err error) {
	var room int
	if r.part.Rule != 0 {
		if err := tx.QueryRow(ctx, sqlRefetchRoom, r.part.Rule, r.channel).Scan(&room); err != nil {
			return 0, err
		}
	}
	r.load.items = r.load.items[:min(room, len(r.load.items))]
	if err := r.load.storeAll(ctx, tx); err != nil { // an empty batch asks for the fence
		return 0, err
	}
	var ids []ingest.ID
	for _, it := range r.load.items {
		if it.fresh {
			ids = append(ids, it.id)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	if _, err := tx.Exec(ctx, sqlRefetchFound, ids, r.part.Job, r.actor); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, sqlRefetchCount, r.part.Rule, r.channel, len(ids))
	return len(ids), err
}

// EndRefetch says that a source was asked for all of a part; left counts by why
// what was found and not taken.
func (s *Store) EndRefetch(ctx context.Context, p ingest.RefetchPart, left map[string]int) error {
	c, err := s.channel(ctx, p.Channel)
	if err != nil {
		return err
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
			return err
		}
		var actor string
		err := tx.QueryRow(ctx, sqlRefetchJob, p.Job).Scan(&actor)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // it was cancelled meanwhile
		}
		if err != nil {
			return err
		}
		return endSource(ctx, tx, p.Job, c.ID, ingest.SkipGone, left)
	})
	if err != nil {
		return fmt.Errorf("end refetch: %w", err)
	}
	return nil
}

// endSource counts what a source did not give: what was left, by why, and the
// others for the reason given.
func endSource(ctx context.Context, tx pgx.Tx, job int64, channel int32, otherwise string, left map[string]int) error {
	var n int
	err := tx.QueryRow(ctx, sqlRefetchLeft, job, channel).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // another has ended it
	}
	if err != nil {
		return err
	}
	all, skipped := n, map[string]int{}
	for _, why := range []string{ingest.SkipRefused, ingest.SkipTooLarge, ingest.SkipNoSource, ingest.SkipFailed} {
		if k := min(left[why], n); k > 0 {
			skipped[why], n = k, n-k
		}
	}
	if n > 0 {
		skipped[otherwise] = n
	}
	_, err = tx.Exec(ctx, sqlRefetchEnd, job, channel, toJSON(skipped), all)
	return err
}
