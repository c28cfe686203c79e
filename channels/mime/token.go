package mime

import (
	"slices"

	"gatehouse/ingest"
)

// delivered are the fields, besides those of the sender, in which servers say
// to what address a mail was delivered.
var delivered = []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To"}

// maxTokens bounds the reply tokens of one mail.
const maxTokens = 5

// tokens lists what looks like a reply token in the addresses a mail was sent
// and delivered to.
func (r *reader) tokens(m *Mail, root *entity) []string {
	found := []string{}
	look := func(list []ingest.Mailbox) {
		for _, box := range list {
			token := ingest.ReplyToken(box.Address)
			if token != "" && len(found) < maxTokens && !slices.Contains(found, token) {
				found = append(found, token)
			}
		}
	}
	for _, name := range delivered {
		if root.head.Has(name) {
			list, _ := parseAddresses(root.head.Get(name), r.charset)
			look(list)
		}
	}
	look(m.To)
	look(m.CC)
	look(m.BCC)
	return found
}
