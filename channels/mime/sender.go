package mime

import (
	"bytes"
	"context"
	"strings"

	"gatehouse/ingest"
)

// Senders tells who sent the mails of one channel, and how well that is known.
// The zero Senders takes From for what it says.
type Senders struct {
	// AuthServID is the name of the server whose Authentication-Results are
	// believed (RFC 8601 §2.5); "" believes none, "-" results without a name.
	AuthServID string
	// Keys asks the DNS about mail on which no such results are found; nil: it
	// is not asked.
	Keys *Keys
	// Forms are the addresses in From of forms and services that write for
	// people: Reply-To is the person.
	Forms Addresses
	// Gateways are the addresses in From of lists and gateways that put
	// themselves there: X-Original-From is the person, else X-Original-Sender,
	// else Reply-To.
	Gateways Addresses
	// Marks are the secrets of the desk's own mark, see ingest.Mark.
	Marks []string
}

// Tell completes a message that was read from a whole mail. It asks the DNS, so
// it belongs in no transaction; ctx ends it, which leaves the check unknown.
func (s *Senders) Tell(ctx context.Context, raw []byte, m *ingest.Message) {
	s.tell(raw, m, func(domain string) finding { return s.Keys.check(ctx, raw, domain) })
}

// TellQuietly completes a message that was read from a whole mail, as Tell
// does, but asks nobody: signatures say nothing.
func (s *Senders) TellQuietly(_ context.Context, raw []byte, m *ingest.Message) {
	s.tell(raw, m, func(string) finding {
		return finding{ingest.CheckUnknown, "it was read with care, and no signature verified"}
	})
}

// TellByHeader completes a message of which the header is at hand: nobody is
// asked, and signatures say nothing.
func (s *Senders) TellByHeader(header []byte, m *ingest.Message) {
	s.tell(header, m, func(string) finding { return finding{ingest.CheckNone, "no signature was verified"} })
}

var markHeader = []byte(strings.ToLower(ingest.MarkHeader))

// finding is what a check found.
type finding struct {
	check ingest.Check
	says  string
}

// checks reports whether anything is asked about the senders.
func (s *Senders) checks() bool { return s.AuthServID != "" || s.Keys != nil }

func (s *Senders) tell(raw []byte, m *ingest.Message, verify func(domain string) finding) {
	named := len(s.Forms) > 0 || len(s.Gateways) > 0
	if !s.checks() && !named && len(s.Marks) == 0 {
		return
	}
	r := newReader(Options{})
	block, _ := splitHeader(r, "", tidy(r, raw))
	if !s.checks() && !named && !bytes.Contains(bytes.ToLower(block), markHeader) {
		return
	}
	root := r.entity("", block, nil)
	s.tellLoop(root, m)
	if m.Unproven || m.From.Kind == "" || !s.checks() && !named {
		return // several authors, or none
	}
	origin := ingest.Origin{Check: ingest.CheckNone}
	if s.checks() {
		found := s.check(root, m, verify)
		origin.Check, origin.Says = found.check, shorten(clean(found.says), 300)
	}
	taken := origin.Check != ingest.CheckFailed && s.take(r, root, m, &origin)
	if s.checks() || taken {
		m.Believe(origin)
	}
}

// tellLoop tells mail that the desk sent itself by its mark. Reports on such
// mail have no mark of their own.
func (s *Senders) tellLoop(root *entity, m *ingest.Message) {
	if m.Auto == ingest.AutoBounce || m.Auto == ingest.AutoFeedback {
		return
	}
	for i, value := range root.head.Values(ingest.MarkHeader) {
		if i < 5 && ingest.Marked(value, s.Marks) {
			m.Auto = ingest.AutoLoop
		}
	}
}

// check finds out whether the domain of From vouches for the mail: the believed
// server says so, or a signature does.
func (s *Senders) check(root *entity, m *ingest.Message, verify func(domain string) finding) finding {
	domain := asciiDomain(m.From.Address)
	if domain == "" || looksLikeAnother(domain) {
		return finding{ingest.CheckNone, "nobody vouches for such a domain"}
	}
	found, signatures := s.results(root, domain)
	if s.Keys == nil || found.check != ingest.CheckNone || signatures {
		return found
	}
	return verify(domain)
}
