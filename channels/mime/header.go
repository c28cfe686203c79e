package mime

import (
	"strings"
	"time"

	"gatehouse/ingest"
)

// envelope reads what a mail's header says of it.
func (r *reader) envelope(root *entity) Mail {
	h := &root.head
	r.charset = hintAt(root)
	r.hintNames(root)
	m := Mail{AutoReasons: []string{}, Auto: string(ingest.AutoNone)}
	m.MessageID = firstID(h.Get("Message-Id"))
	if m.MessageID == "" {
		r.flaw("missing_message_id", "", "")
	}
	answers := messageIDs(strings.Join(h.Values("In-Reply-To"), " "), maxIDs)
	if len(answers) > 0 {
		m.InReplyTo = answers[0]
	}
	m.References = references(messageIDs(strings.Join(h.Values("References"), " "), maxIDs), answers)
	m.Subject = r.subject(firstFilled(h.Values("Subject")))
	m.Sender = first(r.addresses(root, "Sender"))
	m.ReplyTo, m.To = r.addresses(root, "Reply-To"), r.addresses(root, "To")
	m.CC, m.BCC = r.addresses(root, "Cc"), r.addresses(root, "Bcc")
	from := r.addresses(root, "From")
	m.From, m.Authors = r.author(root, from, m.Sender), authors(from)
	r.date(&m, root)
	r.duplicates(root)
	m.Unproven = len(m.Authors) > 1
	m.Spam = spamHeaders(h.Get)
	return m
}

func (r *reader) subject(value string) string {
	s, ok := decodeHeaderText(value, r.charset)
	if !ok {
		r.flaw("bad_encoded_word", "", "Subject")
	}
	if strings.ContainsAny(s, "\r\n") {
		s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '\r' || c == '\n' }), " ")
	}
	return strings.TrimSpace(s)
}

// firstFilled is the first value that says anything.
func firstFilled(values []string) string {
	for _, v := range values {
		if strings.TrimSpace(v) != "" {
			return v
		}
	}
	return ""
}

// addresses reads all fields of a name as one list.
func (r *reader) addresses(root *entity, name string) []ingest.Mailbox {
	value := root.head.Get(name)
	if all := root.head.Values(name); len(all) > 1 {
		value = strings.Join(all, ", ")
	}
	if value == "" {
		return []ingest.Mailbox{}
	}
	list, over := parseAddresses(value, r.charset)
	if over {
		r.limit("limit_addresses", "", name)
	}
	for _, box := range list {
		if !wellFormed(box.Address) {
			r.flaw("bad_address", "", name)
			break
		}
	}
	if list == nil {
		return []ingest.Mailbox{}
	}
	return list
}

// author is the first usable mailbox of From, else of Sender or Return-Path.
func (r *reader) author(root *entity, from []ingest.Mailbox, sender *ingest.Mailbox) *ingest.Mailbox {
	if len(from) == 0 {
		r.flaw("missing_from", "", "")
	}
	for i := range from {
		if from[i].Address != "" {
			return &from[i]
		}
	}
	if sender != nil && sender.Address != "" {
		return sender
	}
	if back := first(r.addresses(root, "Return-Path")); back != nil && back.Address != "" {
		return back
	}
	return first(from)
}

// authors lists the addresses of From, those that are the same mailbox once.
// One mailbox after another in From costs no more than a header may: the list is
// bounded by maxAuthors.
func authors(from []ingest.Mailbox) []string {
	list, seen := []string{}, map[string]bool{}
	for _, box := range from {
		address, err := ingest.CanonicalEmail(box.Address)
		if err == nil && !seen[address] && len(list) < maxAuthors {
			seen[address] = true
			list = append(list, box.Address)
		}
	}
	return list
}

func first(list []ingest.Mailbox) *ingest.Mailbox {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// date takes the Date, else the newest of the Received lines.
func (r *reader) date(m *Mail, root *entity) {
	m.DateSource = "none"
	values := root.head.Values("Date")
	for _, value := range values {
		if t, ok := parseDate(value); ok {
			m.Date, m.DateSource = t.Format(time.RFC3339), "date"
			return
		}
	}
	if value := firstFilled(values); value == "" {
		r.flaw("missing_date", "", "")
	} else {
		r.flaw("bad_date", "", value)
	}
	var newest time.Time
	for _, line := range root.head.Values("Received") {
		if t, ok := parseDate(line[strings.LastIndexByte(line, ';')+1:]); ok && t.After(newest) {
			newest = t
			m.Date, m.DateSource = t.Format(time.RFC3339), "received"
		}
	}
}

// duplicates lists fields that RFC 5322 §3.6 allows once.
func (r *reader) duplicates(root *entity) {
	for _, name := range []string{"From", "To", "Cc", "Subject", "Date", "Message-Id", "Content-Type"} {
		if root.head.FieldsByKey(name).Len() > 1 {
			r.flaw("duplicate_header", "", name)
		}
	}
}
