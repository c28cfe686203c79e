// Package postmark takes mail from Postmark's inbound webhook
// (postmarkapp.com/developer/webhooks/inbound-webhook).
//
// Postmark signs nothing: the URL that it is told has the credentials in it.
// What names a mail is Postmark's own id, which stays the same in each of its
// tries. The mail is read whole where Postmark is set to include it, else it is
// composed of the fields.
package postmark

import (
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is Postmark's inbound processing.
var Kind = channels.Kind{
	Name:   "postmark",
	Tried:  "requests as the provider's documentation and SDK have them; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature: "none: HTTP Basic in the URL, a header or a parameter",
		Covers:    "nothing",
		Replay:    "Postmark's id of the mail, for ever",
		Retries:   "ten tries in ten and a half hours; none after a 403, which is never answered",
		Retried:   10*time.Hour + 30*time.Minute,
		Media:     "in the request",
		Proof:     channels.LoginProof,
		Largest:   96 << 20, // mail of 35 MB, as JSON, and once more whole
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	Setup:      setup,
}

var reader = channels.Reader(read)

// hook is one channel.
type hook struct {
	pushmail.Unsigned
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	h := &hook{host: host}
	if err := decode(&h.Unsigned); err != nil {
		return nil, err
	}
	return h, h.Check(host)
}

// Verify returns nil if the request brings the channel's credentials.
func (h *hook) Verify(r channels.Request) error { return h.Login.Verify(h.host, r) }
