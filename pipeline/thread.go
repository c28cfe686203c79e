package pipeline

import (
	"time"

	"gatehouse/ingest"
)

// routeThread routes where a thread is a conversation: to one that the sender
// holds a token of, else to that of the nearest message it answers and may
// claim. Only a person's answer reopens one, soon after it was closed; a release
// reopens none. What the desk itself sent goes where it sent it.
func routeThread(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	if f.Copy != nil {
		d.Contact, d.Appended = f.Copy.ContactID, true
		d, says := join(m, d, f.Copy)
		return d, "a copy of what the desk sent: " + says
	}
	a, foreign := claimed(m, f.Thread)
	switch {
	case a != nil && a.Token:
		d, says := answer(b, m, f, d, a.Conversation)
		return d, "by its reply token: " + says
	case a != nil:
		return answer(b, m, f, d, a.Conversation)
	}
	o := opening(b, m, f, nil)
	if foreign == nil {
		return open(d, o, nil)
	}
	o.Claims = foreign.ID
	d, says := open(d, o, nil)
	return d, "claims to answer " + called(foreign) + " but its sender has no part in it: " + says
}

// answer adds a mail to a conversation that it may claim, or to what continues
// it.
func answer(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision, c *ingest.Conversation) (ingest.Decision, string) {
	if history(m, f) {
		return joinThread(m, f, d, c)
	}
	c = latest(c, f.Thread)
	switch {
	case c.Status != ingest.Closed || m.Auto.Machine():
		return joinThread(m, f, d, c)
	case reopens(b, c, f):
		return reopen(m, d, c, desk(b, m, f))
	}
	return open(d, opening(b, m, f, c), c)
}

// joinThread joins as a sender who has a part in the conversation, or as a
// program that has none.
func joinThread(m ingest.Message, f ingest.Facts, d ingest.Decision, c *ingest.Conversation) (ingest.Decision, string) {
	if m.Unproven || hasPart(c, f.Thread) {
		return join(m, d, c)
	}
	d.Contact, d.Appended = c.ContactID, true
	d, says := join(m, d, c)
	return d, says + ", " + string(m.Auto) + " by a program that has no part in it"
}

// claimed finds the nearest ancestor whose conversation may be claimed, and the
// nearest conversation of the others.
func claimed(m ingest.Message, thread []ingest.Ancestor) (a *ingest.Ancestor, foreign *ingest.Conversation) {
	for i := range thread {
		switch a := &thread[i]; {
		case a.Conversation == nil:
		case a.Belongs || reportsOn(m, *a):
			return a, foreign
		case foreign == nil:
			foreign = a.Conversation
		}
	}
	return nil, foreign
}

// reportsOn reports whether a program that has no part in the conversation may
// write into it: a mail server on whatever it could not deliver, others on what
// the desk sent, since nobody else knows its name. The conversation stays as it
// is and the program's address gets no part in it.
func reportsOn(m ingest.Message, a ingest.Ancestor) bool {
	switch {
	case m.Unproven:
		return false
	case m.Auto == ingest.AutoBounce:
		return true
	}
	return a.Ours && (m.Auto == ingest.AutoReply || m.Auto == ingest.AutoFeedback)
}

// hasPart reports whether the sender has a part in the conversation.
func hasPart(c *ingest.Conversation, thread []ingest.Ancestor) bool {
	for _, a := range thread {
		if a.Belongs && a.Conversation != nil && a.Conversation.ID == c.ID {
			return true
		}
	}
	return false
}

// latest follows a closed conversation to the one that continues it, so that
// two answers to one old mail do not open two.
func latest(c *ingest.Conversation, thread []ingest.Ancestor) *ingest.Conversation {
	for range thread {
		next := c
		for _, a := range thread {
			if a.Conversation != nil && a.Belongs && a.Conversation.Continues == c.ID {
				next = a.Conversation
			}
		}
		if c.Status != ingest.Closed || next == c {
			return c
		}
		c = next
	}
	return c
}

// reopens reports whether an answer reopens the closed conversation. History
// has no day on which it was closed.
func reopens(b *Book, c *ingest.Conversation, f ingest.Facts) bool {
	if f.Pass != nil || c.Imported || c.ClosedAt == nil {
		return false
	}
	return f.Now.Sub(*c.ClosedAt) < time.Duration(b.settings.ReopenWithin)
}

// threadTicket finds the ticket of the nearest held ancestor that may be
// claimed.
func threadTicket(thread []ingest.Ancestor) ingest.ID {
	for _, a := range thread {
		if !a.Ticket.IsZero() && a.Belongs {
			return a.Ticket
		}
	}
	return ingest.ID{}
}
