package pipeline

import "gatehouse/ingest"

// routeChange puts a change where the message is that it means, as that stands:
// it opens nothing, reopens nothing, and whoever made it gets no part by it. The
// provider says which message is meant, so nobody has to show that they may. If
// that message is not known the change is one for itself. Nobody has to answer
// what takes something back or is a reaction: it goes to where the person wrote
// last, and else to a conversation that is closed already.
func routeChange(b *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	what := string(m.Change.Kind)
	for _, a := range f.Thread {
		if a.Conversation != nil {
			d, says := addTo(m, d, a.Conversation)
			return d, what + " of a message there: " + says
		}
	}
	what += " of a message that is not known: "
	silent := m.Change.Kind != ingest.Edit && f.Current == nil
	if silent && f.Last != nil {
		d, says := addTo(m, d, f.Last)
		return d, what + says
	}
	if silent {
		d, says := open(d, &ingest.Opening{Status: ingest.Closed, Imported: history(m, f)}, nil)
		return d, what + says
	}
	d, says := routeNew(b, m, f, d)
	return d, what + says
}

// addTo adds a message to a conversation in which its sender gets no part.
func addTo(m ingest.Message, d ingest.Decision, c *ingest.Conversation) (ingest.Decision, string) {
	d.Contact, d.Appended = c.ContactID, true
	return join(m, d, c)
}
