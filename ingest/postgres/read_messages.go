package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlMessagesList      = statement("messages_list")
	sqlMessagesOfPlace   = statement("messages_of_place")
	sqlMessagesOfTalk    = statement("messages_of_conversation")
	sqlMessagesOfContact = statement("messages_of_contact")
	sqlMessagesOfTicket  = statement("messages_of_ticket")
	sqlMessagesRead      = statement("messages_read")
	sqlRawChunk          = "select data from raw where message = $1 and n = $2"
	sqlRawOf             = statement("raw_of")
	sqlMessagesDead      = statement("messages_dead")
)

// partBytes bounds the bodies in one part of a list: what goes beyond is left
// for the next part.
const partBytes = 8 << 20

// Messages lists messages, newest first. A part may hold fewer than asked for,
// or none, and still name a next one: see [lookedAt].
func (s *Store) Messages(ctx context.Context, f ingest.MessageFilter) (ingest.List[ingest.Stored], error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.List[ingest.Stored]{}, err
	}
	limit, states := limitOf(f.Limit), statesOf(f.States)
	if !f.Conversation.IsZero() || !f.Contact.IsZero() {
		list, more, err := marks(ctx, s.pool, limit, byID, sqlMessagesOfPlace,
			given(f.Channel), states, f.Conversation, f.Contact, f.Talked, m.id(), limit+1)
		return s.readMessages(ctx, list, more, err)
	}
	var only *string
	if len(states) == 1 && f.States[0] != ingest.Conversed {
		only = &states[0] // by an index of its own
	}
	list, more, end, err := walk(ctx, s.pool, limit, byID, sqlMessagesList,
		given(f.Channel), states, only, f.Talked, m.id(), limit+1, lookedAt)
	found, err := s.readMessages(ctx, list, more, err)
	return goOn(found, end), err
}

func statesOf(states []ingest.State) []string {
	var out []string // nil is null: all
	for _, s := range states {
		out = append(out, string(s))
	}
	return out
}

// MessagesOf lists the messages of a conversation, placeholders included, by
// (received_at, seq).
func (s *Store) MessagesOf(ctx context.Context, conversation ingest.ID, p ingest.Part) (ingest.List[ingest.Stored], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.Stored]{}, err
	}
	limit := limitOf(p.Limit)
	list, more, err := marks(ctx, s.pool, limit, func(m *mark) []any { return []any{&m.ID, &m.At, &m.N} },
		sqlMessagesOfTalk, conversation, m.at(), m.n(), limit+1)
	return s.readMessages(ctx, list, more, err)
}

// History lists a contact's messages over all its conversations, newest first
// by (received_at, seq); with held also those that are held of it.
func (s *Store) History(ctx context.Context, contact ingest.ID, held bool, p ingest.Part) (ingest.List[ingest.Stored], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.Stored]{}, err
	}
	limit := limitOf(p.Limit)
	list, more, err := marks(ctx, s.pool, limit, func(m *mark) []any { return []any{&m.ID, &m.At, &m.N} },
		sqlMessagesOfContact, contact, held, m.at(), m.n(), limit+1)
	return s.readMessages(ctx, list, more, err)
}

// MessagesIn lists the held messages of a ticket in the order of receipt.
func (s *Store) MessagesIn(ctx context.Context, ticket ingest.ID, p ingest.Part) (ingest.List[ingest.Stored], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.Stored]{}, err
	}
	limit := limitOf(p.Limit)
	list, more, err := marks(ctx, s.pool, limit, func(m *mark) []any { return []any{&m.ID, &m.N} },
		sqlMessagesOfTicket, ticket, m.n(), limit+1)
	return s.readMessages(ctx, list, more, err)
}

// Dead lists messages that could not be read or settled, newest first.
func (s *Store) Dead(ctx context.Context, f ingest.MessageFilter) (ingest.List[ingest.Stored], error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.List[ingest.Stored]{}, err
	}
	limit := limitOf(f.Limit)
	list, more, err := marks(ctx, s.pool, limit, func(m *mark) []any { return []any{&m.ID, &m.N} },
		sqlMessagesDead, given(f.Channel), given(f.Reason), m.n(), limit+1)
	return s.readMessages(ctx, list, more, err)
}

// Message returns one message.
func (s *Store) Message(ctx context.Context, id ingest.ID) (ingest.Stored, error) {
	list, err := s.stored(ctx, []ingest.ID{id})
	return one(list, classify(err), "message", id)
}

// RawChunk returns the n-th chunk, of at most 1 MiB, of a message as it came;
// nil beyond the last. No connection is held between chunks, so a slow reader
// costs none.
func (s *Store) RawChunk(ctx context.Context, message ingest.ID, n int) ([]byte, error) {
	rows, err := s.pool.Query(ctx, sqlRawChunk, message, n)
	if err != nil {
		return nil, classify(err)
	}
	chunks, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(chunks) == 0 {
		return nil, classify(err)
	}
	return chunks[0], nil
}

// EachRaw reads messages as they came, whole, in the order of ids, one in
// memory at a time; those of which nothing is kept are left out. Each may keep
// what it is given.
func (s *Store) EachRaw(ctx context.Context, ids []ingest.ID, each func(ingest.ID, []byte)) error {
	return classify(eachRaw(ctx, s.pool, ids, each))
}

func eachRaw(ctx context.Context, q querier, ids []ingest.ID, each func(ingest.ID, []byte)) error {
	rows, err := q.Query(ctx, sqlRawOf, ids)
	if err != nil {
		return err
	}
	var id, now ingest.ID
	var chunk, raw []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &chunk}, func() error {
		if id != now && raw != nil {
			each(now, raw)
			raw = nil
		}
		now, raw, chunk = id, join(raw, chunk), nil
		return nil
	})
	if err == nil && raw != nil {
		each(now, raw)
	}
	return err
}

// join appends a chunk; the first is not copied.
func join(raw, chunk []byte) []byte {
	if raw == nil {
		return chunk
	}
	return append(raw, chunk...)
}

func (s *Store) readMessages(ctx context.Context, list []mark, more bool, err error) (ingest.List[ingest.Stored], error) {
	var items []ingest.Stored
	if err == nil {
		items, err = s.stored(ctx, idsOf(list))
	}
	if err != nil {
		return ingest.List[ingest.Stored]{}, fmt.Errorf("list messages: %w", classify(err))
	}
	return listed(items, list, more), nil
}

// stored reads messages in the order of ids, as many as partBytes allow but at
// least one.
func (s *Store) stored(ctx context.Context, ids []ingest.ID) ([]ingest.Stored, error) {
	rows, err := s.pool.Query(ctx, sqlMessagesRead, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []ingest.Stored
	rules := map[int64]bool{}
	held := make([]int64, 0, len(ids)) // the rule of each, 0 for none
	for n := 0; n < partBytes && rows.Next(); {
		var r messageRow
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, err
		}
		list, held = append(list, r.stored()), append(held, value(r.rule))
		if r.rule != nil {
			rules[*r.rule] = true
		}
		n += r.size()
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, err
	}
	known, err := rulesByID(ctx, s.pool, keysOf(rules))
	for i := range list {
		list[i].Rule = known[held[i]]
	}
	return list, err
}

// messageRow is a row of messages_read.
type messageRow struct {
	m                             ingest.Stored
	envelope                      envelope
	rule, passJob, passEpoch      *int64
	passOrder                     *bool
	passBy, passTo                *string
	passAt                        *time.Time
	reason, note, trail           *string
	text, reply, html             *string
	doc                           []byte
	hasBody                       bool
	conversation, contact, ticket ingest.ID
}

func (r *messageRow) fields() []any {
	return []any{&r.m.ID, &r.m.Seq, &r.m.Channel, &r.m.Kind, &r.m.Family, &r.m.State, &r.m.ReceivedAt, &r.m.SentAt, &r.envelope, &r.m.Recovered,
		&r.conversation, &r.contact, &r.ticket, &r.rule, &r.reason, &r.note, &r.trail, &r.m.SettledAt,
		&r.passJob, &r.passEpoch, &r.passOrder, &r.passBy, &r.passTo, &r.passAt,
		&r.hasBody, &r.text, &r.reply, &r.html, &r.doc, &r.m.Keys, &r.m.RawBytes}
}

// size is how much of a part the row takes up. Of what is only in the raw bytes
// the reader gets no more than these.
func (r *messageRow) size() int {
	if !r.hasBody {
		return int(r.m.RawBytes)
	}
	return len(value(r.text)) + len(value(r.reply)) + len(value(r.html)) + len(r.doc)
}

func (r *messageRow) stored() ingest.Stored {
	m := r.m
	r.envelope.fill(&m.Message)
	m.Conversation, m.Contact, m.Ticket = r.conversation, r.contact, r.ticket
	m.Reason, m.Note, m.Trail = ingest.Reason(value(r.reason)), value(r.note), readTrail(value(r.trail))
	m.Text, m.ReplyText, m.HTML = value(r.text), value(r.reply), value(r.html)
	var d document
	if json.Unmarshal(r.doc, &d) == nil {
		m.To, m.Attachments, m.Thread, m.Answers, m.Technical = d.To, d.Attachments, d.Thread, d.Answers, d.Technical
		if d.Defects != nil {
			m.Defects = d.Defects
		}
	}
	if r.passJob != nil {
		m.Pass = &ingest.Pass{Job: *r.passJob, By: value(r.passBy), At: value(r.passAt), Epoch: value(r.passEpoch),
			Order: value(r.passOrder), To: value(r.passTo)}
	}
	switch m.State {
	case ingest.Received, ingest.Conversed, ingest.Held, ingest.Dead:
		m.Bare = !r.hasBody
	}
	return m
}

// readTrail reads a trail: a line a stage, "stage: says".
func readTrail(s string) []ingest.Line {
	lines := []ingest.Line{}
	for line := range strings.Lines(s) {
		stage, says, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		lines = append(lines, ingest.Line{Stage: stage, Says: says})
	}
	return lines
}
