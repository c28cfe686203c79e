package brevo_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/brevo"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, brevo.Kind, "../brevo") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, brevo.Kind, ".", func(r *http.Request, _ []byte) { r.SetBasicAuth("desk", "new") })
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "anybody could post",
		`{basic_user: u}`:                    "basic_password",
		`{url_secret: s, public_url: /mail}`: "public_url",
	} {
		_, err := brevo.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestReports become events, but for steps that nobody waits for.
func TestReports(t *testing.T) {
	_, reply := channeltest.Parse(t, brevo.Kind, "testdata/17-delivered.http")
	want := ingest.DeliveryReport{ID: "<sent1@example.com>", Status: ingest.Delivered, At: time.Unix(1795262340, 0).UTC()}
	if len(reply.Reports) != 1 || reply.Reports[0] != want || reply.Ignored != 0 {
		t.Errorf("%+v", reply)
	}
	if _, reply = channeltest.Parse(t, brevo.Kind, "testdata/18-opened.http"); len(reply.Reports) != 0 || reply.Ignored != 1 {
		t.Errorf("%+v", reply)
	}
}

// TestManyFiles reads a mail whose html and files are both long, which takes
// minutes if each file is looked for in all of it.
func TestManyFiles(t *testing.T) {
	var files []string
	for i := range 50_000 {
		files = append(files, fmt.Sprintf(`{"ContentID":"f%d","DownloadToken":"t"}`, i))
	}
	item := `{"Uuid":["1"],"From":{"Address":"ann@example.com"},"RawHtmlBody":"` + strings.Repeat("cid:f", 2<<20) + ` cid:f7 ",` +
		`"Attachments":[` + strings.Join(files, ",") + `]}`
	r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader(`{"items":[`+item+`]}`))
	r.SetBasicAuth("desk", "new")
	d := channeltest.NewDesk(t, brevo.Kind, "{basic_user: desk, basic_password: new}")
	done := make(chan int, 1)
	go func() { done <- d.Do(r).Code }()
	select {
	case code := <-done:
		list := d.Store.Messages()
		if code != http.StatusOK || len(list) != 1 || len(list[0].Arrival.Message.Attachments) != 1000 ||
			list[0].Arrival.Message.Attachments[7].Disposition != "inline" || list[0].Arrival.Message.Attachments[8].Disposition != "attachment" {
			t.Errorf("answered %d, %d messages", code, len(list))
		}
	case <-time.After(time.Minute):
		t.Fatal("it takes too long")
	}
}
