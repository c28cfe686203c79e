package postgres

import "gatehouse/ingest"

// threadFacts is what a mail answers, and what it may claim of it; the contact
// is its sender's, zero if that is nobody yet, and whose the one that has their
// address, if they were merged.
func (w *world) threadFacts(r *row, contact, whose ingest.ID) []ingest.Ancestor {
	var list []ingest.Ancestor
	for _, n := range r.holds {
		if t := w.numbered[n]; t != nil && t.channelID == r.channel.ID {
			list = append(list, ingest.Ancestor{Conversation: &t.Conversation, Belongs: true, Token: true})
		}
	}
	for _, h := range r.answerHashes() {
		for _, a := range w.ancestors[thread{r.channel.ID, h}] {
			if x, ok := w.ancestorFacts(r, a, contact, whose); ok {
				list = append(list, x)
			}
		}
	}
	return append(list, w.continuations(r, list, contact)...)
}

func (w *world) ancestorFacts(r *row, a *ancestor, contact, whose ingest.ID) (ingest.Ancestor, bool) {
	switch {
	case a.state == ingest.Conversed && w.conversations[a.conversation] != nil:
		t := w.conversations[a.conversation]
		return ingest.Ancestor{Conversation: &t.Conversation, Ours: a.id.IsZero(), Belongs: w.belongs(r, t, contact)}, true
	case a.state == ingest.Held && w.known[a.ticket]:
		return ingest.Ancestor{Ticket: a.ticket, Belongs: !whose.IsZero() && a.contact == whose}, true
	}
	return ingest.Ancestor{}, false
}

// continuations follows closed conversations to what continues them.
func (w *world) continuations(r *row, thread []ingest.Ancestor, contact ingest.ID) []ingest.Ancestor {
	var next []ingest.Ancestor
	for _, a := range thread {
		if a.Conversation == nil || a.Conversation.Status != ingest.Closed {
			continue
		}
		for _, t := range w.continued[a.Conversation.ID] {
			next = append(next, ingest.Ancestor{Conversation: &t.Conversation, Belongs: a.Belongs || w.belongs(r, t, contact)})
		}
	}
	if next == nil {
		return nil
	}
	return append(next, w.continuations(r, next, contact)...)
}

// belongs reports whether the sender has a part in a conversation: it is theirs,
// they wrote in it, or the desk wrote to them.
func (w *world) belongs(r *row, t *talk, contact ingest.ID) bool {
	if !contact.IsZero() && (t.ContactID == contact || w.members[member{t.ID, contact}]) {
		return true
	}
	for _, i := range r.joining() {
		if w.participants[participant{t.ID, address{i.Kind, i.Value}}] {
			return true
		}
	}
	return false
}

// copyOf is the conversation in which the desk sent this very mail; nil if it
// did not. Whoever got it knows its name: the sender must be the desk's, and
// not one that failed its check.
func (w *world) copyOf(r *row) *talk {
	if r.thread == nil || r.message.Unproven || r.channel.Family != ingest.Email {
		return nil
	}
	s, ok := w.copies[thread{r.channel.ID, [16]byte(r.thread)}]
	if !ok || s.sender != r.message.From.Key() {
		return nil
	}
	return w.conversations[s.conversation]
}
