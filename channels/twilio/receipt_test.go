package twilio_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/twilio"
	"gatehouse/ingest"
)

func post(t *testing.T, d *channeltest.Desk, body string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel+"?tenant=a", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sign(r, []byte(body))
	if w := d.Do(r); w.Code != http.StatusOK {
		t.Fatalf("%s is answered %d", body, w.Code)
	}
}

func openDesk(t *testing.T) *channeltest.Desk {
	t.Helper()
	settings, err := os.ReadFile("testdata/settings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return channeltest.NewDesk(t, twilio.Kind, string(settings))
}

func TestReceipts(t *testing.T) {
	d := openDesk(t)
	for _, body := range []string{
		"MessageSid=SM1&MessageStatus=queued", "MessageSid=SM1&MessageStatus=sending", "MessageSid=SM1&MessageStatus=sent",
		"SmsSid=SM1&SmsStatus=delivered", "MessageSid=SM2&MessageStatus=read",
		"MessageSid=SM3&MessageStatus=undelivered&ErrorCode=30003", "MessageSid=SM4&MessageStatus=failed&ErrorCode=21610",
		"MessageSid=SM5&MessageStatus=canceled", "MessageStatus=delivered",
	} {
		post(t, d, body)
	}
	want := []ingest.DeliveryReport{
		{ID: "SM1", Status: ingest.Sent}, {ID: "SM1", Status: ingest.Delivered}, {ID: "SM2", Status: ingest.Read},
		{ID: "SM3", Status: ingest.Failed, Code: "30003"}, {ID: "SM4", Status: ingest.Failed, Code: "21610"}, {ID: "SM5", Status: ingest.Failed},
	}
	if !slices.Equal(d.Reports, want) || d.Ignored != 9 || len(d.Store.Messages()) != 0 {
		t.Errorf("reports %+v, %d ignored, %d messages", d.Reports, d.Ignored, len(d.Store.Messages()))
	}
}

func TestOptOutType(t *testing.T) {
	d := openDesk(t)
	want := map[string]ingest.Opt{"STOP": ingest.OptOut, "START": ingest.OptIn, "HELP": ingest.OptHelp, "": "", "OTHER": ""}
	for kind := range want {
		post(t, d, "MessageSid=SM"+kind+"&From=%2B15550100001&To=%2B15550100009&Body=Genug&OptOutType="+kind)
	}
	for _, m := range d.Store.Messages() {
		a := m.Arrival
		read, err := twilio.Kind.Reread(a.Raw)
		if kind := strings.TrimPrefix(a.Keys[0], "SM"); err != nil || a.Message.Opt != want[kind] || read.Opt != a.Message.Opt {
			t.Errorf("%s: %q, read again %q, %v", kind, a.Message.Opt, read.Opt, err)
		}
	}
	if n := len(d.Store.Messages()); n != len(want) {
		t.Errorf("%d messages", n)
	}
}
