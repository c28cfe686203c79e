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
	Region   string    `json:"region,omitempty"`
	Verified bool      `json:"verified"`                 // by visitor_hash
	Email    bool      `json:"email_verified,omitempty"` // by email_hash
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

// raw writes the raw form; the visitor's proofs are not kept.
func (r *received) raw(size int) ([]byte, error) {
	r.Post.VisitorHash, r.Post.EmailHash = "", ""
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
	p := &r.Post
	visitor, err := visitor(p.VisitorID, r.Verified)
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
		Identities:  r.identities(visitor),
		Text:        text,
		ReplyText:   text,
		Attachments: files,
		ReceivedAt:  r.At,
		ClientIP:    ip,
		Auto:        ingest.AutoNone,
		Technical:   r.technical(),
	}, nil
}

// visitor is the identity of an id: proven, or as the browser says.
func visitor(id string, verified bool) (ingest.Identity, error) {
	how := ingest.Header
	if verified {
		how = ingest.Verified
	}
	return ingest.ParseIdentity("visitor", id, how)
}

// identities are the visitor's and the address, if it is one: a claim, unless
// the site vouched for it.
func (r *received) identities(visitor ingest.Identity) []ingest.Identity {
	ids, how := []ingest.Identity{visitor}, ingest.Claimed
	if r.Email {
		how = ingest.Verified
	}
	if email, err := ingest.ParseIdentity("email", r.Post.Email, how); err == nil {
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
