package vonage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/vonage"
	"gatehouse/ingest"
)

const listed = `product: %s
signature_secret: vonage-test-secret-new
signature_method: sha256
api_key: abcd1234
api_secret: vonage-test-api-secret
`

// TestBothRoads brings one message by the webhook and by the list.
func TestBothRoads(t *testing.T) {
	for product, c := range map[string]struct{ request, row string }{
		"sms": {"41-form", `{"message_id":"0A00000000000041","from":"15550100042","to":"15550100999","message_body":"a=b & c=d + e",
			"date_received":"2026-11-21T11:59:58+0000","direction":"inbound"}`},
		"messages": {"03-image", `{"message_id":"00000000-0000-4000-8000-000000000003","from":"15550100042","to":"15550100999","message_body":"my receipt",
			"date_received":"2026-11-21T11:59:58+0000","direction":"inbound","provider":"whatsapp"}`},
	} {
		t.Run(product, func(t *testing.T) {
			channeltest.Backfill(t, vonage.Kind, fmt.Appendf(nil, listed, product), file(t, "testdata/"+c.request+".http"),
				channeltest.Answers(`{"records":[`+c.row+`]}`))
		})
	}
}

func list(t *testing.T, product string) channels.List {
	t.Helper()
	l, err := vonage.Kind.Lister(channeltest.Settings(fmt.Appendf(nil, listed, product)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFirstPage(t *testing.T) {
	from := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for product, want := range map[string]string{
		"sms": "account_id=abcd1234&date_start=2026-11-20T12%3A00%3A00Z&direction=inbound&include_message=true&product=SMS",
		"messages": "account_id=abcd1234&date_end=2026-11-21T12%3A00%3A00Z&date_start=2026-11-20T12%3A00%3A00Z&direction=inbound" +
			"&include_message=true&product=MESSAGES&to=15550100999",
	} {
		w := channels.Window{From: from}
		if product == "messages" {
			w.Number, w.Until = "+15550100999", from.Add(24*time.Hour)
		}
		call := list(t, product).First(w)
		if call.To != "v2/reports/records" || call.Query.Encode() != want {
			t.Errorf("%s: %s?%s", product, call.To, call.Query.Encode())
		}
	}
}

func TestPage(t *testing.T) {
	l := list(t, "sms")
	page, err := l.Page(channels.Call{}, []byte(`{"_links":{"next":{"href":"https://api.example.com/v2/reports/records?cursor=c&iv=i"}},
		"records":[{"message_id":"1","to":"15550100999","date_received":"2026-11-21T11:00:00+0100"},{"message_id":"2","direction":"outbound"},7]}`))
	if err != nil || len(page.Rows) != 3 || page.Next == nil || page.Next.To != "https://api.example.com/v2/reports/records?cursor=c&iv=i" {
		t.Fatalf("%+v, %v", page, err)
	}
	r := page.Rows[0]
	if r.Key != "1" || r.To != "15550100999" || !r.At.Equal(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)) || r.Sent || !page.Rows[1].Sent || page.Rows[2].Key != "" {
		t.Errorf("%+v", page.Rows)
	}
	for _, bad := range []string{"", "{}", "[]", `{"records":{}}`} {
		if _, err := l.Page(channels.Call{}, []byte(bad)); err == nil {
			t.Errorf("%q is a page", bad)
		}
	}
	if last, err := l.Page(channels.Call{}, []byte(`{"records":[]}`)); err != nil || last.Next != nil {
		t.Errorf("the last page: %+v, %v", last, err)
	}
}

// TestOddRows reads rows of all kinds, as the list has them.
func TestOddRows(t *testing.T) {
	l := list(t, "messages")
	for _, c := range []struct{ row, from, text, defect, problem string }{
		{`{"message_id":"1","from":"15550100042","to":"x","provider":"sms","message_body":"hi"}`, "phone:+15550100042", "hi", "", ""},
		{`{"message_id":"2","from":"7000000000000042","to":"x","provider":"messenger"}`, "messenger:7000000000000042", "", "content_missing", ""},
		{`{"message_id":"3","from":"","to":"x"}`, "", "", "", "unreadable"},
		{`7`, "", "", "", "unreadable"},
		{`{"from":"15550100042"}`, "", "", "", "unreadable"},
	} {
		s := channels.Stamp{At: channeltest.Now, Row: true, Product: "messages"}
		a := l.Read.Arrival(s, []byte(c.row))
		m := a.Message
		found := slices.ContainsFunc(m.Defects, func(d ingest.Defect) bool { return d.Code == c.defect })
		if m.From.Key() != c.from || m.Text != c.text || string(a.Problem) != c.problem || found != (c.defect != "") {
			t.Errorf("%s: %+v %s", c.row, m, a.Problem)
		}
	}
}

// TestTheListIsAskedAsTheAccount asks a list of two pages.
func TestTheListIsAskedAsTheAccount(t *testing.T) {
	var asked []string
	var api *httptest.Server
	api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		asked = append(asked, user+" "+password+" "+r.URL.Path+" "+r.URL.Query().Get("cursor"))
		page := map[string]any{"records": []any{map[string]string{"message_id": "m" + r.URL.Query().Get("cursor"), "from": "15550100042",
			"to": "15550100999", "message_body": "hi", "date_received": channeltest.Now.Add(-time.Hour).Format(time.RFC3339)}}}
		if !r.URL.Query().Has("cursor") {
			page["_links"] = map[string]any{"next": map[string]string{"href": api.URL + r.URL.Path + "?cursor=2"}}
		}
		_ = json.NewEncoder(w).Encode(page)
	}))
	t.Cleanup(api.Close)
	settings := fmt.Sprintf(listed+"backfill: 1m\napi_base: %s\n", "sms", api.URL)
	p, err := vonage.Kind.Poller(channeltest.Settings([]byte(settings)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	store := channeltest.NewStore()
	in := &channeltest.Session{Store: store, Channel: channeltest.Channel, Family: ingest.SMS, FirstSeen: channeltest.Now.Add(-2 * time.Hour)}
	if err := p.Poll(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	const who = "abcd1234 vonage-test-api-secret /v2/reports/records "
	if len(store.Messages()) != 2 || !slices.Contains(asked, who) || !slices.Contains(asked, who+"2") {
		t.Errorf("%d messages, asked %q", len(store.Messages()), asked)
	}
}
