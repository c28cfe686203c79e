package ingest

import "slices"

// senderKinds are the kinds of identity that people are known to write from: by
// mail, from a number, out of a widget, or on a network that a provider carries.
var senderKinds = []string{"discord", "email", "instagram", "line", "messenger", "phone", "rcs", "slack", "sms", "telegram", "viber",
	"visitor", "wechat", "whatsapp"}

// MayMatch reports whether the target is of a kind that is known to match
// something. A channel may bring identities of any other kind; only who has seen
// them can tell.
func (t Target) MayMatch() bool {
	return slices.Contains(senderKinds, t.Kind) || slices.Contains(notIdentities, t.Kind)
}
