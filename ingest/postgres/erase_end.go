package postgres

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlEraseLeft          = statement("erase_left")
	sqlEraseDesk          = statement("erase_desk")
	sqlEraseConversations = statement("erase_conversations")
	sqlEraseIdentities    = statement("erase_identities")
	sqlEraseContacts      = statement("erase_contacts")
	sqlEraseOpts          = statement("erase_opts")
	sqlEraseRules         = statement("erase_rules")
	sqlEraseRule          = statement("erase_rule")
	sqlEraseRuleEnd       = statement("erase_rule_end")
	sqlEraseExports       = statement("erase_exports")
	sqlEraseFinish        = statement("erase_finish")
)

// skew is by how much the clocks of replicas, which ids are made of, may differ
// and a batch may take to be stored.
const skew = 2 * time.Minute

// endErasure takes the last step, under the exclusive rules lock: no settle is
// under way, so none finds the person by an address that is about to go, and
// what is stored from now on is of somebody new. What came since the messages
// were gone through is deleted first, here if it is little.
func (s *Store) endErasure(ctx context.Context, tx pgx.Tx, job int64, n int) (ingest.Stepped, error) {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return ingest.Stepped{}, err
	}
	e, err := s.takeErasure(ctx, tx, job)
	if err != nil || e == nil || e.grown {
		return ingest.Stepped{Worked: e != nil}, err
	}
	one, left, err := e.rest(ctx, tx, n)
	if err != nil || left {
		return one, err
	}
	keys, err := s.keys(ctx, tx)
	if err != nil {
		return one, err
	}
	for _, c := range e.contacts {
		if _, err := tx.Exec(ctx, sqlContactLock, c); err != nil {
			return one, err
		}
	}
	if err := s.eraseRules(ctx, tx, e, keys.hash); err != nil {
		return one, err
	}
	if err := e.empty(ctx, tx, keys.hash); err != nil {
		return one, err
	}
	return ingest.Stepped{Worked: true}, s.finishErasure(ctx, tx, e, keys)
}

// rest deletes what came meanwhile, and reports whether there is more of it, or
// some is to be settled first.
func (e *erasure) rest(ctx context.Context, tx pgx.Tx, n int) (one ingest.Stepped, left bool, err error) {
	var end *ingest.ID
	before := e.after
	if before != nil {
		back := before.Before(skew)
		before = &back
	}
	if err := tx.QueryRow(ctx, sqlErasePage, before, 1<<20).Scan(&end); err != nil {
		return one, true, err
	}
	if end != nil {
		e.after = before
		if one, left, err = e.last(ctx, tx, *end, n); err != nil || left {
			return one, true, err
		}
	}
	err = tx.QueryRow(ctx, sqlEraseLeft, e.contacts, e.senders(), e.now).Scan(&left)
	if err == nil && left { // by a clock that is far behind
		_, err = tx.Exec(ctx, sqlEraseAdvance, e.id, nil, e.counts, 0, e.contacts)
	}
	return ingest.Stepped{Worked: true}, left, err
}

// last deletes what came meanwhile up to an id, and reports whether there is
// more of it.
func (e *erasure) last(ctx context.Context, tx pgx.Tx, end ingest.ID, n int) (ingest.Stepped, bool, error) {
	f, err := e.find(ctx, tx, end, n)
	if err != nil {
		return ingest.Stepped{}, true, err
	}
	purged, err := f.purge(ctx, tx, e)
	if err != nil {
		return ingest.Stepped{}, true, err
	}
	left := f.waiting || f.n == n
	if !left {
		e.after = &end
	}
	_, err = tx.Exec(ctx, sqlEraseAdvance, e.id, e.after, e.counts, purged, e.contacts)
	return ingest.Stepped{Worked: !f.waiting, Lanes: f.lanes}, left, err
}

// empty deletes what is not a message.
func (e *erasure) empty(ctx context.Context, tx pgx.Tx, key ingest.HashKey) error {
	var notes, parts, sent, heads, asked, merged, talks, own, claims int
	texts := []string{}
	short, hashed := [][]byte{}, [][]byte{}
	for _, i := range e.joining() {
		texts = append(texts, i.Value)
		short, hashed = append(short, shortHash(i.Key())), append(hashed, key.Short(i.Kind, i.Value))
	}
	if err := tx.QueryRow(ctx, sqlEraseConversations, e.contacts).Scan(&talks); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, sqlEraseOpts, short, hashed)
	if err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, sqlEraseDesk, e.contacts, short, e.patterns(), texts).Scan(&notes, &parts, &sent, &heads, &asked, &merged); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, sqlEraseIdentities, e.contacts, e.senders()).Scan(&own, &claims); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlEraseContacts, e.contacts, e.id); err != nil {
		return err
	}
	err = e.countExports(ctx, tx, func(tickets []ingest.ID) error { return forgetExports(ctx, tx, append(tickets, e.contacts...)) })
	if err != nil {
		return err
	}
	for class, n := range map[string]int{ingest.ErasedNotes: notes, ingest.ErasedParticipants: parts, ingest.ErasedOutgoing: sent,
		ingest.ErasedRefusedHooks: heads, ingest.ErasedRequests: asked, ingest.ErasedMerges: merged, ingest.ErasedConversations: talks, ingest.ErasedIdentities: own,
		ingest.ErasedClaims: claims, ingest.ErasedOpts: int(tag.RowsAffected()), ingest.ErasedContacts: len(e.contacts)} {
		e.counts[class] += n
	}
	return nil
}

// countExports counts the files that go with what is deleted; do gets the
// tickets that files tell of the person by.
func (e *erasure) countExports(ctx context.Context, tx pgx.Tx, do func(tickets []ingest.ID) error) error {
	var tickets []ingest.ID
	var before, after, dossiers, left int
	if err := tx.QueryRow(ctx, sqlEraseExports, e.contacts).Scan(&tickets, &before, &dossiers); err != nil {
		return err
	}
	if err := do(tickets); err != nil {
		return err
	}
	err := tx.QueryRow(ctx, sqlEraseExports, e.contacts).Scan(&tickets, &after, &left)
	e.counts[ingest.ErasedExports] += before - after
	e.counts[ingest.ErasedDossiers] += dossiers - left
	return err
}

// eraseRules leaves of the addresses in rules the keyed hashes, at a new epoch.
// What stood on the contact stands on the hash of each of its addresses then.
func (s *Store) eraseRules(ctx context.Context, tx pgx.Tx, e *erasure, key ingest.HashKey) error {
	names := []string{}
	for _, c := range e.contacts {
		names = append(names, c.String())
	}
	rows, err := tx.Query(ctx, sqlEraseRules, names, e.senders())
	if err != nil {
		return err
	}
	rules, err := pgx.CollectRows(rows, scanRule)
	if err != nil {
		return err
	}
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return err
	}
	for _, r := range rules {
		erase := s.eraseRule
		if r.Target.Kind == "contact" {
			erase = s.eraseContactRule
		}
		if err := erase(ctx, tx, e, r, key, epoch); err != nil {
			return err
		}
	}
	e.counts[ingest.ErasedRules] += len(rules)
	return nil
}

// eraseRule hashes the address of a rule. If the same rule stands on the hash
// already, since the address was erased before, that one is enough.
func (s *Store) eraseRule(ctx context.Context, tx pgx.Tx, _ *erasure, r ingest.Rule, key ingest.HashKey, epoch int64) error {
	hash := key.Hash(r.Target.Kind, r.Target.Value)
	if r.LiftedAt == nil {
		same, err := tx.Query(ctx, sqlRuleStanding, r.Kind, r.Target.Kind, hash, r.Scope)
		if err != nil {
			return err
		}
		if standing, err := pgx.CollectRows(same, scanRule); err != nil {
			return err
		} else if len(standing) > 0 {
			if _, err := tx.Exec(ctx, sqlEraseRuleEnd, r.ID, epoch); err != nil {
				return err
			}
		}
	}
	_, err := tx.Exec(ctx, sqlEraseRule, r.ID, hash, codeOf(r.Reason), epoch)
	return err
}

// eraseContactRule sets a rule on a contact, if it is in force, on the hashes of
// the contact's addresses, with its terms, and ends it: nobody will be that
// contact any more.
func (s *Store) eraseContactRule(ctx context.Context, tx pgx.Tx, e *erasure, r ingest.Rule, key ingest.HashKey, epoch int64) error {
	if r.InForce(s.now()) {
		for _, i := range e.joining() {
			o := ingest.RuleOrder{Kind: r.Kind, Target: i.Hash(key), Reason: codeOf(r.Reason), Scope: r.Scope, ExpiresAt: r.ExpiresAt,
				OnExpiry: r.OnExpiry, SpareKnown: r.SpareKnown, KeepOpen: true, Actor: r.CreatedBy}
			if _, _, err := s.ensureRule(ctx, tx, o, 0, &epoch); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec(ctx, sqlEraseRuleEnd, r.ID, epoch); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqlEraseRule, r.ID, r.Target.Value, codeOf(r.Reason), epoch)
	return err
}

// code is what a reason may be to stay: it names no person.
var code = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,39}$`)

func codeOf(reason string) string {
	if code.MatchString(reason) {
		return reason
	}
	return ""
}

// finishErasure writes the certificate, and ends the job.
func (s *Store) finishErasure(ctx context.Context, tx pgx.Tx, e *erasure, keys *own) error {
	at := s.now()
	c := ingest.Certificate{Erasure: e.id, Contacts: e.contacts, Reason: e.reason, AskedBy: e.by, AskedAt: e.at.UTC(), FinishedAt: at.UTC(),
		Addresses: []string{}, Removed: e.counts, Stays: ingest.LeftByErasure()}
	for _, i := range e.joining() {
		c.Addresses = append(c.Addresses, i.Hash(keys.hash).String())
	}
	says := toJSON(c)
	if _, err := tx.Exec(ctx, sqlEraseFinish, e.id, says, sign(keys, says), e.counts, e.contacts, at); err != nil {
		return err
	}
	said := map[string]any{"erasure": strconv.FormatInt(e.id, 10), "addresses": c.Addresses}
	for _, contact := range e.contacts {
		if err := tellContact(ctx, tx, "contact.erased", contact, e.by, said); err != nil {
			return err
		}
	}
	return jobEvent(ctx, tx, "job.done", e.job, ingest.JobErase, "")
}
