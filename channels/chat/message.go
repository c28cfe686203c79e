package chat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"net/netip"
	"path"
	"strings"
	"time"

	"gatehouse/ingest"
)

// received is the raw form of a message: the post, and what the door alone
// knows. The message is made of it and of nothing else, at arrival as at any
// later reading.
type received struct {
	At       time.Time `json:"at"`
	IP       string    `json:"ip,omitempty"`
	Agent    string    `json:"agent,omitempty"`
	Verified bool      `json:"verified"` // by visitor_hash
	Post     post      `json:"post"`
}

// Reread makes the message of a raw form again.
func Reread(raw []byte) (ingest.Message, error) {
	r, err := reopen(raw)
	if err != nil {
		return ingest.Message{}, err
	}
	return r.message()
}

// Attachment returns the bytes of one attachment of a raw form.
func Attachment(raw []byte, index int) ([]byte, error) {
	r, err := reopen(raw)
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= len(r.Post.Attachments) {
		return nil, fmt.Errorf("attachment %d of %d: %w", index, len(r.Post.Attachments), ingest.ErrNotFound)
	}
	return r.Post.Attachments[index].bytes()
}

// reopen reads a raw form. It is not strict: what was taken once is readable
// for ever.
func reopen(raw []byte) (*received, error) {
	var r received
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("chat message: %w", err)
	}
	return &r, nil
}

// raw writes the raw form; the visitor's proof is not kept.
func (r *received) raw(size int) ([]byte, error) {
	r.Post.VisitorHash = ""
	var out bytes.Buffer
	out.Grow(size)
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func (r *received) message() (ingest.Message, error) {
	p, how := &r.Post, ingest.Header
	if r.Verified {
		how = ingest.Verified
	}
	visitor, err := ingest.ParseIdentity("visitor", p.VisitorID, how)
	if err != nil {
		return ingest.Message{}, fmt.Errorf("visitor_id: %w", err)
	}
	files, err := p.files()
	if err != nil {
		return ingest.Message{}, err
	}
	text := strip(p.Text)
	ip, _ := netip.ParseAddr(r.IP) // "" where the connection has none
	return ingest.Message{
		From:        ingest.Sender{Identity: visitor, Name: word(p.Name, 200), Address: p.VisitorID},
		Identities:  p.identities(visitor),
		Text:        text,
		ReplyText:   text,
		Attachments: files,
		ReceivedAt:  r.At,
		ClientIP:    ip,
		Auto:        ingest.AutoNone,
		Technical:   p.technical(r.Agent),
	}, nil
}

// identities are the visitor's and the address typed, if it is one.
func (p *post) identities(visitor ingest.Identity) []ingest.Identity {
	ids := []ingest.Identity{visitor}
	if email, err := ingest.ParseIdentity("email", p.Email, ingest.Claimed); err == nil {
		ids = append(ids, email)
	}
	return ids
}

func (p *post) files() ([]ingest.Attachment, error) {
	var files []ingest.Attachment
	for i, f := range p.Attachments {
		data, err := f.bytes()
		if err != nil {
			return nil, fmt.Errorf("attachment %d: %w", i, err)
		}
		sum := sha256.Sum256(data)
		files = append(files, ingest.Attachment{
			Index: i, Filename: f.name(), ContentType: f.mediaType(), Disposition: "attachment",
			Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Status: "stored",
		})
	}
	return files, nil
}

// name is the file's name without the folders it lay in.
func (f file) name() string {
	name := word(path.Base(strings.ReplaceAll(f.Filename, `\`, "/")), 200)
	if name == "" || name == "." || name == "/" || name == ".." {
		return "attachment"
	}
	return name
}

func (f file) mediaType() string {
	kind, _, err := mime.ParseMediaType(f.ContentType)
	if err != nil || !strings.Contains(kind, "/") || len(kind) > 127 {
		return "application/octet-stream"
	}
	return kind
}

func (p *post) technical(agent string) *ingest.Technical {
	t := &ingest.Technical{
		Widget: word(p.Widget, 100), Locale: word(p.Locale, 35), TimeZone: word(p.TimeZone, 64), Agent: word(agent, 500),
	}
	if p.Page != nil {
		t.Page = &ingest.Page{URL: word(p.Page.URL, 2000), Title: word(p.Page.Title, 300), Referrer: word(p.Page.Referrer, 2000)}
	}
	if p.Device != nil {
		t.Device = &ingest.Device{OS: word(p.Device.OS, 100), Browser: word(p.Device.Browser, 100)}
	}
	if *t == (ingest.Technical{}) {
		return nil
	}
	return t
}

// key names the message: control characters are in neither id.
func (p *post) key() string { return p.VisitorID + "\n" + p.ID }

// content is what the key stands for: what the visitor wrote. Where they were
// on the site may differ between two tries of one message.
func (p *post) content() ingest.Hash {
	parts := []string{p.Text, p.Name, p.Email}
	for _, f := range p.Attachments {
		parts = append(parts, f.Filename, f.ContentType, f.Data)
	}
	return ingest.Sum(parts...)
}
