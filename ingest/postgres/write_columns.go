package postgres

import (
	"sort"
	"time"

	"gatehouse/ingest"
)

type conversationColumns struct {
	id, contact, continues, claims []ingest.ID
	channel, n                     []int32
	family, status, subject        []string
	lastAt                         []time.Time
	job                            []int64
	imported                       []bool
}

func (c *conversationColumns) add(t *talk, family string) {
	c.id, c.contact, c.continues = append(c.id, t.ID), append(c.contact, t.whose), append(c.continues, t.Continues)
	c.claims = append(c.claims, t.Claims)
	c.channel, c.n = append(c.channel, t.channelID), append(c.n, int32(t.added))
	c.family, c.status, c.subject = append(c.family, family), append(c.status, string(t.Status)), append(c.subject, text(t.Subject))
	c.lastAt, c.job, c.imported = append(c.lastAt, t.lastAt), append(c.job, t.ReleasedBy), append(c.imported, t.Imported)
}

// heldTicket is what a batch adds to one ticket.
type heldTicket struct {
	id, contact ingest.ID
	channel     int32
	n           int32
	rule        int64
	reason      string
	domain      string
	passed      int32 // 1: its newest message's sender passed their check
	isNew       bool
}

// heldTickets sums what the batch held, by ticket in id order; the newest
// message says what holds the ticket.
func (w *world) heldTickets() []*heldTicket {
	byID := map[ingest.ID]*heldTicket{}
	var list []*heldTicket
	for _, v := range w.decided {
		d := &v.decision
		if d.To != ingest.Held {
			continue
		}
		t := byID[d.Ticket]
		if t == nil {
			t = &heldTicket{id: d.Ticket, contact: v.whose, channel: v.row.channel.ID, isNew: v.newTicket}
			byID[d.Ticket] = t
			list = append(list, t)
		}
		t.n++
		t.rule, t.reason = ruleID(d), string(d.Reason)
		t.domain, t.passed = v.row.message.From.Domain(), passedCheck(v.row)
	}
	sort.Slice(list, func(i, j int) bool { return string(list[i].id[:]) < string(list[j].id[:]) })
	return list
}

// passedCheck is 1 if the provider vouches for the sender, or the mail's sender
// check was passed.
func passedCheck(r *row) int32 {
	if m := &r.message; !m.Unproven && m.From.How == ingest.Verified {
		return 1
	}
	return 0
}

func ruleID(d *ingest.Decision) int64 {
	if d.Rule == nil {
		return 0
	}
	return d.Rule.ID
}

type ticketColumns struct {
	id, contact []ingest.ID
	channel, n  []int32
	rule        []int64
	reason      []string
	domain      []string
	passed      []int32
}

func (c *ticketColumns) add(t *heldTicket) {
	c.id, c.contact = append(c.id, t.id), append(c.contact, t.contact)
	c.channel, c.n = append(c.channel, t.channel), append(c.n, t.n)
	c.rule, c.reason = append(c.rule, t.rule), append(c.reason, t.reason)
	c.domain, c.passed = append(c.domain, text(t.domain)), append(c.passed, t.passed)
}

type messageColumns struct {
	id, contact, conversation, ticket []ingest.ID
	state, reason, trail              []string
	rule                              []int64
}

func newMessageColumns(n int) *messageColumns {
	ids, texts := make([]ingest.ID, 4*n), make([]string, 3*n)
	return &messageColumns{
		id: ids[0:0:n], contact: ids[n : n : 2*n], conversation: ids[2*n : 2*n : 3*n], ticket: ids[3*n : 3*n : 4*n],
		state: texts[0:0:n], reason: texts[n : n : 2*n], trail: texts[2*n : 2*n : 3*n], rule: make([]int64, 0, n),
	}
}

func (c *messageColumns) add(v *verdict) {
	d := &v.decision
	c.id, c.contact = append(c.id, v.row.message.ID), append(c.contact, v.whose)
	c.conversation, c.ticket = append(c.conversation, d.Conversation), append(c.ticket, d.Ticket)
	c.state, c.reason = append(c.state, string(d.To)), append(c.reason, string(d.Reason))
	c.trail, c.rule = append(c.trail, trailOf(d.Trail)), append(c.rule, ruleID(d))
}
