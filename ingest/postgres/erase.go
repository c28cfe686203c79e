package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPerson      = statement("person")
	sqlEraseState  = statement("erase_state")
	sqlEraseInsert = statement("erase_insert")
	sqlEraseCounts = statement("erase_counts")
)

// Erase starts the job that deletes all that is stored of a person: the contact,
// and whoever it is merged with. While one is under way another order joins it.
// ErrErased says that it was done before, ErrLegalHold that it may not be.
func (s *Store) Erase(ctx context.Context, o ingest.EraseOrder) (job int64, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		p, err := subjectOf(ctx, tx, o.Contact)
		if err != nil {
			return err
		}
		if job, err = s.mayErase(ctx, tx, p); err != nil || job != 0 {
			return err
		}
		job, err = s.startErasure(ctx, tx, o, p)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("erase: %w", err)
	}
	return job, nil
}

// mayErase returns the job that erases the person already, if one does.
func (s *Store) mayErase(ctx context.Context, q querier, p *subject) (job int64, err error) {
	var erased, held bool
	if err := q.QueryRow(ctx, sqlEraseState, p.contacts, s.now()).Scan(&erased, &held, &job); err != nil {
		return 0, err
	}
	switch {
	case held:
		return 0, ingest.ErrLegalHold
	case erased:
		return 0, ingest.ErrErased
	}
	return job, nil
}

func (s *Store) startErasure(ctx context.Context, tx pgx.Tx, o ingest.EraseOrder, p *subject) (int64, error) {
	var epoch, erasure int64
	if err := tx.QueryRow(ctx, sqlSettleEpoch).Scan(&epoch); err != nil {
		return 0, err
	}
	job, err := insertJob(ctx, tx, ingest.JobErase, "contact:"+o.Contact.String(), epoch, "", o.Actor)
	if err != nil {
		return 0, err
	}
	return job, tx.QueryRow(ctx, sqlEraseInsert, job, o.Contact, p.contacts, text(o.Reason)).Scan(&erasure)
}

// WouldErase counts what an erasure of a person would find; what it can only
// find by going through all messages, it does not count.
func (s *Store) WouldErase(ctx context.Context, contact ingest.ID) (map[string]int, error) {
	p, err := subjectOf(ctx, s.pool, contact)
	if err != nil {
		return nil, fmt.Errorf("count what is stored of a contact: %w", classify(err))
	}
	if _, err := s.mayErase(ctx, s.pool, p); err != nil {
		return nil, err
	}
	classes := []string{ingest.ErasedConversed, ingest.ErasedHeld, ingest.ErasedDead, ingest.ErasedConversations,
		ingest.ErasedIdentities, ingest.ErasedNotes, ingest.ErasedOpts, ingest.ErasedRules}
	counts := make([]int, len(classes))
	into := make([]any, len(classes))
	for i := range counts {
		into[i] = &counts[i]
	}
	if err := s.pool.QueryRow(ctx, sqlEraseCounts, p.contacts, p.senders(), p.short()).Scan(into...); err != nil {
		return nil, fmt.Errorf("count what is stored of a contact: %w", classify(err))
	}
	found := map[string]int{ingest.ErasedContacts: len(p.contacts)}
	for i, class := range classes {
		found[class] = counts[i]
	}
	return found, nil
}

// subject is whom an erasure is of: contacts that were merged, and their
// addresses.
type subject struct {
	contacts   []ingest.ID
	identities []ingest.Identity
}

// subjectOf finds all contacts that are one person with this one.
func subjectOf(ctx context.Context, q querier, contact ingest.ID) (*subject, error) {
	p := &subject{}
	if err := q.QueryRow(ctx, sqlPerson, contact).Scan(&p.contacts); err != nil {
		return nil, err
	}
	if len(p.contacts) == 0 {
		return nil, fmt.Errorf("contact %s: %w", contact, ingest.ErrNotFound)
	}
	whose, err := identitiesOf(ctx, q, p.contacts[:1]) // of one they are all that the person is known by
	for _, i := range whose[p.contacts[0]] {
		p.identities = append(p.identities, i.Identity)
	}
	return p, err
}

// joining are the addresses that are the person's, not those merely claimed.
func (p *subject) joining() []ingest.Identity {
	var list []ingest.Identity
	for _, i := range p.identities {
		if i.Joins() {
			list = append(list, i)
		}
	}
	return list
}

// senders name the person as messages name who sent them.
func (p *subject) senders() []string {
	list := []string{}
	for _, i := range p.joining() {
		list = append(list, text(i.Key()))
	}
	return list
}

// short are the unkeyed hashes by which some tables know the addresses.
func (p *subject) short() [][]byte {
	list := [][]byte{}
	for _, i := range p.joining() {
		list = append(list, shortHash(i.Key()))
	}
	return list
}

// patterns find the addresses in texts, as they are and as they stand in URLs.
func (p *subject) patterns() []string {
	list := []string{}
	for _, i := range p.identities {
		if len(i.Value) < leastPattern {
			continue
		}
		value := strings.TrimPrefix(i.Value, "+")
		list = append(list, "%"+verbatim.Replace(value)+"%", "%"+verbatim.Replace(strings.ReplaceAll(value, "@", "%40"))+"%")
	}
	return list
}

// leastPattern is how long an address is that is looked for within texts.
const leastPattern = 5

var verbatim = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
