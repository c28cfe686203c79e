package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlLinksTogether = statement("links_together")
	sqlLinksClaimed  = statement("links_claimed")
	sqlLinksDue      = statement("links_due")
	sqlLinkEnd       = statement("link_end")
	sqlRuled         = statement("ruled")
)

// byLinking is who merges contacts whose addresses came proven in one message.
const byLinking = "linking"

// linksAtOnce is how many pairs are linked under one taking of the rules lock.
const linksAtOnce = 20

// writeLinks notes which contacts the batch shows to be one person, or may: a
// settle holds the rules lock shared, so it cannot merge them.
func (w *world) writeLinks(b *pgx.Batch) {
	var one, other, messages []ingest.ID
	var proven []bool
	var kinds, values []string
	for _, v := range w.decided {
		if v.decision.To == ingest.Refused || v.decision.Appended {
			continue
		}
		for _, p := range w.pairs(v.row) {
			one, other = append(one, p.one), append(other, p.other)
			proven, messages = append(proven, p.proven), append(messages, v.row.message.ID)
		}
		for _, i := range v.row.message.Identities {
			if i.How == ingest.Claimed {
				kinds, values = append(kinds, i.Kind), append(values, text(i.Value))
			}
		}
		for _, i := range v.newIdentities {
			kinds, values = append(kinds, i.Kind), append(values, text(i.Value))
		}
	}
	if one != nil {
		b.Queue(sqlLinksTogether, one, other, proven, messages)
	}
	if kinds != nil {
		b.Queue(sqlLinksClaimed, kinds, values)
	}
}

// pair is two contacts whose addresses came in one message; proven if the
// message proves both.
type pair struct {
	one, other ingest.ID
	proven     bool
}

// pairs compares whose the first address of a message is with whose the others
// are.
func (w *world) pairs(r *row) (list []pair) {
	var first ingest.ID
	var how ingest.How
	for _, i := range r.joining() {
		owner := w.owners[address{i.Kind, i.Value}]
		switch {
		case first.IsZero():
			first, how = owner, i.How
		case owner.IsZero() || w.survivors[owner] == w.survivors[first]:
		default:
			list = append(list, pair{first, owner, how == ingest.Verified && i.How == ingest.Verified})
		}
	}
	return list
}

// Link merges the contacts that messages proved to be one person, the one that
// is known for longer stays. A person decides instead where a rule names one of
// the two, where somebody said that they are not one, or where the setting
// link_verified is off: then it is suggested, or left.
func (s *Store) Link(ctx context.Context) error {
	for {
		due, err := s.linksDue(ctx, s.pool)
		if err == nil && len(due) > 0 {
			err = s.tx(ctx, func(tx pgx.Tx) error { return s.link(ctx, tx) })
		}
		if err != nil {
			return fmt.Errorf("link contacts: %w", classify(err))
		}
		if len(due) < linksAtOnce {
			return nil
		}
	}
}

// link asks again under the lock: another replica may have been quicker.
func (s *Store) link(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return err
	}
	due, err := s.linksDue(ctx, tx)
	if err != nil {
		return err
	}
	settings, _, err := readSettings(ctx, tx)
	if err != nil {
		return err
	}
	for _, d := range due {
		state, err := s.linkOne(ctx, tx, d, settings.LinkVerified)
		if err == nil {
			_, err = tx.Exec(ctx, sqlLinkEnd, d.ID, state, byLinking)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dueLink is a pair that is due to be linked.
type dueLink struct {
	ID         int64
	Into, Gone ingest.ID
	Parted     bool // somebody said that they are not one
}

func (s *Store) linksDue(ctx context.Context, q querier) ([]dueLink, error) {
	rows, err := q.Query(ctx, sqlLinksDue, linksAtOnce)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[dueLink])
}

// linkOne returns what becomes of a pair. Pairs before it may have made it one
// already.
func (s *Store) linkOne(ctx context.Context, tx pgx.Tx, d dueLink, on bool) (state string, err error) {
	if d.Parted {
		return "dismissed", nil
	}
	var ruled bool
	if err := tx.QueryRow(ctx, sqlRuled, []ingest.ID{d.Into, d.Gone}, s.now()).Scan(&ruled); err != nil {
		return "", err
	}
	if ruled || !on {
		return "suggested", nil
	}
	_, _, err = s.merge(ctx, tx, ingest.MergeOrder{Contact: d.Gone, Into: d.Into, Rules: ingest.MergeKeepBoth, Actor: byLinking})
	return "merged", err
}
