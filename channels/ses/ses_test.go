package ses_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/ses"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// amazon answers what a channel asks for, and notes it.
type amazon struct {
	asked []string
	fault error // instead of each answer
}

func (a *amazon) get(_ context.Context, url string) ([]byte, error) {
	a.asked = append(a.asked, url)
	switch {
	case a.fault != nil:
		return nil, a.fault
	case url == certURL:
		return os.ReadFile("testdata/sns.pem")
	case url == confirm:
		return []byte("<ConfirmSubscriptionResponse/>"), nil
	}
	return nil, &safehttp.Fault{Code: safehttp.NotFound, Status: 404}
}

// lend lets the kind ask Amazon.
func (a *amazon) lend(h *channels.Host) { h.Get = a.get }

// kind is SES with an Amazon that answers.
func (a *amazon) kind() channels.Kind { return channeltest.Lend(ses.Kind, a.lend) }

func TestSuite(t *testing.T) {
	channeltest.Run(t, channeltest.Lend(ses.Kind, new(amazon).lend), "../ses")
}

// believing takes every request for SNS's.
type believing struct{ channels.Webhook }

func (believing) Verify(channels.Request) error { return nil }

func FuzzPost(f *testing.F) {
	k := new(amazon).kind()
	open := k.Webhook
	k.Webhook = func(s channels.Settings, h channels.Host) (channels.Webhook, error) {
		w, err := open(s, h)
		return believing{w}, err
	}
	channeltest.Fuzz(f, k, ".")
}

// FuzzVerify sees to it that what is not signed is refused, whatever it is.
func FuzzVerify(f *testing.F) {
	for _, body := range requests(f) {
		f.Add(body[:len(body)/2])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := channeltest.NewDesk(t, new(amazon).kind(), "allowed_topic_arns: ["+topic+"x]")
		if w := d.Do(post(body)); w.Code != 403 && w.Code != 200 || len(d.Store.Messages()) > 0 {
			t.Errorf("answered %d", w.Code)
		}
	})
}

// TestCauses tells what to mend where a request is refused, and that nothing is
// asked for where that can be told without.
func TestCauses(t *testing.T) {
	for file, want := range map[string]struct {
		cause channels.Cause
		says  string
		asked int
	}{
		"40-wrong-key": {channels.CauseSecret, "key did not make", 1}, "41-other-topic": {channels.CauseOther, "allowed_topic_arns", 0},
		"42-lookalike": {channels.CauseOther, "SigningCertURL", 0}, "43-http": {channels.CauseOther, "SigningCertURL", 0},
		"44-version-3": {channels.CauseSecret, "version", 0}, "45-user-in-url": {channels.CauseOther, "SigningCertURL", 0},
		"46-not-there": {channels.CauseOther, "certificate", 1}, "47-unknown-type": {channels.CauseOther, "type", 0},
		"48-raw-delivery": {channels.CauseUnsigned, "raw message delivery", 0}, "49-raw-with-header": {channels.CauseUnsigned, "raw message delivery", 0},
		"50-no-json": {channels.CauseUnsigned, "raw message delivery", 0}, "51-odd-base64": {channels.CauseSecret, "base64", 0},
		"33-subscribe-elsewhere": {channels.CauseOther, "SubscribeURL", 0}, "34-subscribe-another": {channels.CauseOther, "SubscribeURL", 0},
		"52-query-in-url": {channels.CauseOther, "SigningCertURL", 0}, "53-bucket": {channels.CauseOther, "SigningCertURL", 0},
	} {
		a := new(amazon)
		got := channeltest.Refusal(t, a.kind(), "testdata/"+file+".http")
		if channels.CauseOf(got) != want.cause || !strings.Contains(got.Error(), want.says) || len(a.asked) != want.asked {
			t.Errorf("%s: %v (%s), asked for %q; want %s: %s", file, got, channels.CauseOf(got), a.asked, want.cause, want.says)
		}
	}
}

// TestConfirms asks for the URL of a confirmation once it is believed, and for
// no other.
func TestConfirms(t *testing.T) {
	all, away := requests(t), &safehttp.Fault{Code: safehttp.Timeout}
	for _, c := range []struct {
		request string
		fault   error // of the second thing that is asked for
		status  int
		asked   []string
	}{
		{"30-subscribe", nil, 200, []string{certURL, confirm}},
		{"30-subscribe", away, 503, []string{certURL, confirm}},
		{"30-subscribe", &safehttp.Fault{Code: safehttp.Rejected}, 200, []string{certURL, confirm}},
		{"33-subscribe-elsewhere", nil, 403, []string{certURL}},
		{"34-subscribe-another", nil, 403, []string{certURL}},
		{"31-unsubscribe", nil, 200, []string{certURL}},
		{"32-unsubscribe-as-notification", nil, 200, []string{certURL}},
	} {
		a := new(amazon)
		d := channeltest.NewDesk(t, a.kind(), "allowed_topic_arns: ["+topic+"]")
		if w := d.Do(post(all["20-setup"])); w.Code != 200 { // so that the certificate is known
			t.Fatal(w.Code)
		}
		a.fault = c.fault
		if w := d.Do(post(all[c.request])); w.Code != c.status || strings.Join(a.asked, " ") != strings.Join(c.asked, " ") {
			t.Errorf("%s with %v: answered %d, asked for %q, want %d and %q", c.request, c.fault, w.Code, a.asked, c.status, c.asked)
		}
	}
}

// TestCertificateAway asks SNS to try again while the certificate cannot be had,
// and keeps it once it was.
func TestCertificateAway(t *testing.T) {
	a, all := &amazon{fault: &safehttp.Fault{Code: safehttp.Network}}, requests(t)
	d := channeltest.NewDesk(t, a.kind(), "allowed_topic_arns: ["+topic+"]")
	if w := d.Do(post(all["01-base64"])); w.Code != 503 || len(d.Refused) != 0 {
		t.Errorf("answered %d, %v", w.Code, d.Refused)
	}
	a.fault = nil
	for _, name := range []string{"01-base64", "02-utf8-version-1", "03-file"} {
		if w := d.Do(post(all[name])); w.Code != 200 {
			t.Errorf("%s: answered %d", name, w.Code)
		}
	}
	if len(a.asked) != 2 || len(d.Store.Messages()) != 3 {
		t.Errorf("asked for %q, %d stored", a.asked, len(d.Store.Messages()))
	}
}

// TestReports become events, but for bounces that SES tries again after.
func TestReports(t *testing.T) {
	for file, want := range map[string]ingest.DeliveryReport{
		"22-bounce":      {ID: "sent-1", Status: ingest.Failed, Code: "5.1.1"},
		"23-delivery":    {ID: "sent-2", Status: ingest.Delivered},
		"24-complaint":   {},
		"25-soft-bounce": {},
	} {
		_, reply := channeltest.Parse(t, new(amazon).kind(), "testdata/"+file+".http")
		if want.ID == "" {
			if reply.Reports != nil || reply.Ignored != 1 {
				t.Errorf("%s: %+v", file, reply)
			}
			continue
		}
		if len(reply.Reports) != 1 || reply.Reports[0].At.IsZero() {
			t.Fatalf("%s: %+v", file, reply)
		}
		if want.At = reply.Reports[0].At; reply.Reports[0] != want {
			t.Errorf("%s: %+v, want %+v", file, reply.Reports[0], want)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                              "allowed_topic_arns",
		`{allowed_topic_arns: [inbound]}`: "no topic",
		`{allowed_topic_arns: ["arn:aws:sqs:eu-west-1:1:x"]}`:                  "no topic",
		`{allowed_topic_arns: ["` + topic + `"], access_key_id: x}`:            "belong together",
		`{allowed_topic_arns: ["` + topic + `"], region: "x/y"}`:               "region",
		`{allowed_topic_arns: ["` + topic + `"], provider_headers: true}`:      "provider_headers",
		`{allowed_topic_arns: ["` + topic + `"], s3_base: "s3.example.com"}`:   "s3_base",
		`{allowed_topic_arns: ["` + topic + `"], public_url: /hooks/ses}`:      "public_url",
		`{allowed_topic_arns: ["` + topic + `"], s3_base: "https://a.test/b"}`: "s3_base",
	} {
		_, err := ses.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
