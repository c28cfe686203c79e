// Package webhook takes messages from any system that can post JSON or a form
// and prove who it is: an order form, a shop, a provider without an adapter of
// its own.
//
//	scheme    proof                                                      settings
//	standard  Standard Webhooks v1 (HMAC-SHA256) and v1a (Ed25519)       secret, public_key
//	github    X-Hub-Signature-256: HMAC-SHA256 of the body               secret
//	basic     HTTP Basic (RFC 7617)                                      basic_user, basic_password
//	bearer    HTTP Bearer (RFC 6750)                                     bearer_token
//
// Only standard bounds in time for how long a recorded request could be sent
// again: five minutes either way. Its and GitHub's delivery id make a repeat a
// repeat; with basic and bearer map an id, or two equal bodies are one message.
//
// The scheme proves the system that posts, not the person it speaks of. Whom
// map.from names is therefore believed like the From of a mail: how is header,
// rules match it and contacts join by it. Set from_how: verified if the system
// has proven the address (a customer who is signed in), and from_how: claimed
// if anybody may type it into a form: then it matches no rule and joins nobody.
package webhook

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is the webhook for systems without an adapter of their own.
var Kind = channels.Kind{
	Name:   "webhook",
	Tried:  "requests signed by public libraries; no service in particular",
	Family: ingest.Hook,
	Facts: channels.Facts{
		Signature: "Standard Webhooks, GitHub's HMAC, Basic or Bearer",
		Covers:    "the body, with Standard Webhooks and GitHub's HMAC; nothing with Basic and Bearer",
		Replay:    "5 minutes with Standard Webhooks; else the delivery's id or the mapped one",
		Retries:   "up to the system that posts",
		Proof:     append([]string{"Authorization", "X-Hub-Signature-256"}, channels.StandardProof...),
	},
	Webhook: open,
	Reread:  Reread,
	Setup:   setup,
}

// settings is a webhook channel in the configuration.
type settings struct {
	Scheme    string           `yaml:"scheme"`     // how requests are proven: standard, github, basic or bearer
	PublicURL string           `yaml:"public_url"` // no scheme signs it; for people
	Secret    channels.Secrets `yaml:"secret"`     // of standard (whsec_…) and github
	Secrets   channels.Secrets `yaml:"secrets"`    // more of them, beside secret
	PublicKey channels.Secrets `yaml:"public_key"` // of standard with Ed25519 (whpk_…)

	BasicUser     string           `yaml:"basic_user"`     // of basic
	BasicPassword channels.Secrets `yaml:"basic_password"` // of basic
	BearerToken   channels.Secrets `yaml:"bearer_token"`   // of bearer

	// Map says where in an element each part of the message is.
	Map fields `yaml:"map"`
	// Each is where the body lists its elements, one message each; "": the
	// body is one message.
	Each string `yaml:"each"`
	// Only names what an element must hold to be a message; others are
	// counted as ignored.
	Only map[string]string `yaml:"only"`
	// FromKind is the kind of identity that From names. "" is told by its
	// looks: email, phone, or else external.
	FromKind string `yaml:"from_kind"`
	// FromHow is how From is believed: header, verified if the system has proven
	// it, claimed if anybody may have typed it.
	FromHow ingest.How `yaml:"from_how"`
}

// fields are paths: names and list indexes with dots between them, from the
// element, or from the body if they begin with "$.". In a form a path is the
// name of a field. Several values are so many lines.
type fields struct {
	From    string `yaml:"from" json:"from"`                 // the sender's address; default data.from with standard, else from
	Name    string `yaml:"name" json:"name,omitempty"`       // the sender's name
	To      string `yaml:"to" json:"to,omitempty"`           // whom it was written to
	Subject string `yaml:"subject" json:"subject,omitempty"` // its subject
	Text    string `yaml:"text" json:"text"`                 // its text; default data.text with standard, else text
	ID      string `yaml:"id" json:"id,omitempty"`           // the system's own id of it: makes a repeat a repeat
	SentAt  string `yaml:"sent_at" json:"sent_at,omitempty"` // when it was written
}

// usual is where the fields are if no map says so: Standard Webhooks puts the
// event's own fields under data.
func usual(scheme string) fields {
	if scheme == "standard" {
		return fields{From: "data.from", Text: "data.text"}
	}
	return fields{From: "from", Text: "text"}
}

// hook is one channel.
type hook struct {
	settings settings
	host     channels.Host
	proof    proof
}

// proof is a scheme: who sent a request, and its own name for the delivery.
type proof struct {
	verify   func(channels.Request) error
	delivery func(channels.Request) string
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s := settings{FromHow: ingest.Header}
	if err := decode(&s); err != nil {
		return nil, err
	}
	if s.Map == (fields{}) {
		s.Map = usual(s.Scheme)
	}
	if err := s.check(host); err != nil {
		return nil, err
	}
	p, err := s.proof(host)
	if err != nil {
		return nil, err
	}
	return &hook{settings: s, host: host, proof: p}, nil
}

func (s settings) check(host channels.Host) error {
	if s.Map.From == "" || s.Map.Text == "" && s.Map.Subject == "" {
		return errors.New("map: from, and text or subject, must be said")
	}
	if s.Each != "" && strings.HasPrefix(s.Map.ID, "$") {
		return errors.New("map: id is of the body: it would be the id of each element")
	}
	probe := map[string]string{"email": "a@example.com", "phone": "+15550100000"}[s.FromKind]
	kind := kindOf(s.FromKind, "")
	if _, err := ingest.ParseIdentity(kind, cmp.Or(probe, "x"), s.FromHow); err != nil {
		return fmt.Errorf("from_kind, from_how: %w", err)
	}
	for _, path := range append(s.Map.paths(), slices.Collect(maps.Keys(s.Only))...) {
		if slices.Contains(strings.Split(path, "."), "") {
			return fmt.Errorf("%q is no path: names with dots between them", path)
		}
	}
	_, err := channels.BaseURL(s.PublicURL, host)
	return err
}

// paths are all that the map says.
func (f fields) paths() []string {
	all := []string{f.From, f.Name, f.To, f.Subject, f.Text, f.ID, f.SentAt}
	return slices.DeleteFunc(all, func(path string) bool { return path == "" })
}

// Verify returns nil if a holder of the secret sent this.
func (h *hook) Verify(r channels.Request) error { return h.proof.verify(r) }
