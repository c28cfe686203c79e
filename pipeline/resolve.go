package pipeline

import (
	"strings"

	"gatehouse/ingest"
)

// resolve finds whose message it is, and says how that is known.
func resolve(_ *Book, m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	d, says := whose(m, f, d)
	return d, known(m.Origin) + says
}

// known says why the sender is who it is; nothing where From was taken as it
// stands.
func known(o *ingest.Origin) (says string) {
	if o == nil {
		return ""
	}
	if o.Header != "" {
		says = "the sender is named by " + o.Header + ", since From is " + o.From + "; "
	}
	switch {
	case o.Says != "":
		says += "sender check: " + string(o.Check) + " (" + o.Says + "); "
	case o.Check != ingest.CheckNone:
		says += "sender check: " + string(o.Check) + "; "
	}
	return says
}

// whose finds whose message it is. Mail that failed its sender check joins
// nobody by its From; once held it has a contact of its own and keeps it.
func whose(m ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	names := named(m)
	switch {
	case f.Copy != nil:
		return d, "nobody: the desk itself sent it"
	case severalAuthors(m) && f.Pass == nil:
		return d, "From names several senders, so none of them is proven: joins no contact by " + names
	case m.Unproven && (f.Contact == nil || f.Pass == nil):
		return d, "the sender is not proven: joins no contact by " + names
	case f.Contact != nil:
		d.Contact = f.Contact.ID
		return d, "contact " + d.Contact.String()
	case names == "nothing":
		return d, "nobody: it came without an address to rely on"
	}
	return d, "nobody is known yet by " + names
}

// severalAuthors reports mail that is unproven for that alone.
func severalAuthors(m ingest.Message) bool {
	n := 0
	for range m.Joining() {
		n++
	}
	return m.Unproven && m.Origin == nil && m.Family == ingest.Email && n > 1
}

// named lists the identities that join.
func named(m ingest.Message) string {
	var keys []string
	for id := range m.Joining() {
		keys = append(keys, id.Key())
	}
	if keys == nil {
		return "nothing"
	}
	return strings.Join(keys, ", ")
}
