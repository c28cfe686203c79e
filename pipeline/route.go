package pipeline

import (
	"fmt"
	"time"

	"gatehouse/ingest"
)

// route finds the message's place: the conversation it joins, reopens or
// opens, or its ticket in the blocked list.
func route(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	switch d.To {
	case ingest.Refused:
		return d, "nothing is kept of it"
	case ingest.Held:
		return file(m, f, d)
	}
	if m.Change != nil {
		return routeChange(b, m, f, d)
	}
	return routeNew(b, m, f, d)
}

func routeNew(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	if m.Family.OneAtATime() {
		return routeTalk(b, m, f, d)
	}
	return routeThread(b, m, f, d)
}

// file puts a held message with those that would have been in one
// conversation with it.
func file(m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	if m.Family.OneAtATime() {
		d.Ticket = f.Ticket
	} else {
		d.Ticket = threadTicket(f.Thread)
	}
	if d.Ticket.IsZero() {
		return d, "a new ticket in the blocked list"
	}
	return d, "joins ticket " + d.Ticket.String()
}

// routeTalk routes where a contact has one unclosed conversation a channel. A
// closed one is never reopened. History joins history.
func routeTalk(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	if history(m, f) {
		if f.Last != nil && f.Last.Imported {
			return join(m, d, f.Last)
		}
		return open(d, opening(b, m, f, nil), nil)
	}
	if f.Current != nil {
		return join(m, d, f.Current)
	}
	return open(d, opening(b, m, f, f.Last), f.Last)
}

// join adds the message to a conversation. Mail that is not proven gets in by
// a token only, and then speaks for whom the token was given to.
func join(m ingest.Message, d ingest.Decision, c *ingest.Conversation) (ingest.Decision, string) {
	d.Conversation = c.ID
	if m.Unproven && d.Contact.IsZero() {
		d.Contact = c.ContactID
	}
	if c.Status == ingest.Closed {
		return d, "joins " + called(c) + ", which stays closed"
	}
	return d, "joins " + called(c)
}

func reopen(m ingest.Message, d ingest.Decision, c *ingest.Conversation, s ingest.Status) (ingest.Decision, string) {
	d, _ = join(m, d, c)
	d.Reopens, d.Opens = true, &ingest.Opening{Status: s}
	return d, fmt.Sprintf("reopens %s for %s, closed %s", called(c), s, c.ClosedAt.UTC().Format(time.DateTime))
}

func open(d ingest.Decision, o *ingest.Opening, after *ingest.Conversation) (ingest.Decision, string) {
	d.Opens = o
	says := fmt.Sprintf("a new conversation, %s", o.Status)
	if o.Imported {
		says += ", imported"
	}
	if after != nil {
		says += ", continues " + called(after)
	}
	return d, says
}

// opening is how a new conversation begins.
func opening(b *Book, m ingest.Message, f ingest.Facts, after *ingest.Conversation) *ingest.Opening {
	if history(m, f) {
		return &ingest.Opening{Status: ingest.Closed, Imported: true}
	}
	o := &ingest.Opening{Status: desk(b, m, f)}
	if after != nil {
		o.Continues = after.ID
	}
	return o
}

// history reports whether the message is from before the channel's time. What
// a person releases is there to be read, however old.
func history(m ingest.Message, f ingest.Facts) bool { return m.Historic && f.Pass == nil }

// desk is who gets what becomes unclosed: the bot if it is on, else people. No
// bot answers a program, and none unasked what waited long for its release.
func desk(b *Book, m ingest.Message, f ingest.Facts) ingest.Status {
	if f.Pass != nil {
		switch f.Pass.To {
		case "bot":
			return ingest.Bot
		case "unassigned":
			return ingest.Unassigned
		}
		if f.Now.Sub(m.ReceivedAt) >= time.Duration(b.settings.BotMaxAge) {
			return ingest.Unassigned
		}
	}
	if !b.settings.BotEnabled || m.Auto.Machine() {
		return ingest.Unassigned
	}
	return ingest.Bot
}

// called names a conversation for people; one that this transaction opened
// has no number yet.
func called(c *ingest.Conversation) string {
	if c.Number == 0 {
		return "conversation " + c.ID.String()
	}
	return fmt.Sprintf("conversation %d", c.Number)
}
