package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// smsPart is a signed part of a text message of two, as Vonage posts it.
func smsPart(number, text string) string {
	form := url.Values{
		"msisdn": {"15550100042"}, "to": {"15550100999"}, "messageId": {"part-" + number}, "text": {text}, "type": {"text"}, "concat": {"true"},
		"concat-ref": {"7"}, "concat-total": {"2"}, "concat-part": {number}, "timestamp": {strconv.FormatInt(time.Now().Unix(), 10)},
	}
	h := hmac.New(sha256.New, []byte("s3cret"))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		h.Write([]byte("&" + name + "=" + form.Get(name)))
	}
	form.Set("sig", hex.EncodeToString(h.Sum(nil)))
	return form.Encode()
}

// TestPartsComeOutAsOneMessage posts the parts of a message to the program, the
// last one first.
func TestPartsComeOutAsOneMessage(t *testing.T) {
	h := serve(t, "channels:\n  - {name: texts, kind: vonage, product: sms, signature_secret: s3cret, signature_method: sha256}\n")
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for i, number := range []string{"2", "2", "1", "1"} {
		text := map[string]string{"1": "first half, ", "2": "second half"}[number]
		if code, says := h.post("/hooks/texts", smsPart(number, text), form...); code != 200 {
			t.Fatalf("part %s: %d %s", number, code, says)
		}
		if n, want := h.accepted("texts"), int64(i/2); n != want {
			t.Errorf("%d messages after %d parts, want %d", n, i+1, want)
		}
	}
	var said []string
	eventually(t, "the message is in a conversation", func() bool {
		said = h.said()
		return len(said) == 1
	})
	if !strings.Contains(said[0], "first half, second half") {
		t.Errorf("%q", said)
	}
	h.lawful()
}

// said are the texts of what is in conversations.
func (h *house) said() (texts []string) {
	h.t.Helper()
	list, err := h.Store.Messages(h.t.Context(), ingest.MessageFilter{States: []ingest.State{ingest.Conversed}})
	must(h.t, err)
	for _, m := range list.Items {
		raw, err := h.Store.RawChunk(h.t.Context(), m.ID, 0)
		must(h.t, err)
		again, err := h.readAgain("vonage", raw)
		must(h.t, err)
		texts = append(texts, again.Text)
	}
	return texts
}
