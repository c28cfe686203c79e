package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlContactsList    = statement("contacts_list")
	sqlContactsRead    = statement("contacts_read")
	sqlIdentitiesOf    = statement("identities_of")
	sqlIdentitiesKnown = statement("identities_known")
	sqlContactsTalked  = statement("contacts_talked")
	sqlKindSeen        = statement("kind_seen")
)

// Contacts lists contacts without those merged into others: those that a search
// may mean, the likeliest first, else newest first. A part may hold fewer than
// asked for and still name a next one: see [lookedAt]. Standing is left zero.
func (s *Store) Contacts(ctx context.Context, f ingest.ContactFilter) (ingest.List[ingest.Contact], error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.List[ingest.Contact]{}, err
	}
	var list ingest.List[ingest.Contact]
	if words(f.Q) != "" {
		list, err = s.searchContacts(ctx, f, m)
	} else {
		list, err = s.newestContacts(ctx, f, m)
	}
	if err != nil {
		return ingest.List[ingest.Contact]{}, fmt.Errorf("list contacts: %w", classify(err))
	}
	return list, nil
}

func (s *Store) newestContacts(ctx context.Context, f ingest.ContactFilter, m *mark) (ingest.List[ingest.Contact], error) {
	limit := limitOf(f.Limit)
	list, more, end, err := walk(ctx, s.pool, limit, byTimeID, sqlContactsList, given(f.Tag), f.From, f.To,
		given(f.Standing), s.now(), m.at(), m.id(), lookedAt, limit+1)
	if err != nil {
		return ingest.List[ingest.Contact]{}, err
	}
	items, err := readContacts(ctx, s.pool, idsOf(list))
	return goOn(listed(items, list, more), end), err
}

// Contact returns one contact. An id that was merged is answered with whom it
// was merged into, and MergedInto says so. Standing is left zero.
func (s *Store) Contact(ctx context.Context, id ingest.ID) (ingest.Contact, error) {
	list, err := readContacts(ctx, s.pool, []ingest.ID{id})
	return one(list, classify(err), "contact", id)
}

func readContacts(ctx context.Context, q querier, ids []ingest.ID) ([]ingest.Contact, error) {
	rows, err := q.Query(ctx, sqlContactsRead, ids)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Contact, error) {
		var c ingest.Contact
		var review reviewColumns
		var hold holdColumns
		err := row.Scan(&c.ID, &c.Name, &c.Nickname, &c.Username, &c.Company, &c.Location, &c.AvatarURL, &c.Version, &c.Tags, &c.Fields, &c.MergedInto, &c.CreatedAt, &review.at, &review.by, &review.reason,
			&hold.at, &hold.by, &hold.reason, &hold.until, &c.Erasure,
			&c.Held, &c.Unopened, &c.LastSeenAt)
		c.Review, c.LegalHold = review.review(), hold.hold()
		return c, err
	})
	if err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	found := make([]ingest.ID, len(list))
	for i, c := range list {
		found[i] = c.ID
	}
	whose, err := identitiesOf(ctx, q, found)
	for i := range list {
		list[i].Identities = whose[list[i].ID]
	}
	return list, err
}

// Identities returns the identities of contacts, oldest first.
func (s *Store) Identities(ctx context.Context, contacts []ingest.ID) (map[ingest.ID][]ingest.ContactIdentity, error) {
	whose, err := identitiesOf(ctx, s.pool, contacts)
	return whose, classify(err)
}

func identitiesOf(ctx context.Context, q querier, contacts []ingest.ID) (map[ingest.ID][]ingest.ContactIdentity, error) {
	rows, err := q.Query(ctx, sqlIdentitiesOf, contacts)
	if err != nil {
		return nil, err
	}
	whose := map[ingest.ID][]ingest.ContactIdentity{}
	var contact ingest.ID
	var i ingest.ContactIdentity
	_, err = pgx.ForEachRow(rows, []any{&contact, &i.ID, &i.Kind, &i.Value, &i.How, &i.AddedAt}, func() error {
		whose[contact] = append(whose[contact], i)
		return nil
	})
	return whose, err
}

// KindSeen reports whether anybody has an identity of a kind that was not merely
// claimed.
func (s *Store) KindSeen(ctx context.Context, kind string) (seen bool, err error) {
	err = s.pool.QueryRow(ctx, sqlKindSeen, text(kind)).Scan(&seen)
	return seen, classify(err)
}

// Known returns, for each identity, the contact that it joins; the zero id
// where nobody is known by it.
func (s *Store) Known(ctx context.Context, ids []ingest.Identity) ([]ingest.ID, error) {
	known, err := knownTo(ctx, s.pool, ids)
	return known, classify(err)
}

func knownTo(ctx context.Context, q querier, ids []ingest.Identity) ([]ingest.ID, error) {
	kinds, values := make([]string, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		kinds[i], values[i] = text(id.Kind), text(id.Value)
	}
	rows, err := q.Query(ctx, sqlIdentitiesKnown, kinds, values)
	if err != nil {
		return nil, err
	}
	known := make([]ingest.ID, len(ids))
	var ord int64
	var contact ingest.ID
	_, err = pgx.ForEachRow(rows, []any{&ord, &contact}, func() error {
		known[ord-1] = contact
		return nil
	})
	return known, err
}

// TalkedSince tells when the first conversation of each contact began; contacts
// that never had one are left out.
func (s *Store) TalkedSince(ctx context.Context, contacts []ingest.ID) (map[ingest.ID]time.Time, error) {
	rows, err := s.pool.Query(ctx, sqlContactsTalked, contacts)
	if err != nil {
		return nil, classify(err)
	}
	since := map[ingest.ID]time.Time{}
	var contact ingest.ID
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&contact, &at}, func() error {
		since[contact] = at
		return nil
	})
	return since, classify(err)
}
