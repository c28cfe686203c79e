package ingest

// Notice is what a sender is to be told about a message or a word of theirs. The
// store never sends: it asks, by an event, whoever sends for the desk.
type Notice string

// What senders are told. Whom a rule of people keeps out learns nothing: a ban
// must not tell that the address is read, a block or blacklist not that it
// stands.
const (
	NoticeSize     Notice = "size"        // the mail is larger than the mailbox takes
	NoticeClosed   Notice = "closed_mode" // whoever is not allowed is held
	NoticeOptedOut Notice = "opted_out"   // they wrote STOP, and are written to no more
	NoticeOptedIn  Notice = "opted_in"    // they wrote START
)

// NoticeOf says what the first decision on a message gives reason to tell its
// sender; "": nothing. A program is told nothing, for two of them would go on
// telling each other, nor is a sender who is not proven, for it is somebody else
// who would read it.
func NoticeOf(m Message, d Decision) Notice {
	switch {
	case !tellable(m, d):
	case d.Reason == ReasonSize && d.To == Held:
		return NoticeSize
	case d.Reason == ReasonClosedMode && d.To == Held:
		return NoticeClosed
	}
	return ""
}

// OptNotice says what a sender is told who opted by a word. Providers that hear
// of it by themselves say so themselves.
func OptNotice(m Message, d Decision) Notice {
	switch {
	case m.OptWord == "" || !tellable(m, d):
	case m.Opt == OptOut:
		return NoticeOptedOut
	case m.Opt == OptIn:
		return NoticeOptedIn
	}
	return ""
}

func tellable(m Message, d Decision) bool {
	return d.Rule == nil && !m.Historic && !m.Unproven && !m.Auto.Machine() && m.Auto != AutoList
}
