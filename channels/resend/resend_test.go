package resend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/resend"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// api answers as Resend's does, and as the place where it keeps mail.
type api struct {
	t     testing.TB
	mu    sync.Mutex // guards asked
	asked []string
	mails []string // on the list, newest first
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.asked = append(a.asked, r.URL.Path)
	a.mu.Unlock()
	if raw, found := strings.CutPrefix(r.URL.Path, "/raw/"); found {
		a.raw(w, r, raw)
		return
	}
	if r.Header.Get("Authorization") != "Bearer made-up-key" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	id, file, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/emails/receiving"), "/attachments/")
	switch id = strings.TrimPrefix(id, "/"); id {
	case "":
		a.list(w, r)
	case "missing":
		w.WriteHeader(http.StatusNotFound)
	case "away":
		w.WriteHeader(http.StatusBadGateway)
	case "nojson":
		_, _ = io.WriteString(w, "<html>")
	default:
		a.answer(w, r, id, file)
	}
}

func (a *api) answer(w http.ResponseWriter, r *http.Request, id, file string) {
	at := "https://cdn.example.net/raw/" + id
	if file != "" {
		_, _ = fmt.Fprintf(w, `{"id":%q,"download_url":%q}`, file, at+"/"+file)
		return
	}
	if r.URL.Query().Get("html_format") != "cid" {
		a.t.Errorf("asked %s", r.URL)
	}
	if id == "another" {
		id = "somebody"
	}
	mail := fields(id)
	if id == "whole" || id == "unicode" || id == "rawaway" {
		mail["raw"] = map[string]string{"download_url": at, "expires_at": now}
	}
	_ = json.NewEncoder(w).Encode(mail) // the client may have gone
}

func fields(id string) map[string]any {
	mail := map[string]any{
		"object": "email", "id": id, "to": []string{"support@example.com"}, "from": "Ann Example <ann@example.org>", "created_at": "2026-11-21 11:59:57.5+00",
		"subject": "Where is my order?", "html": nil, "text": "It was to be here on Monday, in fields.", "message_id": "<" + id + "@mail.example.org>",
		"headers": map[string]string{"received": "from a by b; Sat, 21 Nov 2026 11:59:57 +0000", "in-reply-to": "<sent1@example.com>"}, "attachments": []any{},
	}
	if id == "files" {
		mail["html"] = `<p>See <img src="cid:logo1"></p>`
		mail["attachments"] = []map[string]any{
			{"id": "f1", "filename": "a b.pdf", "content_type": "application/pdf", "content_disposition": "attachment", "content_id": nil, "size": 8},
			{"id": "f2", "filename": "logo.png", "content_type": "image/png", "content_disposition": "inline", "content_id": "<logo1>"},
		}
	}
	return mail
}

// raw is a signed URL: whoever has it needs no key, and none is shown here.
func (a *api) raw(w http.ResponseWriter, r *http.Request, id string) {
	if r.Header.Get("Authorization") != "" {
		a.t.Error("the key was shown where it is not needed")
	}
	if id == "rawaway" {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_, _ = io.WriteString(w, "From: Ann Example <ann@example.org>\r\nTo: support@example.com\r\nSubject: Where is my order?\r\nMessage-ID: <"+id+
		"@mail.example.org>\r\nDate: Sat, 21 Nov 2026 11:59:50 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIt was to be here on Monday, whole. Grüße\r\n")
}

// list is that of received mail, one a page.
func (a *api) list(w http.ResponseWriter, r *http.Request) {
	place := 1 + slices.Index(a.mails, r.URL.Query().Get("after"))
	if r.URL.Query().Get("limit") != "100" || place >= len(a.mails) {
		a.t.Errorf("asked %s", r.URL)
		return
	}
	row := fields(a.mails[place])
	delete(row, "text")
	delete(row, "headers")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "has_more": place+1 < len(a.mails), "data": []any{row}})
}

// network leads to a server what is meant for Resend, and for where it keeps mail.
type network struct {
	*safehttp.Client
	server *url.URL
}

func (n network) Get(ctx context.Context, ask safehttp.Ask) (*safehttp.Answer, error) {
	for _, meant := range []string{"https://api.resend.com/", "https://cdn.example.net/"} {
		if rest, found := strings.CutPrefix(ask.URL, meant); found {
			ask.URL = n.server.String() + "/" + rest
		}
	}
	if i := slices.Index(ask.Hosts, "api.resend.com"); i >= 0 {
		ask.Hosts = []string{n.server.Host}
	}
	return n.Client.Get(ctx, ask)
}

// JSON is the client's, by the same way.
func (n network) JSON(ctx context.Context, ask safehttp.Ask, into any) error {
	answer, err := n.Get(ctx, ask)
	if err != nil {
		return err
	}
	defer answer.Close()
	return json.NewDecoder(answer).Decode(into)
}

// resendAt starts an API, and gives what leads there.
func resendAt(t testing.TB) (*api, network) {
	a := &api{t: t}
	server := httptest.NewServer(a)
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(func() { client.Close(); server.Close() })
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return a, network{client, u}
}

func lending(n network) func(*channels.Host) { return func(h *channels.Host) { h.Outside = n } }

func TestSuite(t *testing.T) {
	_, n := resendAt(t)
	channeltest.Run(t, channeltest.Lend(resend.Kind, lending(n)), "../resend")
}

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, resend.Kind, ".", sign) }

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"31-wrong-secret": channels.CauseSecret, "32-stale": channels.CauseClock, "33-future": channels.CauseClock,
		"35-no-signature": channels.CauseUnsigned, "36-signature-twice": channels.CauseUnsigned, "37-version-9": channels.CauseSecret,
	} {
		if got := channeltest.Refusal(t, resend.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestAwayForNow makes Resend send a mail again that it does not give yet; when
// it comes again it is one message, as it is when it was stored without content.
func TestAwayForNow(t *testing.T) {
	_, n := resendAt(t)
	at := channeltest.Now
	k := channeltest.Lend(resend.Kind, func(h *channels.Host) { h.Outside, h.Now = n, func() time.Time { return at } })
	d := channeltest.NewDesk(t, k, `{signing_secret: whsec_Z2F0ZWhvdXNlLXRlc3Qtc2VjcmV0LTAwMDE=, api_key: made-up-key}`)
	send := func(id string) int {
		body := []byte(received(id, now, nil))
		r := httptest.NewRequest(http.MethodPost, "/hooks/golden", bytes.NewReader(body))
		sign(r, body)
		return d.Do(r).Code
	}
	for _, id := range []string{"away", "rawaway", "another", "nojson"} {
		if code := send(id); code != http.StatusServiceUnavailable || len(d.Store.Messages()) != 0 {
			t.Errorf("%s: answered %d, %d stored", id, code, len(d.Store.Messages()))
		}
	}
	at = at.Add(time.Minute)
	for _, id := range []string{"away", "away", "rawaway", "another"} {
		if code := send(id); code != http.StatusOK {
			t.Errorf("%s: answered %d later", id, code)
		}
	}
	if stored := d.Store.Messages(); len(stored) != 3 || !strings.Contains(stored[1].Arrival.Message.Text, "in fields") {
		t.Errorf("%d stored: %+v", len(stored), stored)
	}
}

// TestMedia fetches the whole of a mail, and a file of one.
func TestMedia(t *testing.T) {
	a, n := resendAt(t)
	m, err := resend.Kind.Media(channeltest.Settings([]byte(`{signing_secret: AAAA, api_key: [old, made-up-key], api_base: "`+n.server.String()+`"}`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"whole": "/raw/whole", "files/f1": "/raw/files/f1", "fields": "", "missing": ""} {
		a.asked = nil
		answer, err := m.Open(t.Context(), n, channels.File{ID: id})
		if (err == nil) != (want != "") || err == nil && a.asked[len(a.asked)-1] != want {
			t.Errorf("%s: %v, asked for %q", id, err, a.asked)
		}
		if err == nil {
			_ = answer.Close()
		}
	}
}

// TestBackfill takes a mail by both roads: it is one.
func TestBackfill(t *testing.T) {
	a, n := resendAt(t)
	a.mails = []string{"fields"}
	k := channeltest.Lend(resend.Kind, lending(n))
	settings := []byte("signing_secret: whsec_Z2F0ZWhvdXNlLXRlc3Qtc2VjcmV0LTAwMDE=\napi_key: made-up-key\n")
	channeltest.Backfill(t, k, settings, []byte(requests()["02-fields"]), a)
}

// TestBackfillOfSeveral follows the pages and keeps what the API does not give.
func TestBackfillOfSeveral(t *testing.T) {
	a, n := resendAt(t)
	a.mails = []string{"files", "missing", "whole"}
	p, err := resend.Kind.Poller(channeltest.Settings(fmt.Appendf(nil, "signing_secret: AAAA\napi_key: made-up-key\nbackfill: 5m\napi_base: %s\n", n.server)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	store := channeltest.NewStore()
	if err := p.Poll(t.Context(), channeltest.NewSession(store, channeltest.Channel, ingest.Email)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range store.Messages() {
		got = append(got, fmt.Sprintf("%s %s %d %v", m.Arrival.Keys[0], m.State, len(m.Arrival.Message.Attachments), m.Arrival.Message.Recovered))
	}
	if want := "whole received 0 true, missing received 1 true, files received 2 true"; strings.Join(got, ", ") != want {
		t.Errorf("stored %s, want %s", strings.Join(got, ", "), want)
	}
}

// TestReports become events, but for steps that nobody waits for.
func TestReports(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 58, 0, time.UTC)
	for file, want := range map[string]*ingest.DeliveryReport{
		"20-delivered": {ID: "sent-1", Status: ingest.Delivered, At: at}, "21-bounced": {ID: "sent-2", Status: ingest.Failed, Code: "Permanent", At: at},
		"22-soft-bounce": nil, "23-opened": nil, "24-contact": nil,
	} {
		_, reply := channeltest.Parse(t, resend.Kind, "testdata/"+file+".http")
		if want == nil && (reply.Reports != nil || reply.Ignored != 1) || want != nil && (len(reply.Reports) != 1 || reply.Reports[0] != *want) {
			t.Errorf("%s: %+v, want %+v", file, reply, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "signing_secret",
		`{signing_secret: AAAA}`:             "api_key",
		`{signing_secret: "%%", api_key: k}`: "whsec_",
		`{signing_secret: AAAA, api_key: k, public_url: /hooks/x}`: "public_url",
		`{signing_secret: AAAA, api_key: k, api_base: /v1}`:        "api_base",
		`{signing_secret: AAAA, api_key: k, backfill: 1s}`:         "backfill",
	} {
		_, err := resend.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
