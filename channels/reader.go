package channels

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// Stamp is what must be known beside an element to read it. It is sealed with
// the element's bytes: the two make the message, at arrival as at any later
// reading, whatever the settings are by then.
type Stamp struct {
	At time.Time `json:"at"` // of receipt
	// Product tells which of a provider's forms the element has. "": it has one.
	Product string `json:"product,omitempty"`
	// Row says that the element is a row of the provider's list, not what it pushes.
	Row bool `json:"row,omitempty"`
	// Region is whose national form the element's numbers may have.
	Region ingest.Region `json:"region,omitzero"`
	// Outer is what stands around the element and is part of its meaning, as the
	// adapter writes it.
	Outer json.RawMessage `json:"outer,omitempty"`
	// Parts says that the element was joined of parts: see [Stamp.Pieces].
	Parts *Parts `json:"parts,omitempty"`
	// Marks are the secrets of the mark on the desk's own mail, which is looked for
	// when it comes; they are not sealed.
	Marks []string `json:"-"`
}

// Stamp is one for what comes now.
func (h Host) Stamp() Stamp {
	return Stamp{At: h.Now().UTC().Truncate(time.Millisecond), Region: h.Region, Marks: h.Marks}
}

// Reading is what an element says.
type Reading struct {
	// Keys are the provider's ids of the message; the first names it for ever,
	// on whichever road it comes.
	Keys []string
	// Content is a hash of what does not differ when the provider sends the
	// message again, or lists it. The zero value means the element's bytes.
	Content ingest.Hash
	// Message needs no more than a sender and what was written. The Reader sets
	// ReceivedAt, Auto, and but for mail, which is whole as it was read, Identities,
	// ReplyText and Thread where they are empty.
	Message ingest.Message
	// Files are what the message carries, in its order, behind the Attachments that
	// Message lists already, as a mail's does.
	Files []File
	// Attached decodes one of those that Message lists already; nil: it lists none.
	Attached func(index int) ([]byte, error)
	// Prints are those of a mail.
	Prints []ingest.Print
	// Part says that the element is only a part of a message; nil: it is whole.
	Part *ingest.PartOf
}

// File is a file of a message: its bytes, or where to ask for them.
type File struct {
	Attachment ingest.Attachment // as the provider describes it
	URL        string            // where the bytes are; "": ask by ID
	ID         string            // by which the provider knows the file
	Bytes      []byte            // what the element holds itself; nil: they are elsewhere
}

// Reader reads one element: the smallest slice of a request, or of a list's
// page, that is a message by itself. It is a function of its arguments alone.
// All that an adapter must do with an element follows from it: the arrival, the
// reading of it later, its attachments, and where its files are.
type Reader func(Stamp, []byte) (Reading, error)

// Arrival is the element's. One that cannot be read is dead with its bytes.
func (read Reader) Arrival(s Stamp, element []byte) ingest.Arrival {
	raw, errSeal := Seal(s, element)
	r, err := read.safely(s, element)
	if errSeal != nil {
		raw, err = element, errSeal
	}
	if err != nil {
		return r.dead(s, element, raw, err)
	}
	return ingest.Arrival{
		Message: r.message(s), Raw: raw, Derived: r.derived(), Keys: r.Keys, Content: r.content(element), Prints: r.Prints, Part: r.Part,
	}
}

// longText is how many octets of a mail's text are stored beside it at most.
const longText = 1 << 20

// derived reports whether the text is read out of the raw form each time. A mail
// would have to be taken apart for it, files and all.
func (r Reading) derived() bool {
	m := r.Message
	return m.Family != ingest.Email || len(m.Text)+len(m.ReplyText)+len(m.HTML) > longText
}

// dead keeps an element that is no message, under its id where that could be
// read, else under what it is: the provider's repeat is a repeat.
func (r Reading) dead(s Stamp, element, raw []byte, why error) ingest.Arrival {
	if !r.named() {
		sum := sha256.Sum256(element)
		r.Keys = []string{"body:" + hex.EncodeToString(sum[:])}
	}
	return ingest.Arrival{
		Message: ingest.Message{ReceivedAt: s.At, Auto: ingest.AutoNone}, Raw: raw, Keys: r.Keys,
		Content: r.content(element), Problem: ingest.ReasonUnreadable, Note: plain(why.Error()),
	}
}

func (r Reading) named() bool { return len(r.Keys) > 0 && r.Keys[0] != "" }

var errNoID = errors.New("the message has no id")

// safely reads what strangers wrote: a panic is an error.
func (read Reader) safely(s Stamp, element []byte) (r Reading, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = Reading{}, fmt.Errorf("reader panicked: %T", p)
		}
	}()
	if r, err = read(s, element); err == nil && !r.named() {
		err = errNoID
	}
	return r, err
}

func (r Reading) content(element []byte) ingest.Hash {
	if r.Content == (ingest.Hash{}) {
		return ingest.Sum(string(element))
	}
	return r.Content
}

// message is the reading's, whole.
func (r Reading) message(s Stamp) ingest.Message {
	m := r.Message
	m.ReceivedAt = s.At
	if m.Auto == "" {
		m.Auto = ingest.AutoNone
	}
	if m.Family != ingest.Email {
		r.complete(&m)
	}
	if c := m.Change; c != nil {
		m.Answers = []string{c.Of}
		if m.Text == "" && !c.Removed {
			m.Text, m.ReplyText = c.Reaction, c.Reaction
		}
	}
	for _, f := range r.Files {
		m.Attachments = append(m.Attachments, f.attachment(len(m.Attachments)))
	}
	return m
}

// complete fills in what follows from the rest.
func (r Reading) complete(m *ingest.Message) {
	if len(m.Identities) == 0 {
		m.Identities = []ingest.Identity{m.From.Identity}
	}
	if m.ReplyText == "" {
		m.ReplyText = m.Text
	}
	if m.Thread == "" {
		m.Thread = r.Keys[0]
	}
}

// attachment is how a message lists the file.
func (f File) attachment(index int) ingest.Attachment {
	a := f.Attachment
	a.Index, a.Status = index, ingest.FilePending
	if a.Disposition == "" {
		a.Disposition = "attachment"
	}
	switch {
	case f.Bytes != nil:
		sum := sha256.Sum256(f.Bytes)
		a.Size, a.SHA256, a.Status = int64(len(f.Bytes)), hex.EncodeToString(sum[:]), ingest.FileStored
	case f.URL == "" && f.ID == "":
		a.Status, a.Error = ingest.FileFailed, string(safehttp.Address) // nobody says where it is
	}
	return a
}

// again reads a raw form that Arrival made.
func (read Reader) again(raw []byte) (r Reading, s Stamp, err error) {
	element, err := Unseal(raw, &s)
	if err != nil {
		return r, s, err
	}
	r, err = read.safely(s, element)
	return r, s, err
}

// Reread is Kind.Reread.
func (read Reader) Reread(raw []byte) (ingest.Message, error) {
	r, s, err := read.again(raw)
	if err != nil {
		return ingest.Message{}, err
	}
	return r.message(s), nil
}

// File is the file of a message that its attachment of that index stands for.
func (read Reader) File(raw []byte, index int) (File, error) {
	r, _, err := read.again(raw)
	if err != nil {
		return File{}, err
	}
	return r.file(index)
}

func (r Reading) file(index int) (File, error) {
	listed := len(r.Message.Attachments)
	switch behind := index - listed; {
	case index < 0 || behind >= len(r.Files):
		return File{}, fmt.Errorf("attachment %d: %w", index, ingest.ErrNotFound)
	case behind >= 0:
		return r.Files[behind], nil
	}
	b, err := r.Attached(index)
	if b == nil {
		b = []byte{} // a file of no octets is one
	}
	return File{Attachment: r.Message.Attachments[index], Bytes: b}, err
}

// Attachment is Kind.Attachment: the bytes that the raw form holds itself.
func (read Reader) Attachment(raw []byte, index int) ([]byte, error) {
	f, err := read.File(raw, index)
	if err == nil && f.Bytes == nil {
		err = fmt.Errorf("attachment %d is not in the message: %w", index, ingest.ErrNotFound)
	}
	return f.Bytes, err
}
