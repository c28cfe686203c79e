package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// around is what must be known beside an element to make its message: it goes with
// the element's bytes, so the message reads the same whatever the settings are
// later. The stamp's Product is the kind of body.
type around struct {
	Key  string     `json:"key,omitempty"`  // names the message where the map finds no id
	Type string     `json:"type,omitempty"` // Content-Type, where the body cannot be read without
	Map  fields     `json:"map"`
	Kind string     `json:"kind,omitempty"`
	How  ingest.How `json:"how"`
	// Delivery is what names a mail where the map finds no id; "": its bytes do.
	Delivery string `json:"delivery,omitempty"`
	senders
	// Outer are the texts that the map takes from around the element, by path.
	Outer map[string][]string `json:"outer,omitempty"`
}

func (a *around) take(path string, texts []string) {
	if a.Outer == nil {
		a.Outer = map[string][]string{}
	}
	a.Outer[path] = texts
}

// reader makes messages of elements; see channels.Reader.
var reader = channels.Reader(func(s channels.Stamp, element []byte) (channels.Reading, error) {
	var a around
	if err := json.Unmarshal(s.Outer, &a); err != nil {
		return channels.Reading{}, errors.New("the stamp has no map")
	}
	if s.Product == ofMail {
		return readMail(s, a, element)
	}
	source, uploads, err := sourceOf(s.Product, a.Type, element)
	if err != nil {
		return channels.Reading{}, err
	}
	e := finder{source: source, outer: a.Outer}
	r := channels.Reading{}
	if r.Message.Change, err = e.change(a.Map); err != nil {
		return r, err
	}
	r.Keys = []string{e.key(a, r.Message.Change)}
	r.Files = append(e.files(a.Map.Files, &r.Message), filesOf(uploads)...)
	e.read(&r.Message, a.Map)
	if e.err != nil {
		return r, e.err
	}
	if err := complete(&r, a, s.Region); err != nil {
		return r, err
	}
	r.Content = contentOf(&r.Message)
	return r, nil
})

// finder finds texts in an element and around it.
type finder struct {
	source source
	outer  map[string][]string
	err    error // the first that find met
}

func (e *finder) texts(p path) ([]string, error) {
	if p.from == ofNobody {
		return []string{p.name}, nil
	}
	if texts, found := e.outer[p.text]; found {
		return texts, nil
	}
	if p.from == ofHeader || p.from == ofQuery {
		return nil, nil
	}
	texts, err := e.source.texts(p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.text, err)
	}
	return texts, nil
}

// find is what the lines find, "" where that is nothing. It is a text for a text
// column.
func (e *finder) find(l lines) string {
	var all []string
	for _, expression := range l {
		text, err := e.one(expression)
		if err != nil && e.err == nil {
			e.err = err
		}
		if text != "" {
			all = append(all, text)
		}
	}
	return channels.Text(strings.Join(all, "\n"))
}

// one is the text of the first path that finds any.
func (e *finder) one(x expression) (string, error) {
	for _, p := range x.any {
		texts, err := e.texts(p)
		if err != nil {
			return "", err
		}
		if text := strings.Join(texts, "\n"); strings.TrimSpace(text) != "" {
			return text, nil
		}
	}
	return "", nil
}

// change is what the message does to an earlier one; nil: nothing.
func (e *finder) change(m fields) (*ingest.Change, error) {
	c := ingest.Change{Kind: ingest.Edit, Of: e.find(m.Edits)}
	if c.Of == "" {
		c = ingest.Change{Kind: ingest.Unsend, Of: e.find(m.Unsends)}
	}
	if c.Of == "" || e.err != nil {
		return nil, e.err
	}
	return &c, nil
}

// key names the message for ever: the id that is mapped, else what names the
// delivery. A change whose id is that of what it changes has none of its own.
func (e *finder) key(a around, c *ingest.Change) string {
	id := e.find(a.Map.ID)
	e.err = nil // what is no id is none
	if id == "" || len(id) > ingest.MaxValue || c != nil && c.Of == id {
		return a.Key
	}
	return id
}

// read takes from the element what the map says, but for its files.
func (e *finder) read(m *ingest.Message, of fields) {
	m.From.Name = channels.Line(e.find(of.Name), 200)
	m.From.Address = e.find(of.From)
	m.To, m.Subject = recipients(e.find(of.To)), channels.Line(e.find(of.Subject), 1000)
	m.Text, m.HTML = e.find(of.Text), e.find(of.HTML)
	if m.Text == "" && m.HTML != "" {
		m.Text = mime.HTMLText(m.HTML)
	}
	if answers := e.find(of.Answers); answers != "" {
		m.Answers = []string{answers}
	}
	sent := e.find(of.SentAt)
	if m.SentAt = sentAt(sent); m.SentAt == nil && sent != "" {
		m.Defects = append(m.Defects, ingest.Defect{Code: "date", Detail: "sent_at is no time"})
	}
}

// complete tells who wrote the message, and whether there is one.
func complete(r *channels.Reading, a around, region ingest.Region) error {
	m := &r.Message
	if strings.TrimSpace(m.Text) == "" && m.Subject == "" && len(r.Files) == 0 && (m.Change == nil || m.Change.Kind != ingest.Unsend) {
		return fmt.Errorf("there is no text at %q", a.Map.Text)
	}
	who, err := senderOf(m.From.Address, a, region)
	if err != nil {
		return fmt.Errorf("there is no sender at %q: %w", a.Map.From, err)
	}
	m.From.Identity, m.From.Address = who, channels.Line(m.From.Address, ingest.MaxValue)
	return nil
}

// senderOf is who an address is. Numbers of the region's own form are some only
// where the settings say that the senders are numbers.
func senderOf(address string, a around, region ingest.Region) (ingest.Identity, error) {
	if a.Kind == "phone" {
		number, err := phone.Number(address, region)
		number.How = a.How
		return number, err
	}
	return ingest.ParseIdentity(kindOf(a.Kind, address), address, a.How)
}

// kindOf tells by its looks what an address is, unless kind says it.
func kindOf(kind, address string) string {
	if kind != "" {
		return kind
	}
	if _, err := ingest.CanonicalEmail(address); err == nil {
		return "email"
	}
	address = strings.TrimSpace(address)
	if number, err := ingest.CanonicalPhone(address); err == nil && strings.HasPrefix(address, "+") && len(number) > 7 {
		return "phone"
	}
	return "external"
}

func recipients(list string) (to []ingest.Mailbox) {
	for line := range strings.SplitSeq(list, "\n") {
		if address := channels.Line(line, ingest.MaxValue); address != "" {
			to = append(to, ingest.Mailbox{Address: address})
		}
	}
	return to
}

// contentOf is what stays the same when the system posts a message again: who wrote
// to whom, and what. Counters of tries, and URLs that are signed anew, do not.
func contentOf(m *ingest.Message) ingest.Hash {
	parts := []string{"webhook", m.From.Key(), m.Subject, m.Text, m.HTML}
	for _, to := range m.To {
		parts = append(parts, to.Address)
	}
	if c := m.Change; c != nil {
		parts = append(parts, string(c.Kind), c.Of)
	}
	return ingest.Sum(parts...)
}
