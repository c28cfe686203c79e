package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlMergeFound      = statement("merge_found")
	sqlMergeAdd        = statement("merge_add")
	sqlMergeClose      = statement("merge_close")
	sqlMergeClosed     = statement("merge_closed")
	sqlMergePoint      = statement("merge_point")
	sqlMergeRules      = statement("merge_rules")
	sqlRulesReread     = statement("rules_reread")
	sqlContactAnswered = statement("contact_answered")
	sqlKin             = "select kin($1)"
)

// Merge makes one contact of two, under the exclusive rules lock: no decision
// straddles it. It moves nothing but a pointer, whatever number of messages the
// two have. If they are one already, the merge that made them so is named, and
// nothing done. An error may be a *ingest.MergeChoiceError or a *ingest.HeldChoiceError.
func (s *Store) Merge(ctx context.Context, o ingest.MergeOrder) (ingest.MergeDone, error) {
	if o.Contact == o.Into {
		return ingest.MergeDone{}, errMergeItself
	}
	var done ingest.MergeDone
	var lifted []int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		done, lifted, err = s.merge(ctx, tx, o)
		return err
	})
	if errors.Is(err, errHeldChoice) {
		return ingest.MergeDone{}, s.heldChoice(ctx, lifted)
	}
	if err != nil {
		return ingest.MergeDone{}, fmt.Errorf("merge: %w", err)
	}
	return done, nil
}

var errMergeItself = ingest.AsInvalid(errors.New("into: is the same contact"))

// MergeAsks reports whether the two stand differently, so that a merge has to be
// told which rules are to stand.
func (s *Store) MergeAsks(ctx context.Context, o ingest.MergeOrder) (bool, error) {
	_, err := s.sameRules(ctx, s.pool, o)
	if choice := (*ingest.MergeChoiceError)(nil); errors.As(err, &choice) {
		return true, nil
	}
	return false, classify(err)
}

func (s *Store) merge(ctx context.Context, tx pgx.Tx, o ingest.MergeOrder) (done ingest.MergeDone, lifted []int64, err error) {
	gone, into, err := bothLocked(ctx, tx, o)
	done.Into = into.ID
	if err != nil || gone.ID == into.ID {
		if err == nil {
			err = tx.QueryRow(ctx, sqlMergeFound, o.Contact, o.Into).Scan(&done.Merge)
		}
		return done, nil, err
	}
	o.Contact, o.Into = gone.ID, into.ID
	if o.Rules == "" {
		if o.Rules, err = s.sameRules(ctx, tx, o); err != nil {
			return done, nil, err
		}
	}
	if lifted, done.Job, err = liftMerged(ctx, tx, o); err != nil {
		return done, lifted, err
	}
	m := merging{order: o, gone: gone, into: into, lifted: lifted}
	done.Fresh = true
	done.Merge, err = m.do(ctx, tx, s)
	return done, lifted, err
}

// bothLocked locks the two, in the order of their ids, and reads them.
func bothLocked(ctx context.Context, tx pgx.Tx, o ingest.MergeOrder) (gone, into ingest.Contact, err error) {
	ids := []ingest.ID{o.Contact, o.Into}
	for i := range ids {
		if ids[i], err = survivor(ctx, tx, ids[i]); err != nil {
			return gone, into, err
		}
	}
	inOrder := slices.SortedFunc(slices.Values(ids), func(a, b ingest.ID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range inOrder {
		if _, err = lockContact(ctx, tx, id); err != nil {
			return gone, into, err
		}
	}
	list, err := readContacts(ctx, tx, ids)
	if err != nil {
		return gone, into, err
	}
	return list[0], list[1], nil
}

// sameRules holds that the same rules stand for both, so that nothing is to be
// chosen.
func (s *Store) sameRules(ctx context.Context, q querier, o ingest.MergeOrder) (ingest.MergeRules, error) {
	of := [2][]string{}
	for i, id := range []ingest.ID{o.Contact, o.Into} {
		rows, err := q.Query(ctx, sqlMergeRules, id, s.now())
		if err != nil {
			return "", err
		}
		var kind, scope string
		_, err = pgx.ForEachRow(rows, []any{&kind, &scope}, func() error {
			of[i] = append(of[i], kind+" "+scope)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	if !slices.Equal(of[0], of[1]) {
		return "", &ingest.MergeChoiceError{Contact: o.Contact, Into: o.Into}
	}
	return ingest.MergeKeepBoth, nil
}

// liftMerged lifts the rules of one of two contacts, as any lift does, if the
// order says so.
func liftMerged(ctx context.Context, tx pgx.Tx, o ingest.MergeOrder) (rules []int64, job int64, err error) {
	lift := ingest.LiftOrder{Contact: o.Contact, Held: o.Held, To: o.To, Actor: o.Actor,
		Kinds: []ingest.RuleKind{ingest.Ban, ingest.Block, ingest.Blacklist, ingest.Allow}}
	switch o.Rules {
	case ingest.MergeKeepBoth:
		return []int64{}, 0, nil
	case ingest.MergeKeepMerged:
		lift.Contact = o.Into
	}
	if rules, err = rulesToLift(ctx, tx, lift); err != nil || len(rules) == 0 {
		return []int64{}, 0, err
	}
	lift.Contact = o.Into // that the job is found by
	lifted, err := liftThese(ctx, tx, lift, rules)
	return rules, lifted.Job, err
}

// merging is a merge under way; both contacts are locked.
type merging struct {
	order      ingest.MergeOrder
	gone, into ingest.Contact
	lifted     []int64
}

func (m *merging) do(ctx context.Context, tx pgx.Tx, s *Store) (id int64, err error) {
	into, took := m.into.TakeFrom(m.gone)
	if _, err := tx.Exec(ctx, sqlContactWrite, contactColumns(into)...); err != nil {
		return 0, err
	}
	o := m.order
	if err := tx.QueryRow(ctx, sqlMergeAdd, o.Contact, o.Into, s.now(), text(o.Actor), o.Rules, toJSON(took), m.lifted).Scan(&id); err != nil {
		return 0, err
	}
	var events eventColumns
	if err := m.close(ctx, tx, id, &events); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, sqlMergePoint, o.Contact, o.Into); err != nil {
		return 0, err
	}
	if err := rereadRules(ctx, tx, o.Into); err != nil {
		return 0, err
	}
	if err := m.markTickets(ctx, tx, s); err != nil {
		return 0, err
	}
	said := map[string]any{"merge": strconv.FormatInt(id, 10), "contact": o.Contact, "rules": o.Rules}
	events.add("contact.merged", ingest.ID{}, o.Into, ingest.ID{}, said)
	if err := events.insert(ctx, tx); err != nil {
		return 0, err
	}
	return id, record(ctx, tx, o.Actor, "contact.merge", "contact:"+o.Into.String(), said)
}

// closedBy is what a merge closed, and what goes on from it.
type closedBy struct {
	Conversation ingest.ID     `json:"conversation"`
	Status       ingest.Status `json:"status"` // before
	Kept         ingest.ID     `json:"kept"`
	Linked       bool          `json:"linked"` // kept goes on from it, and did from none before
}

// close closes what would be a second unclosed conversation.
func (m *merging) close(ctx context.Context, tx pgx.Tx, id int64, events *eventColumns) error {
	number := strconv.FormatInt(id, 10)
	rows, err := tx.Query(ctx, sqlMergeClose, m.order.Contact, m.order.Into, "merge "+number)
	if err != nil {
		return err
	}
	closed, err := pgx.CollectRows(rows, pgx.RowToStructByPos[closedBy])
	if err != nil || len(closed) == 0 {
		return err
	}
	for _, c := range closed {
		events.add("conversation.closed", c.Conversation, m.order.Into, ingest.ID{}, map[string]string{"merge": number})
	}
	_, err = tx.Exec(ctx, sqlMergeClosed, id, toJSON(closed))
	return err
}

// rereadRules has the rules read again that name anybody who is one with a
// contact, at an epoch of its own.
func rereadRules(ctx context.Context, tx pgx.Tx, contacts ...ingest.ID) error {
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return err
	}
	for _, id := range contacts {
		var kin []ingest.ID
		if err := tx.QueryRow(ctx, sqlKin, id).Scan(&kin); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlRulesReread, kin, epoch); err != nil {
			return err
		}
	}
	return nil
}

// markTickets tells the tickets of both what makes those of one likely held in
// error. A request for a second look is one at the contact that stays.
func (m *merging) markTickets(ctx context.Context, tx pgx.Tx, s *Store) error {
	if r := m.gone.Review; r != nil && m.into.Review == nil {
		if _, err := tx.Exec(ctx, sqlReviewAsk, m.order.Into, r.At, r.By, r.Reason); err != nil {
			return err
		}
	}
	if m.gone.Review != nil || m.into.Review != nil {
		if err := likely(ctx, tx, m.order.Into, reviewAsked); err != nil {
			return err
		}
	}
	var answered bool
	if err := tx.QueryRow(ctx, sqlContactAnswered, m.order.Into).Scan(&answered); err != nil || !answered {
		return err
	}
	return likely(ctx, tx, m.order.Into, answeredBefore)
}
