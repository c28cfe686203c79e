package ses_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/ses"
	"gatehouse/ingest/safehttp"
)

func post(body []byte) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/hooks/golden", bytes.NewReader(body))
}

// s3 is a bucket that knows who may ask.
type s3 struct {
	status int
	asked  []string
	auth   string
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked, s.auth = append(s.asked, r.RequestURI), r.Header.Get("Authorization")
	if s.status != 0 {
		w.WriteHeader(s.status)
		return
	}
	_, _ = io.WriteString(w, eml("m04", plain+"Out of the bucket"))
}

// TestFromS3 takes mail that a notification only points to: whole if it can be
// had, later if SNS tries again, and else with the mail as a file to be fetched.
func TestFromS3(t *testing.T) {
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.Close()
	for _, c := range []struct {
		name     string
		status   int
		after    time.Duration // since SNS first tried
		answer   int
		text     string
		messages int
		files    int
	}{
		{"it is there", 0, time.Second, 200, "Out of the bucket", 1, 0},
		{"it is away", 503, time.Second, 503, "", 0, 0},
		{"it is away for long", 503, time.Minute, 200, "could not be had", 1, 1},
		{"it is gone", 404, time.Second, 200, "could not be had", 1, 1},
		{"who asks is refused, for now", 403, time.Second, 503, "", 0, 0},
		{"who asks is refused", 403, time.Minute, 200, "could not be had", 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucket := &s3{status: c.status}
			server := httptest.NewServer(bucket)
			defer server.Close()
			settings := "{allowed_topic_arns: [" + topic + "], access_key_id: AKID, secret_access_key: s, s3_base: \"" + server.URL + "\"}"
			k := channeltest.Lend(new(amazon).kind(), func(h *channels.Host) {
				h.Outside, h.Now = client, func() time.Time { return channeltest.Now.Add(c.after - 2*time.Second) }
			})
			d := channeltest.NewDesk(t, k, settings)
			w := d.Do(post(requests(t)["04-in-s3"]))
			if w.Code != c.answer || len(d.Store.Messages()) != c.messages || len(bucket.asked) != 1 || bucket.asked[0] != "/inbound-mail/in/mail%200004" {
				t.Fatalf("answered %d, %d stored, asked for %q", w.Code, len(d.Store.Messages()), bucket.asked)
			}
			if !strings.HasPrefix(bucket.auth, "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/s3/aws4_request, SignedHeaders=host;") {
				t.Errorf("asked with %q", bucket.auth)
			}
			if c.messages == 0 {
				return
			}
			a := d.Store.Messages()[0].Arrival
			if !strings.Contains(a.Message.Text, c.text) || len(a.Message.Attachments) != c.files || a.Keys[0] != "m04" || a.Message.Thread != "m04@mail.example.org" {
				t.Errorf("%+v", a.Message)
			}
			bucket.status = 0
			fetchLater(t, settings, client, a.Raw, c.files)
			again := d.Do(post(requests(t)["04-in-s3"])) // now that it is there
			if again.Code != 200 || len(d.Store.Messages()) != 1 {
				t.Errorf("when it comes again: %d, %d stored", again.Code, len(d.Store.Messages()))
			}
		})
	}
}

// fetchLater fetches the files of a message as the program does.
func fetchLater(t *testing.T, settings string, client channels.MediaClient, raw []byte, files int) {
	t.Helper()
	media, err := ses.Kind.Media(channeltest.Settings([]byte(settings)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		file, err := ses.Kind.File(raw, i)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := media.Open(t.Context(), client, file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer)
		if err != nil || !strings.Contains(string(got), "Out of the bucket") {
			t.Errorf("%q, %v", got, err)
		}
		_ = answer.Close()
	}
}
