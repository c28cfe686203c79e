package ingest

// Origin says how the sender of a mail is known.
type Origin struct {
	Check Check  `json:"check"`
	Says  string `json:"says"` // what the check rests on, for people
	// Header names the header that names the sender where From names a form, a
	// list or a gateway; From is that one's address then.
	Header string `json:"header,omitempty"`
	From   string `json:"from,omitempty"`
}

// Check is how the check of a mail's sender ended.
type Check string

// The ends of a sender check. Mail that failed it is unproven; a sender who
// passed it is verified; of the others From is believed as it stands.
const (
	CheckPassed  Check = "pass"    // the domain of From vouches for the mail
	CheckFailed  Check = "fail"    // the domain of From disowns such mail
	CheckNone    Check = "none"    // nothing speaks for it or against it
	CheckUnknown Check = "unknown" // it could not be made: a temporary trouble
)

// Believe notes what is known of the sender of a mail. Only what From itself
// names is verified by a check that passed.
func (m *Message) Believe(o Origin) {
	m.Origin = &o
	m.Unproven = m.Unproven || o.Check == CheckFailed
	if o.Check != CheckPassed || o.Header != "" || m.Unproven || m.From.Kind == "" {
		return
	}
	for i := range m.Identities {
		if m.Identities[i] == m.From.Identity {
			m.Identities[i].How = Verified
		}
	}
	m.From.How = Verified
}
