package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
)

var (
	sqlSettleContacts      = statement("settle_contacts")
	sqlSettleAncestors     = statement("settle_ancestors")
	sqlSettleConversations = statement("settle_conversations")
	sqlSettleTickets       = statement("settle_tickets")
	sqlSettleMembers       = statement("settle_members")
	sqlSettleParticipants  = statement("settle_participants")
	sqlSettleCopies        = statement("settle_copies")
)

// readRows reads the waiting messages.
func (w *world) readRows(rows pgx.Rows) error {
	for rows.Next() {
		r, env := &row{}, []byte(nil)
		var job, epoch *int64
		var order *bool
		var by, to *string
		var at *time.Time
		m := &r.message
		if err := rows.Scan(&m.ID, &m.Seq, &r.channel.ID, &m.ReceivedAt, &m.SentAt, &env, &m.Recovered, &r.thread, &r.answers, &r.contact,
			&job, &epoch, &order, &by, &at, &to); err != nil {
			return err
		}
		w.rows = append(w.rows, r)
		var e envelope
		if err := json.Unmarshal(env, &e); err != nil {
			return ingest.AsInvalid(fmt.Errorf("envelope of %s: %w", m.ID, err))
		}
		e.fill(m)
		r.files = e.Files
		if job != nil {
			r.pass = &ingest.Pass{Job: *job, Epoch: *epoch, Order: *order, By: value(by), At: value(at), To: value(to)}
		}
	}
	return rows.Err()
}

// nameChannels says of each row which channel it is of, once the rules are those
// of this settle: a channel may have another name since the epoch before.
func (w *world) nameChannels(ctx context.Context) (err error) {
	for _, r := range w.rows {
		if r.channel, err = w.store.channelByID(ctx, r.channel.ID); err != nil {
			return err
		}
		r.message.Channel, r.message.Family = r.channel.Name, r.channel.Family
	}
	return nil
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// questions are the parameters of the fact queries; none is asked twice.
type questions struct {
	kinds, values   []string // joining identities
	contacts        []ingest.ID
	atChannel       []int32 // one-at-a-time: by identity
	atKind, atValue []string
	byChannel       []int32 // …: by contact
	byContact       []ingest.ID
	threadChannel   []int32
	threadHash      [][]byte
	ownChannel      []int32 // mail: by its own name
	ownHash         [][]byte
	numbers         []int64 // conversations that it holds a token of
	member          memberColumns

	asked map[any]bool
}

func (w *world) questions(judge Judge) questions {
	q := questions{asked: make(map[any]bool, 2*len(w.rows))}
	for _, r := range w.rows {
		oneAtATime := r.channel.Family.OneAtATime()
		for i := range r.message.Joining() {
			q.identity(address{i.Kind, i.Value}, r.channel.ID, oneAtATime)
		}
		if !r.contact.IsZero() {
			q.contact(r.contact, r.channel.ID, oneAtATime)
		}
		if r.channel.Family == ingest.Email && r.thread != nil {
			q.ownChannel, q.ownHash = append(q.ownChannel, r.channel.ID), append(q.ownHash, r.thread)
		}
		r.holds = judge.Holds(r.message)
		q.numbers = append(q.numbers, r.holds...)
		for _, h := range r.answerHashes() {
			q.member.add(r, h)
			if t := (thread{r.channel.ID, h}); q.first(t) {
				q.threadChannel, q.threadHash = append(q.threadChannel, t.channel), append(q.threadHash, append([]byte(nil), h[:]...))
			}
		}
	}
	return q
}

func (q *questions) first(question any) bool {
	if q.asked[question] {
		return false
	}
	q.asked[question] = true
	return true
}

func (q *questions) identity(a address, channel int32, oneAtATime bool) {
	type at struct {
		address
		channel int32
	}
	if q.first(a) {
		q.kinds, q.values = append(q.kinds, a.kind), append(q.values, a.value)
	}
	if oneAtATime && q.first(at{a, channel}) {
		q.atChannel = append(q.atChannel, channel)
		q.atKind, q.atValue = append(q.atKind, a.kind), append(q.atValue, a.value)
	}
}

func (q *questions) contact(id ingest.ID, channel int32, oneAtATime bool) {
	if q.first(id) {
		q.contacts = append(q.contacts, id)
	}
	if oneAtATime && q.first(place{id, channel}) {
		q.byChannel, q.byContact = append(q.byChannel, channel), append(q.byContact, id)
	}
}

// memberColumns ask whether a sender has a part in what it answers.
type memberColumns struct {
	channel        []int32
	hash, identity [][]byte
	kind, value    []string
}

func (c *memberColumns) add(r *row, hash [16]byte) {
	for _, i := range r.joining() {
		c.channel, c.hash = append(c.channel, r.channel.ID), append(c.hash, append([]byte(nil), hash[:]...))
		c.kind, c.value = append(c.kind, i.Kind), append(c.value, i.Value)
		c.identity = append(c.identity, shortHash(i.Key()))
	}
}

// learn reads the facts under their locks, in the order of the locks, each
// kind in a statement of its own: one round trip, and one more if programs
// write.
func (w *world) learn(ctx context.Context, conn *pgxpool.Conn, judge Judge) error {
	q := w.questions(judge)
	b := &pgx.Batch{}
	b.Queue(sqlSettleContacts, q.kinds, q.values, q.contacts).Query(w.readContacts)
	if q.threadHash != nil {
		b.Queue(sqlSettleAncestors, q.threadChannel, q.threadHash).Query(w.readAncestors)
	}
	if q.ownHash != nil {
		b.Queue(sqlSettleCopies, q.ownChannel, q.ownHash).Query(w.readCopies)
	}
	if q.atKind != nil || q.threadHash != nil || q.byContact != nil || q.ownHash != nil || q.numbers != nil {
		b.Queue(sqlSettleConversations, q.atChannel, q.atKind, q.atValue, q.byChannel, q.byContact, q.threadChannel, q.threadHash,
			q.ownChannel, q.ownHash, q.numbers).Query(func(r pgx.Rows) error { return w.readConversations(ctx, r) })
		b.Queue(sqlSettleTickets, q.atChannel, q.atKind, q.atValue, q.byChannel, q.byContact,
			q.threadChannel, q.threadHash).Query(w.readTickets)
	}
	if m := q.member; m.hash != nil {
		b.Queue(sqlSettleMembers, m.channel, m.hash, m.kind, m.value).Query(w.readMembers)
		b.Queue(sqlSettleParticipants, m.channel, m.hash, m.kind, m.value, m.identity).Query(w.readParticipants)
	}
	w.askBuckets(b, judge)
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	return w.learnThreads(ctx, conn, judge)
}

// readContacts reads the contacts, each as often as an identity of the batch or
// a released message names it, or one that was merged into it.
func (w *world) readContacts(rows pgx.Rows) error {
	var id, named ingest.ID
	var created time.Time
	var talked *time.Time
	var kind, val *string
	_, err := pgx.ForEachRow(rows, []any{&id, &created, &talked, &named, &kind, &val}, func() error {
		if w.contacts[id] == nil {
			w.contacts[id] = &person{created: created, talkedAt: value(talked)}
		}
		w.survivors[named] = id
		if kind != nil {
			w.owners[address{*kind, *val}] = named
		}
		return nil
	})
	return err
}

func (w *world) readAncestors(rows pgx.Rows) error {
	var a ancestor
	var channelID int32
	var hash []byte
	var state string
	_, err := pgx.ForEachRow(rows, []any{&a.id, &channelID, &hash, &state, &a.sender, &a.lane, &a.receivedAt, &a.contact, &a.conversation, &a.ticket}, func() error {
		a.state = ingest.State(state)
		key, seen := thread{channelID, [16]byte(hash)}, a
		for _, b := range w.ancestors[key] {
			if b.id == a.id {
				return nil // asked for by two answers
			}
		}
		w.ancestors[key] = append(w.ancestors[key], &seen)
		return nil
	})
	return err
}

func (w *world) readConversations(ctx context.Context, rows pgx.Rows) error {
	for rows.Next() {
		t := &talk{}
		var family, status string
		if err := rows.Scan(&t.ID, &t.Number, &t.whose, &t.ContactID, &t.channelID, &family, &status, &t.ClosedAt, &t.OpenedAt,
			&t.Continues, &t.Imported); err != nil {
			return err
		}
		c, err := w.store.channelByID(ctx, t.channelID)
		if err != nil {
			return err
		}
		t.Channel, t.Kind, t.Status = c.Name, c.Kind, ingest.Status(status)
		w.keep(t)
		if c.Family.OneAtATime() {
			w.makeCurrent(t)
		}
	}
	return rows.Err()
}

func (w *world) readTickets(rows pgx.Rows) error {
	var id ingest.ID
	var p place
	_, err := pgx.ForEachRow(rows, []any{&id, &p.contact, &p.channel}, func() error {
		w.known[id] = true
		w.tickets[p] = id
		return nil
	})
	return err
}

func (w *world) readMembers(rows pgx.Rows) error {
	var m member
	_, err := pgx.ForEachRow(rows, []any{&m.conversation, &m.contact}, func() error {
		w.members[m] = true
		return nil
	})
	return err
}

func (w *world) readParticipants(rows pgx.Rows) error {
	var p participant
	_, err := pgx.ForEachRow(rows, []any{&p.conversation, &p.kind, &p.value}, func() error {
		w.participants[p] = true
		return nil
	})
	return err
}

func (w *world) readCopies(rows pgx.Rows) error {
	var s sent
	var channelID int32
	var hash []byte
	_, err := pgx.ForEachRow(rows, []any{&channelID, &hash, &s.conversation, &s.sender}, func() error {
		w.copies[thread{channelID, [16]byte(hash)}] = s
		return nil
	})
	return err
}
