package postgres

import (
	"fmt"
	"slices"

	"gatehouse/ingest"
)

// apply takes a decision in: ids for what is new, and the facts that the
// messages after it will see.
func (w *world) apply(r *row, d ingest.Decision) {
	v := &verdict{row: r, decision: d}
	switch d.To {
	case ingest.Conversed:
		w.settleContact(v)
		w.joinConversation(v)
		w.buckets.draw(d.Draws, r.message.ReceivedAt)
	case ingest.Held:
		w.settleContact(v)
		w.joinTicket(v)
	case ingest.Refused:
		v.whose = w.contactOf(r)
		v.decision.Contact = w.survivors[v.whose]
	default:
		panic(fmt.Sprintf("no decision for message %s", r.message.ID)) // Decide is total
	}
	w.remember(v)
	w.decided = append(w.decided, v)
}

// settleContact finds or makes the message's contact.
func (w *world) settleContact(v *verdict) {
	d := &v.decision
	v.whose = w.contactOf(v.row)
	switch {
	case d.Contact.IsZero() && v.whose.IsZero():
		v.whose, v.newContact = ingest.NewID(w.now), true
		w.contacts[v.whose], w.survivors[v.whose] = &person{created: w.now}, v.whose
		d.Contact = v.whose
	case d.Contact.IsZero():
		d.Contact = w.survivors[v.whose]
	case d.Contact != w.survivors[v.whose]:
		v.whose = w.whoseTalk(d)
	}
	if d.Appended {
		return // a program wrote: its address is not that person's
	}
	for _, i := range v.row.joining() {
		if key := (address{i.Kind, i.Value}); w.owners[key].IsZero() {
			w.owners[key] = v.whose
			v.newIdentities = append(v.newIdentities, i)
		}
	}
}

// whoseTalk is the contact of the conversation that a message joins without its
// own address having to do with it.
func (w *world) whoseTalk(d *ingest.Decision) ingest.ID {
	if t := w.conversations[d.Conversation]; t != nil && t.ContactID == d.Contact {
		return t.whose
	}
	return d.Contact
}

func (w *world) joinConversation(v *verdict) {
	d, r := &v.decision, v.row
	t := w.conversations[d.Conversation]
	if t == nil {
		t = w.newConversation(v)
	} else if d.Reopens && t.Status == ingest.Closed {
		t.Status, t.reopened = d.Opens.Status, true
	}
	d.Conversation = t.ID
	t.added++
	if at := r.message.ReceivedAt; at.After(t.lastAt) {
		t.lastAt = at
	}
	w.members[member{t.ID, d.Contact}] = true
	if p := w.contacts[d.Contact]; p != nil && p.talkedAt.IsZero() { // nil: a token's holder writes for another
		p.talkedAt = w.now
	}
}

func (w *world) newConversation(v *verdict) *talk {
	d, r := &v.decision, v.row
	t := &talk{channelID: r.channel.ID, isNew: true}
	t.ID, t.ContactID, t.whose, t.Channel = ingest.NewID(w.now), d.Contact, v.whose, r.channel.Name
	t.Kind, t.Subject = r.channel.Kind, r.message.Subject
	t.Status, t.Continues, t.Claims, t.Imported = d.Opens.Status, d.Opens.Continues, d.Opens.Claims, d.Opens.Imported
	t.OpenedAt = w.now
	if t.Status == ingest.Closed {
		t.ClosedAt, t.ClosedBy = &w.now, closedFromTheFirst(t.Imported)
	}
	if r.pass != nil {
		t.ReleasedBy = r.pass.Job
	}
	v.newTalk = t
	w.keep(t)
	if t.Status != ingest.Closed {
		w.current[place{d.Contact, r.channel.ID}] = t
	}
	return t
}

// closedFromTheFirst says who closed a conversation that was never open: it is
// history, or nobody has to answer what is in it.
func closedFromTheFirst(imported bool) string {
	if imported {
		return "import"
	}
	return "change"
}

func (w *world) joinTicket(v *verdict) {
	d, r := &v.decision, v.row
	if d.Ticket.IsZero() || !w.known[d.Ticket] {
		d.Ticket, v.newTicket = ingest.NewID(w.now), true
		w.known[d.Ticket] = true
	}
	if r.channel.Family.OneAtATime() {
		w.tickets[place{v.whose, r.channel.ID}] = d.Ticket
	}
}

// remember makes the message an ancestor of those after it: the first of its
// name, but for what the desk sent.
func (w *world) remember(v *verdict) {
	if v.row.thread == nil {
		return
	}
	d := &v.decision
	key := thread{v.row.channel.ID, [16]byte(v.row.thread)}
	now := &ancestor{id: v.row.message.ID, state: d.To, contact: v.whose, conversation: d.Conversation, ticket: d.Ticket}
	for i, a := range w.ancestors[key] {
		if a.id == now.id {
			w.ancestors[key][i] = now
			return
		}
	}
	at := 0
	if list := w.ancestors[key]; len(list) > 0 && list[0].id.IsZero() {
		at = 1
	}
	w.ancestors[key] = slices.Insert(w.ancestors[key], at, now)
}
