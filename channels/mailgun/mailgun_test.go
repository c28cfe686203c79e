package mailgun_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/mailgun"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, mailgun.Kind, "../mailgun") }

// FuzzForm reads forms of any fields that Mailgun signed.
func FuzzForm(f *testing.F) {
	f.Add("[[\"From\",\"a@example.com\"]]", "text", "<b>x</b>", "", "{\"<c>\":\"attachment-1\"}", "[{\"url\":\"https://example.com/\"}]")
	f.Add("", "", "", "From: a@example.com\r\n\r\nx", "[", "7")
	f.Fuzz(func(t *testing.T, headers, text, html, whole, ids, files string) {
		fields := signed(url.Values{"recipient": {"d@example.net"}, "message-headers": {headers}, "body-plain": {text}, "body-html": {html},
			"content-id-map": {ids}, "attachments": {files}})
		if whole != "" {
			fields.Set("body-mime", whole)
		}
		d := channeltest.NewDesk(t, mailgun.Kind, "webhook_signing_key: key")
		if w := d.Do(post(fields)); w.Code != http.StatusOK || len(d.Store.Messages()) != 1 {
			t.Fatalf("answered %d, %d stored", w.Code, len(d.Store.Messages()))
		}
		a := d.Store.Messages()[0].Arrival
		again, err := mailgun.Kind.Reread(a.Raw)
		if a.Problem == "" && (err != nil || !cmp.Equal(again.Attachments, a.Message.Attachments) || again.Text != a.Message.Text) {
			t.Errorf("read again: %v", err)
		}
	})
}

// signed adds what Mailgun signs, with the key "key".
func signed(fields url.Values) url.Values {
	stamp := strconv.FormatInt(channeltest.Now.Unix(), 10)
	sum := channels.MAC(sha256.New, "key", []byte(stamp+"token"))
	fields.Set("timestamp", stamp)
	fields.Set("token", "token")
	fields.Set("signature", hex.EncodeToString(sum))
	return fields
}

func post(fields url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"24-wrong-key": channels.CauseSecret, "25-no-signature": channels.CauseUnsigned, "26-stale": channels.CauseClock,
		"28-odd-time": channels.CauseOther, "29-no-hex": channels.CauseSecret, "31-no-form": channels.CauseUnsigned,
		"32-json-unsigned": channels.CauseUnsigned, "33-broken-json": channels.CauseUnsigned,
	} {
		if got := channeltest.Refusal(t, mailgun.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %q (%v), want %q", file, channels.CauseOf(got), got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`: "webhook_signing_key",
		`{webhook_signing_key: k, max_skew_s: 0}`:                             "max_skew_s",
		`{webhook_signing_key: k, max_skew_s: 90000}`:                         "max_skew_s",
		`{webhook_signing_key: k, public_url: /mail}`:                         "public_url",
		`{webhook_signing_key: k, storage_hosts: [""]}`:                       "storage_hosts",
		`{webhook_signing_key: k, storage_hosts: ["https://a.example.com"]}`:  "storage_hosts",
		`{webhook_signing_key: k, storage_hosts: ["a.example.com/messages"]}`: "storage_hosts",
	} {
		_, err := mailgun.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestToken is a key of the mail that it came with: the same mail with another
// token is the same, and another mail with the same token shares its key, so that
// the store keeps it aside.
func TestToken(t *testing.T) {
	read := func(file string) ingest.Arrival {
		list, _ := channeltest.Parse(t, mailgun.Kind, "testdata/"+file+".http")
		return list[0]
	}
	first, again, other := read("01-text"), read("02-same-mail-new-token"), read("03-same-token-other-mail")
	if first.Keys[0] != again.Keys[0] || first.Keys[1] == again.Keys[1] || first.Content != again.Content {
		t.Errorf("%q and %q", first.Keys, again.Keys)
	}
	if first.Keys[0] == other.Keys[0] || first.Keys[1] != other.Keys[1] || first.Content == other.Content {
		t.Errorf("%q and %q", first.Keys, other.Keys)
	}
}

// TestEvents reads what Mailgun tells of mail that was sent.
func TestEvents(t *testing.T) {
	at := time.UnixMilli(1795262360500).UTC()
	ann, err := ingest.ParseIdentity("email", "ann@example.com", ingest.Header)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]channels.Reply{
		"18-delivered":    {Reports: []ingest.DeliveryReport{{ID: "out1@desk.example.net", Status: ingest.Delivered, At: at}}},
		"19-failed":       {Reports: []ingest.DeliveryReport{{ID: "out1@desk.example.net", Status: ingest.Failed, Code: "550", At: at}}},
		"20-unsubscribed": {Opts: []ingest.Opting{{Identity: ann, Opt: ingest.OptOut, At: at.Truncate(time.Second)}}},
		"21-opened":       {Ignored: 1},
		"22-old-event":    {Ignored: 1},
	} {
		arrivals, reply := channeltest.Parse(t, mailgun.Kind, "testdata/"+file+".http")
		if diff := cmp.Diff(want, reply); len(arrivals) != 0 || diff != "" {
			t.Errorf("%s: %d arrivals, -want +got\n%s", file, len(arrivals), diff)
		}
	}
}

// TestSendersFields are those of a mail whose header is named like Mailgun's own
// fields: none of them counts.
func TestSendersFields(t *testing.T) {
	list, _ := channeltest.Parse(t, mailgun.Kind, "testdata/11-sender-names-fields.http")
	a := list[0]
	if a.Problem != "" || a.Message.From.Address != "ann@example.com" || len(a.Message.Attachments) != 0 || slices.Contains(a.Keys, "stored:other") {
		t.Errorf("%+v, keys %q", a.Message, a.Keys)
	}
}
