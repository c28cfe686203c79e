package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"gatehouse/ingest"
)

// forwarded is a mail as Mailgun posts it, with the token that it signed; answers
// may be "".
func forwarded(token, id, text, answers string) string {
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	h := hmac.New(sha256.New, []byte("s3cret"))
	h.Write([]byte(stamp + token))
	headers := `[["Message-Id","<` + id + `@example.com>"],["From","Ann <ann@example.com>"],["To","desk@example.net"],["Subject","Order"]`
	if answers != "" {
		headers += `,["In-Reply-To","<` + answers + `@example.com>"]`
	}
	return url.Values{
		"recipient": {"desk@example.net"}, "sender": {"ann@example.com"}, "from": {"Ann <ann@example.com>"}, "message-headers": {headers + "]"},
		"body-plain": {text}, "timestamp": {stamp}, "token": {token}, "signature": {hex.EncodeToString(h.Sum(nil))},
	}.Encode()
}

// TestPostedMail goes to the program that a provider posts mail to: answers find
// their conversation, what comes again makes nothing, and another mail with a
// token that was used is kept aside.
func TestPostedMail(t *testing.T) {
	h := serve(t, "channels:\n  - {name: mail, kind: mailgun, webhook_signing_key: s3cret}\n")
	for _, body := range []string{
		forwarded("t1", "m1", "Where is it?", ""), forwarded("t1", "m1", "Where is it?", ""), // tried again
		forwarded("t2", "m1", "Where is it?", ""),      // signed anew
		forwarded("t1", "m2", "Pay this instead.", ""), // by whoever listened
		forwarded("t3", "m3", "And when?", "m1"),
	} {
		if code, says := h.post("/hooks/mail", body, "Content-Type", "application/x-www-form-urlencoded"); code != 200 {
			t.Fatalf("%d %s", code, says)
		}
	}
	var said []ingest.Stored
	eventually(t, "both mails are in conversations", func() bool {
		list, err := h.Store.Messages(t.Context(), ingest.MessageFilter{States: []ingest.State{ingest.Conversed}})
		must(t, err)
		said = list.Items
		return len(said) == 2
	})
	if said[0].Conversation != said[1].Conversation || !slices.ContainsFunc(said, func(m ingest.Stored) bool { return m.Text == "And when?" }) {
		t.Errorf("%+v", said)
	}
	dead, err := h.Store.Messages(t.Context(), ingest.MessageFilter{States: []ingest.State{ingest.Dead}})
	must(t, err)
	if len(dead.Items) != 1 || dead.Items[0].Reason != ingest.ReasonKeyConflict || h.accepted("mail") != 3 {
		t.Errorf("%d accepted, dead %+v", h.accepted("mail"), dead.Items)
	}
	h.lawful()
}
