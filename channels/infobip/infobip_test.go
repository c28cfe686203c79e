package infobip_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/infobip"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, infobip.Kind, "../infobip") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, infobip.Kind, ".", func(r *http.Request, _ []byte) { r.SetBasicAuth("desk", "old") })
}

// FuzzReread reads raw forms, and whatever attachments they name.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{}` + "\n" + `{"messageId":"1","from":"1","message":[{"contentType":"image/png","value":"x"}]}`,
		`{}` + "\n" + `{"messageId":"1","from":"1","message":"{\"mms_parts\":[{\"contentType\":\"text/plain\",\"value\":\"x\"}]}"}`,
		`{}` + "\n" + `{"messageId":1,"from":1,"integrationType":"LINE","message":{"latitude":1,"longitude":2}}`, "{}", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := infobip.Kind.Reread(raw)
		if err != nil {
			return
		}
		if m.From.Value == "" || strings.ContainsRune(m.Text, 0) {
			t.Errorf("%+v of %q", m, raw)
		}
		for _, a := range m.Attachments {
			if b, err := infobip.Kind.Attachment(raw, a.Index); (err == nil) != (a.Status == "stored") || int64(len(b)) != a.Size {
				t.Errorf("attachment %+v: %d octets, %v", a, len(b), err)
			}
		}
	})
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "anybody could post",
		`{basic_user: u}`:                    "basic_password",
		`{url_secret: ""}`:                   "empty",
		`{url_secret: s, public_url: /sms}`:  "public_url",
		`{basic_password: p, url_secret: s}`: "basic_user",
	} {
		_, err := infobip.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestReceipts reads how far something came that was sent.
func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 5, 0, time.UTC)
	hook, err := infobip.Kind.Webhook(channeltest.Settings([]byte(`url_secret: s`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for element, want := range map[string]channels.Reply{
		`{"messageId":"a","status":{"groupName":"DELIVERED","name":"DELIVERED_TO_HANDSET"},"doneAt":"2026-11-21T12:59:05.000+0100"}`: {
			Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Delivered, At: at}}},
		`{"messageId":"a","status":{"groupName":"DELIVERED","name":"DELIVERED_TO_OPERATOR"}}`: {
			Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Sent}}},
		`{"messageId":"a","status":{"groupName":"UNDELIVERABLE","name":"UNDELIVERABLE_REJECTED_OPERATOR"},"error":{"name":"EC_ABSENT_SUBSCRIBER"}}`: {
			Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Failed, Code: "EC_ABSENT_SUBSCRIBER"}}},
		`{"messageId":7,"status":{"groupName":"REJECTED","name":"REJECTED_NOT_ENOUGH_CREDITS"},"error":{"name":"NO_ERROR"}}`: {
			Reports: []ingest.DeliveryReport{{ID: "7", Status: ingest.Failed, Code: "REJECTED_NOT_ENOUGH_CREDITS"}}},
		`{"messageId":"a","seenAt":"2026-11-21T11:59:05.000+0000"}`: {
			Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Read, At: at}}},
		`{"messageId":"a","status":{"groupName":"PENDING"}}`: {Ignored: 1},
		`{"status":{"groupName":"DELIVERED"}}`:               {Ignored: 1},
	} {
		r := channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(`{"results":[` + element + `]}`)}
		arrivals, reply, err := hook.Parse(r)
		if diff := cmp.Diff(want, reply); err != nil || len(arrivals) != 0 || diff != "" {
			t.Errorf("%s: %d arrivals, %v, -want +got\n%s", element, len(arrivals), err, diff)
		}
	}
}

// TestBackfill brings one message by the forwarding and by the log, which has
// less of it.
func TestBackfill(t *testing.T) {
	request, err := os.ReadFile("testdata/01-text.http")
	if err != nil {
		t.Fatal(err)
	}
	const row = `{"messageId":"817790313235066401","to":"15550109686","from":"15550100123","text":"HELP where is order 1042? 50% & +1",` +
		`"cleanText":"where is order 1042? 50% & +1","keyword":"HELP","receivedAt":"2026-11-21T11:59:22.123+0000","smsCount":1}`
	settings := []byte(`{basic_user: desk, basic_password: "new:pass é", api_key: [wrong, right], numbers: ['+15550109686']}`)
	channeltest.Backfill(t, infobip.Kind, settings, request, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch query := r.URL.Query(); {
		case r.Header.Get("Authorization") != "App right":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path != "/sms/1/inbox/logs" || query.Get("to") == "" || query.Get("receivedSince") == "" || query.Get("limit") == "":
			t.Errorf("asked for %s", r.URL)
		default:
			fmt.Fprintf(w, `{"results":[%s]}`, row)
		}
	}))
}

// TestLogGoesOn asks for what is older than a full answer.
func TestLogGoesOn(t *testing.T) {
	list, err := infobip.Kind.Lister(channeltest.Settings([]byte(`{url_secret: s, api_key: k}`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	first := list.First(channels.Window{From: channeltest.Now.Add(-time.Hour)})
	rows := make([]string, 1000)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"messageId":"%d","from":"1","to":"2","receivedAt":"2026-11-21T11:%02d:00.000+0000"}`, i, 59-i/20)
	}
	for n, next := range map[int]string{1000: "2026-11-21T11:10:00.001+0000", 999: ""} {
		page, err := list.Page(first, []byte(`{"results":[`+strings.Join(rows[:n], ",")+`]}`))
		if err != nil || len(page.Rows) != n {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		if (page.Next != nil) != (next != "") || page.Next != nil && page.Next.Query.Get("receivedUntil") != next {
			t.Errorf("after %d rows: %+v, want %q", n, page.Next, next)
		}
	}
	if first.Query.Has("receivedUntil") {
		t.Error("the call was changed")
	}
	if _, err := list.Page(first, []byte(`{"requestError":{}}`)); err == nil {
		t.Error("an error is taken for a page")
	}
}
