package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlMergeLock      = statement("merge_lock")
	sqlMergePart      = statement("merge_part")
	sqlMergeUndone    = statement("merge_undone")
	sqlMergeReopen    = statement("merge_reopen")
	sqlLinkParted     = statement("link_parted")
	sqlRulesRevive    = statement("rules_revive")
	sqlRulesReadAgain = statement("rules_read_again")
)

// UndoMerge makes two contacts again of what a merge made one, under the
// exclusive rules lock. What came since is with whom it came from: messages,
// conversations and what is held with the contact that has the address, rules
// with whom they name. What the merge took over is given back unless somebody
// changed it. ErrConflict: it was undone, or its survivor was itself merged.
func (s *Store) UndoMerge(ctx context.Context, id int64, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		u, err := undoable(ctx, tx, id)
		if err != nil {
			return err
		}
		u.actor = actor
		return u.do(ctx, tx, s)
	})
	if err != nil {
		return fmt.Errorf("undo merge %d: %w", id, err)
	}
	return nil
}

// undoing is a merge that is undone.
type undoing struct {
	id         int64
	gone, into ingest.ID
	actor      string
	took       ingest.Taken
	lifted     []int64
	closed     []closedBy
}

func undoable(ctx context.Context, tx pgx.Tx, id int64) (*undoing, error) {
	u := &undoing{id: id}
	var took, closed []byte
	var undone bool
	var later int64
	err := tx.QueryRow(ctx, sqlMergeLock, id).Scan(&u.gone, &u.into, &took, &u.lifted, &closed, &undone, &later)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ingest.ErrNotFound
	case err != nil:
		return nil, err
	case undone:
		return nil, fmt.Errorf("it was undone already: %w", ingest.ErrConflict)
	case later != 0:
		return nil, fmt.Errorf("its survivor was merged by merge %d: undo that first: %w", later, ingest.ErrConflict)
	}
	return u, errors.Join(json.Unmarshal(took, &u.took), json.Unmarshal(closed, &u.closed))
}

func (u *undoing) do(ctx context.Context, tx pgx.Tx, s *Store) error {
	if _, _, err := bothLocked(ctx, tx, ingest.MergeOrder{Contact: u.gone, Into: u.into}); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, sqlMergePart, u.gone)
	if err != nil {
		return err
	}
	if _, err = pgx.CollectRows(rows, pgx.RowTo[ingest.ID]); err != nil {
		return err
	}
	if err := u.giveBack(ctx, tx); err != nil {
		return err
	}
	var events eventColumns
	if err := u.reopen(ctx, tx, &events); err != nil {
		return err
	}
	if err := rereadRules(ctx, tx, u.gone, u.into); err != nil {
		return err
	}
	if err := u.restoreRules(ctx, tx, s); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlMergeUndone, u.id, s.now(), text(u.actor)); err != nil {
		return err
	}
	if err := s.part(ctx, tx, u.id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlLinkParted, u.gone, u.into, text(u.actor)); err != nil {
		return err
	}
	said := map[string]any{"merge": strconv.FormatInt(u.id, 10), "contact": u.gone}
	events.add("contact.unmerged", ingest.ID{}, u.into, ingest.ID{}, said)
	if err := events.insert(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, u.actor, "contact.unmerge", "contact:"+u.into.String(), said)
}

// giveBack takes from the contact that stayed what it has from the other, the
// request for a second look among it.
func (u *undoing) giveBack(ctx context.Context, tx pgx.Tx) error {
	list, err := readContacts(ctx, tx, []ingest.ID{u.gone, u.into})
	if err != nil {
		return err
	}
	gone, into := list[0], list[1]
	if _, err := tx.Exec(ctx, sqlContactWrite, contactColumns(into.GiveBack(u.took, gone))...); err != nil {
		return err
	}
	if gone.Review == nil || into.Review == nil || *gone.Review != *into.Review {
		return nil
	}
	_, err = tx.Exec(ctx, sqlReviewsClose, []ingest.ID{u.into})
	if err == nil {
		_, err = tx.Exec(ctx, sqlReviewsEnded, []ingest.ID{u.into}, reviewAsked)
	}
	return err
}

// reopen makes the conversations that the merge closed what they were.
func (u *undoing) reopen(ctx context.Context, tx pgx.Tx, events *eventColumns) error {
	for _, c := range u.closed {
		var contact ingest.ID
		err := tx.QueryRow(ctx, sqlMergeReopen, c.Conversation, c.Status, c.Kept, c.Linked, "merge "+strconv.FormatInt(u.id, 10)).Scan(&contact)
		switch {
		case errors.Is(err, pgx.ErrNoRows): // it goes on in another, or somebody closed it
		case err != nil:
			return err
		default:
			events.add("conversation.reopened", c.Conversation, contact, ingest.ID{}, map[string]string{"merge": strconv.FormatInt(u.id, 10)})
		}
	}
	return nil
}

// restoreRules makes the rules that the merge lifted stand again. One whose
// lift let something go stays lifted, and another like it is set: what is let go
// is not taken back.
func (u *undoing) restoreRules(ctx context.Context, tx pgx.Tx, s *Store) error {
	if len(u.lifted) == 0 {
		return nil
	}
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return err
	}
	revived, err := collectNumbers(ctx, tx, sqlRulesRevive, u.lifted, epoch)
	if err != nil {
		return err
	}
	if len(revived) > 0 {
		if err := recordRules(ctx, tx, u.actor, "rule.restore", revived, nil); err != nil {
			return err
		}
		if err := tellRules(ctx, tx, "rule.set", revived...); err != nil {
			return err
		}
	}
	return u.setOthers(ctx, tx, s, revived, &epoch)
}

func (u *undoing) setOthers(ctx context.Context, tx pgx.Tx, s *Store, revived []int64, epoch *int64) error {
	rows, err := tx.Query(ctx, sqlRulesReadAgain, u.lifted)
	if err != nil {
		return err
	}
	rules, err := pgx.CollectRows(rows, scanRule)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.LiftedAt == nil || r.LiftedBy == "expiry" || r.ExpiresAt != nil && !s.now().Before(*r.ExpiresAt) {
			continue // it stands again, or has ended by itself
		}
		o := ingest.RuleOrder{Kind: r.Kind, Target: r.Target, Contact: r.About, Reason: r.Reason, Comment: r.Comment, Scope: r.Scope,
			ExpiresAt: r.ExpiresAt, OnExpiry: r.OnExpiry, SpareKnown: r.SpareKnown, KeepOpen: true, Actor: u.actor}
		if _, _, err := s.ensureRule(ctx, tx, o, 0, epoch); err != nil {
			return err
		}
	}
	return nil
}

func collectNumbers(ctx context.Context, q querier, query string, args ...any) ([]int64, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}
