package mime

import (
	"strings"

	"gatehouse/ingest"
)

// returnedIDs lists what a delivery failure or another report is about, nearest
// first: the mail that it gives back, then what that answered. They tell whose
// conversation it belongs to (RFC 3464 §1, RFC 8098 §3.2.5).
func returnedIDs(m *Mail, root *entity) []string {
	if m.Auto != string(ingest.AutoBounce) && m.Auto != string(ingest.AutoFeedback) {
		return nil
	}
	var ids []string
	if m.Bounce != nil && m.Bounce.OriginalMessageID != "" {
		ids = append(ids, m.Bounce.OriginalMessageID)
	}
	for _, part := range allMedia(root, dispositionMedia) {
		for name, value := range statusFields(bodyOf(part)) {
			if name == "original-message-id" {
				ids = append(ids, messageIDs(value, 1)...)
			}
		}
	}
	if parts := allMedia(root, returnedMedia); len(parts) > 0 {
		h := blockOf(bodyOf(parts[0]))
		ids = append(ids, messageIDs(h.Get("Message-Id"), 1)...)
		ids = append(ids, messageIDs(h.Get("In-Reply-To"), 1)...)
		refs := messageIDs(strings.Join(h.Values("References"), " "), maxIDs)
		for i := len(refs) - 1; i >= 0 && len(ids) < maxAnswers; i-- {
			ids = append(ids, refs[i])
		}
	}
	return ids
}
