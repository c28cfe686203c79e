package postgres

import (
	"context"
	"sort"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
)

var (
	sqlWriteContacts      = statement("write_contacts")
	sqlWriteIdentities    = statement("write_identities")
	sqlWriteJoined        = statement("write_joined")
	sqlWriteClaims        = statement("write_claims")
	sqlWriteConversations = statement("write_conversations")
	sqlWriteConvGrown     = statement("write_conversations_grown")
	sqlWriteTickets       = statement("write_tickets")
	sqlWriteTicketsGrown  = statement("write_tickets_grown")
	sqlWriteMessages      = statement("write_messages")
	sqlWriteTransitions   = statement("write_transitions")
	sqlWriteEvents        = statement("write_events")
	sqlWriteNotices       = statement("write_notices")
	sqlContentDelete      = statement("content_delete")
)

// write puts all decisions into the tables and commits: one round trip, and
// one more if something was refused.
func (w *world) write(ctx context.Context, conn *pgxpool.Conn) error {
	b := &pgx.Batch{}
	w.writeContacts(b)
	w.writeLinks(b)
	w.writeConversations(b)
	grown := w.writeTickets(b)
	w.writeMessages(b)
	if grown.id != nil {
		b.Queue(sqlWriteTicketsGrown, grown.id, grown.n, grown.domain, grown.passed)
	}
	w.writeTransitions(b)
	w.writeEvents(b)
	w.writeOpts(b)
	w.writeNotices(b)
	w.writeHits(b)
	if err := w.writeRefusals(ctx, conn, b); err != nil {
		return err
	}
	w.writeBuckets(b)
	w.store.unsafe.pause()
	b.Queue("commit")
	return conn.SendBatch(ctx, b).Close()
}

func (w *world) writeContacts(b *pgx.Batch) {
	var ids, joining, joined, claiming []ingest.ID
	var names, kinds, values, hows, claimedKinds, claimedValues []string
	for _, v := range w.decided {
		if v.newContact {
			ids, names = append(ids, v.decision.Contact), append(names, text(v.row.message.From.Name))
		}
		for _, i := range v.newIdentities {
			kinds, values = append(kinds, i.Kind), append(values, text(i.Value))
			joining, hows = append(joining, v.whose), append(hows, string(i.How))
		}
		if len(v.newIdentities) > 0 && !v.newContact {
			joined = append(joined, v.decision.Contact)
		}
		if v.decision.To == ingest.Refused || v.decision.Appended {
			continue
		}
		for _, i := range v.row.message.Identities {
			if i.How == ingest.Claimed {
				claimedKinds, claimedValues = append(claimedKinds, i.Kind), append(claimedValues, text(i.Value))
				claiming = append(claiming, v.whose)
			}
		}
	}
	if ids != nil {
		b.Queue(sqlWriteContacts, ids, names)
	}
	if kinds != nil {
		b.Queue(sqlWriteIdentities, kinds, values, joining, hows)
	}
	if joined != nil {
		b.Queue(sqlWriteJoined, joined)
	}
	if claiming != nil {
		b.Queue(sqlWriteClaims, claimedKinds, claimedValues, claiming)
	}
}

func (w *world) writeConversations(b *pgx.Batch) {
	var made, grown conversationColumns
	for _, t := range w.inOrder() {
		if t.isNew {
			made.add(t, w.store.familyOf(t.Channel))
		} else {
			grown.add(t, "")
		}
	}
	if made.id != nil {
		b.Queue(sqlWriteConversations, made.id, made.contact, made.channel, made.family, made.status, made.subject,
			made.n, made.lastAt, made.continues, made.job, made.imported, made.claims)
	}
	if grown.id != nil {
		b.Queue(sqlWriteConvGrown, grown.id, grown.n, grown.lastAt, grown.status)
	}
}

// inOrder lists the conversations that got messages, by id.
func (w *world) inOrder() []*talk {
	var list []*talk
	for _, t := range w.conversations {
		if t.added > 0 {
			list = append(list, t)
		}
	}
	sort.Slice(list, func(i, j int) bool { return string(list[i].ID[:]) < string(list[j].ID[:]) })
	return list
}

// writeTickets makes the new tickets and returns what grows the others, once
// their messages are written.
func (w *world) writeTickets(b *pgx.Batch) (grown ticketColumns) {
	var made ticketColumns
	for _, t := range w.heldTickets() {
		if t.isNew {
			made.add(t)
		} else {
			grown.add(t)
		}
	}
	if made.id != nil {
		b.Queue(sqlWriteTickets, made.id, made.contact, made.channel, made.n, made.rule, made.reason, made.domain, made.passed)
	}
	return grown
}

func (w *world) writeMessages(b *pgx.Batch) {
	c := newMessageColumns(len(w.decided))
	for _, v := range w.decided {
		c.add(v)
	}
	b.Queue(sqlWriteMessages, c.id, c.state, c.contact, c.conversation, c.ticket, c.rule, c.reason, c.trail)
}

// writeTransitions records the second and later decisions on a message.
func (w *world) writeTransitions(b *pgx.Batch) {
	var c messageColumns
	var jobs []int64
	var actors []string
	for _, v := range w.decided {
		if v.row.pass != nil {
			c.add(v)
			jobs, actors = append(jobs, v.row.pass.Job), append(actors, v.row.pass.By)
		}
	}
	if jobs != nil {
		b.Queue(sqlWriteTransitions, c.id, c.state, jobs, c.rule, c.reason, actors)
	}
}

func (w *world) writeHits(b *pgx.Batch) {
	n := map[int64]int32{}
	for _, v := range w.decided {
		if v.decision.Hit != nil {
			n[v.decision.Hit.ID]++
		}
	}
	if len(n) > 0 {
		rules, counts := hitColumns(n)
		b.Queue(sqlHitsAppend, rules, counts)
	}
}

// writeRefusals counts what was refused and removes its content; beyond the
// first hundred of an hour nothing of it stays but the count.
func (w *world) writeRefusals(ctx context.Context, conn *pgxpool.Conn, b *pgx.Batch) error {
	var refused []refusal
	var ids []ingest.ID
	for _, v := range w.decided {
		if v.decision.To == ingest.Refused {
			refused = append(refused, refusal{v.decision.Rule.ID, v.row.channel.ID, v.row.message.ID})
			ids = append(ids, v.row.message.ID)
		}
	}
	if refused == nil {
		return nil
	}
	beyond, err := countRefusals(ctx, conn, refused)
	if err != nil {
		return err
	}
	b.Queue(sqlContentDelete, ids)
	if beyond != nil {
		b.Queue(sqlMessagesDrop, beyond)
	}
	return nil
}

// trailOf writes one stage a line.
func trailOf(lines []ingest.Line) string {
	var sb strings.Builder
	sb.Grow(trailSize)
	for i, l := range lines {
		if i > 0 {
			sb.WriteByte('\n')
		}
		sb.WriteString(l.Stage)
		sb.WriteString(": ")
		sb.WriteString(strings.ReplaceAll(l.Says, "\n", " "))
	}
	return text(sb.String())
}

// trailSize is what most trails need, in octets.
const trailSize = 256
