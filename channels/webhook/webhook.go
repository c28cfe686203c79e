// Package webhook takes messages from any system that can post JSON, a form or a
// text and prove who it is: an order form, a shop, a provider without an adapter
// of its own.
//
//	scheme    proof                                                      settings
//	standard  Standard Webhooks v1 (HMAC-SHA256) and v1a (Ed25519)       secret, public_key
//	github    X-Hub-Signature-256: HMAC-SHA256 of the body               secret
//	basic     HTTP Basic (RFC 7617)                                      basic_user, basic_password
//	bearer    HTTP Bearer (RFC 6750)                                     bearer_token
//	mtls      a proxy's word for the client's certificate (RFC 9440)     client_fingerprint, client_subject
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
	"slices"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is the webhook for systems without an adapter of their own.
var Kind = channels.Kind{
	Name:   "webhook",
	Tried:  "requests signed by public libraries; no service in particular",
	Family: ingest.Hook, FamilyOf: familyOf,
	Facts: channels.Facts{
		Signature: "Standard Webhooks, GitHub's HMAC, Basic, Bearer, or a client's certificate that a trusted proxy verified",
		Covers:    "the body, with Standard Webhooks and GitHub's HMAC; nothing with the others",
		Replay:    "5 minutes with Standard Webhooks; else the delivery's id or the mapped one",
		Retries:   "up to the system that posts",
		Media:     "files of forms, bytes in base64, and links, fetched without credentials",
		Edits:     "edits and withdrawals, where the map says so",
		Proof:     append([]string{"Authorization", "X-Hub-Signature-256", clientCert, envoyCert}, channels.StandardProof...),
	},
	Webhook: open,
	Reread:  reader.Reread, Attachment: reader.Attachment, File: reader.File,
	Setup: setup,
}

// settings is a webhook channel in the configuration.
type settings struct {
	Scheme    string           `yaml:"scheme"`     // how requests are proven: standard, github, basic, bearer or mtls
	PublicURL string           `yaml:"public_url"` // no scheme signs it; for people
	Secret    channels.Secrets `yaml:"secret"`     // of standard (whsec_…) and github
	Secrets   channels.Secrets `yaml:"secrets"`    // more of them, beside secret
	PublicKey channels.Secrets `yaml:"public_key"` // of standard with Ed25519 (whpk_…)

	BasicUser     string           `yaml:"basic_user"`     // of basic
	BasicPassword channels.Secrets `yaml:"basic_password"` // of basic
	BearerToken   channels.Secrets `yaml:"bearer_token"`   // of bearer

	certificates `yaml:",inline"`

	// Body is the form of what is posted: json, form, multipart, text, or mime for
	// a mail as it is. "" is told by the request's Content-Type: json, form or multipart.
	Body string `yaml:"body"`
	// Map says where in an element each part of the message is: the expressions of docs/webhook.md.
	Map fields `yaml:"map"`
	// Each is where the body lists its elements, one message each; "": the
	// body is one message.
	Each lines `yaml:"each"`
	// Only names what an element must hold to be a message, one text or a list of those that
	// will do; others are counted as ignored.
	Only map[string]texts `yaml:"only"`
	// FromKind is the kind of identity that From names. "" is told by its
	// looks: email, phone, or else external.
	FromKind string `yaml:"from_kind"`
	// FromHow is how From is believed: header, verified if the system has proven
	// it, claimed if anybody may have typed it.
	FromHow ingest.How `yaml:"from_how"`
	senders `yaml:",inline"`
}

// texts is a setting of one text or of several.
type texts []string

// UnmarshalYAML reads a scalar or a list of them.
func (t *texts) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*t = texts{one}
		return nil
	}
	return unmarshal((*[]string)(t))
}

// hook is one channel.
type hook struct {
	settings settings
	only     []demand
	outside  []path // that the map and only take from around an element
	host     channels.Host
	proof    proof
}

// proof is a scheme: who sent a request, and its own name for the delivery.
type proof struct {
	verify   func(channels.Request) error
	delivery func(channels.Request) string
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s := settings{FromHow: ingest.Header, certificates: certificates{Header: clientCert}}
	if err := decode(&s); err != nil {
		return nil, err
	}
	s.settle()
	only, err := s.demands()
	if err = errors.Join(err, s.check(host)); err != nil {
		return nil, err
	}
	p, err := s.proof(host)
	if err != nil {
		return nil, err
	}
	return &hook{settings: s, only: only, outside: s.outside(only), host: host, proof: p}, nil
}

// outside are all paths that lead to what is not in an element.
func (s *settings) outside(only []demand) []path {
	all := s.Map.paths()
	for _, d := range only {
		all = append(all, d.where.any...)
	}
	return slices.DeleteFunc(all, func(p path) bool { return p.from == ofElement || p.from == ofNobody })
}

// settle says what the map leaves unsaid.
func (s *settings) settle() {
	switch {
	case s.Body == ofMail:
	case !s.Map.isSet():
		s.Map = usual(s.Scheme)
	}
	if s.Body == ofText && len(s.Map.Text) == 0 {
		s.Map.Text = at("$")
	}
}

func (s *settings) check(host channels.Host) error {
	switch {
	case !slices.Contains([]string{"", ofJSON, ofForm, ofMultipart, ofText, ofMail}, s.Body):
		return fmt.Errorf("body %q: want json, form, multipart, text or mime", s.Body)
	case len(s.Each) > 0 && (s.Body == ofText || s.Body == ofMail):
		return fmt.Errorf("each: a body of %s has no list", s.Body)
	}
	if err := s.checkMail(); err != nil {
		return err
	}
	if err := s.Map.check(s.Body, len(s.Each) > 0); err != nil {
		return err
	}
	probe := map[string]string{"email": "a@example.com", "phone": "+15550100000"}[s.FromKind]
	if _, err := ingest.ParseIdentity(kindOf(s.FromKind, ""), cmp.Or(probe, "x"), s.FromHow); err != nil {
		return fmt.Errorf("from_kind, from_how: %w", err)
	}
	_, err := channels.BaseURL(s.PublicURL, host)
	return err
}

// Verify returns nil if a holder of the secret sent this.
func (h *hook) Verify(r channels.Request) error { return h.proof.verify(r) }
