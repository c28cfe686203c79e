package mime

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gatehouse/ingest"
)

// Addresses is a setting that means addresses in From: a list of addresses and
// of domains, subdomains with them, or true for every one.
type Addresses []string

// errNoDot keeps a yes, a number or a whole top-level domain from being taken
// for a domain.
var errNoDot = errors.New("want a domain with a dot, or true for every address")

// every is the entry that means every address.
const every = "*"

// UnmarshalYAML reads a list, one entry, or a bool. What is neither an address
// nor a domain is an error.
func (a *Addresses) UnmarshalYAML(unmarshal func(any) error) error {
	*a = nil
	var all bool
	if unmarshal(&all) == nil {
		if all {
			*a = Addresses{every}
		}
		return nil
	}
	var list []string
	if unmarshal(&list) != nil {
		var one string
		if err := unmarshal(&one); err != nil {
			return err
		}
		list = []string{one}
	}
	for _, entry := range list {
		canonical, err := canonicalEntry(entry)
		if err != nil {
			return fmt.Errorf("%q: want a mail address or a domain: %w", entry, err)
		}
		*a = append(*a, canonical)
	}
	return nil
}

func canonicalEntry(entry string) (string, error) {
	switch {
	case strings.Contains(entry, "@"):
		return ingest.CanonicalEmail(entry)
	case !strings.Contains(entry, "."):
		return "", errNoDot
	}
	return ingest.CanonicalDomain(entry)
}

// Has reports whether the setting means the identity of a mail address.
func (a Addresses) Has(id ingest.Identity) bool {
	return slices.ContainsFunc(a, func(entry string) bool {
		if strings.Contains(entry, "@") {
			return id.Value == entry
		}
		return entry == every || id.Domain() == entry || strings.HasSuffix(id.Domain(), "."+entry)
	})
}

// take makes the person the sender where From is one of those that write for
// people, and reports whether From is one.
func (s *Senders) take(r *reader, root *entity, m *ingest.Message, origin *ingest.Origin) bool {
	headers := []string{"Reply-To"}
	switch from := m.From.Identity; {
	case s.Gateways.Has(from):
		headers = []string{"X-Original-From", "X-Original-Sender", "Reply-To"}
	case !s.Forms.Has(from):
		return false
	}
	for _, name := range headers {
		box, id, ok := r.person(root, name, m)
		if !ok {
			continue
		}
		origin.Header, origin.From = name, m.From.Address
		if box.Name == "" && s.Gateways.Has(m.From.Identity) {
			box.Name = withoutVia(m.From.Name)
		}
		m.From = ingest.Sender{Identity: id, Name: box.Name, Address: box.Address}
		m.Identities = []ingest.Identity{id}
		return true
	}
	origin.Says = strings.TrimPrefix(origin.Says+", and nobody else in "+strings.Join(headers, ", "), ", and ")
	return true
}

// person is the one mailbox that a header names beside From. Where it names
// several, a list among them, those the mail was sent to do not count.
func (r *reader) person(root *entity, name string, m *ingest.Message) (box ingest.Mailbox, id ingest.Identity, ok bool) {
	var boxes []ingest.Mailbox
	var ids []ingest.Identity
	for _, b := range r.addresses(root, name) {
		other, err := ingest.ParseIdentity("email", b.Address, ingest.Header)
		if err == nil && other.Value != m.From.Value && !slices.Contains(ids, other) {
			boxes, ids = append(boxes, b), append(ids, other)
		}
	}
	left := 0
	for i := range ids {
		if len(ids) == 1 || !sentTo(m, ids[i]) {
			box, id = boxes[i], ids[i]
			left++
		}
	}
	return box, id, left == 1
}

func sentTo(m *ingest.Message, id ingest.Identity) bool {
	return slices.ContainsFunc(m.To, func(b ingest.Mailbox) bool {
		to, err := ingest.CanonicalEmail(b.Address)
		return err == nil && to == id.Value
	})
}

// withoutVia takes off what lists add to a name: "Ann Lee via Talk".
func withoutVia(name string) string {
	if at := strings.LastIndex(strings.ToLower(name), " via "); at > 0 {
		name = name[:at]
	}
	return tidyName(name)
}
