package pipeline

import (
	"time"

	"gatehouse/ingest"
)

// routeThread routes where a thread is a conversation: to that of the nearest
// message it answers and may claim. Only a person's answer reopens one, soon
// after it was closed; a release reopens none.
func routeThread(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	c, foreign := claimed(f.Thread)
	if c == nil {
		d, says := open(d, opening(b, m, f, nil), nil)
		if foreign != nil {
			says = "claims to answer " + called(foreign) + " but its sender has no part in it: " + says
		}
		return d, says
	}
	if history(m, f) {
		return join(m, d, c)
	}
	c = latest(c, f.Thread)
	switch {
	case c.Status != ingest.Closed || m.Auto.Machine():
		return join(m, d, c)
	case reopens(b, c, f):
		return reopen(m, d, c, desk(b, m, f))
	}
	return open(d, opening(b, m, f, c), c)
}

// claimed finds the conversation of the nearest ancestor that may be claimed,
// and the nearest of the others.
func claimed(thread []ingest.Ancestor) (c, foreign *ingest.Conversation) {
	for _, a := range thread {
		switch {
		case a.Conversation == nil:
		case a.Belongs:
			return a.Conversation, foreign
		case foreign == nil:
			foreign = a.Conversation
		}
	}
	return nil, foreign
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
