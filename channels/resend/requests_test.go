package resend_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/channeltest"
)

// signature is Svix's, with the secret of a number.
func signature(secret int, stamp, body string) string {
	mac := hmac.New(sha256.New, fmt.Appendf(nil, "gatehouse-test-secret-%04d", secret))
	fmt.Fprintf(mac, "msg_1.%s.%s", stamp, body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// sign is what Resend does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	stamp := fmt.Sprint(channeltest.Now.Unix())
	r.Header.Set("Svix-Id", "msg_1")
	r.Header.Set("Svix-Timestamp", stamp)
	r.Header.Set("Svix-Signature", signature(1, stamp, string(body)))
}

func received(id, created string, more map[string]any) string {
	data := map[string]any{
		"email_id": id, "created_at": created, "from": "Ann Example <ann@example.org>", "to": []string{"support@example.com"}, "cc": []string{},
		"bcc": []string{}, "message_id": "<" + id + "@mail.example.org>", "subject": "Where is my order?", "attachments": []any{},
	}
	for name, value := range more {
		data[name] = value
	}
	return event("email.received", created, data)
}

func event(kind, created string, data any) string {
	b, err := json.Marshal(map[string]any{"type": kind, "created_at": created, "data": data})
	if err != nil {
		panic(err) // texts and maps of them
	}
	return string(b)
}

const (
	now     = "2026-11-21T11:59:58.000Z"
	earlier = "2026-11-21T11:50:00.000Z" // nobody is asked to send it again
)

// request is a POST with its body signed n seconds from now.
func request(body string, seconds, secret int) string {
	stamp := fmt.Sprint(channeltest.Now.Add(time.Duration(seconds) * time.Second).Unix())
	return "POST /hooks/golden HTTP/1.1\nHost: support.example.com\nContent-Type: application/json\nsvix-id: msg_1\nsvix-timestamp: " + stamp +
		"\nsvix-signature: " + signature(secret, stamp, body) + "\n\n" + body + "\n"
}

// requests are those of testdata.
func requests() map[string]string {
	one := received("whole", now, nil)
	all := map[string]string{
		"01-whole":        request(one, 0, 1),
		"02-fields":       request(received("fields", now, nil), 0, 1),
		"03-files":        request(received("files", now, nil), 0, 1),
		"04-not-there":    request(received("missing", now, map[string]any{"cc": []string{"Bob <bob@example.org>"}}), 0, 1),
		"05-away":         request(received("away", earlier, nil), 0, 1),
		"06-raw-away":     request(received("rawaway", earlier, nil), 0, 1),
		"07-another":      request(received("another", earlier, nil), 0, 1),
		"08-no-json":      request(received("nojson", earlier, nil), 0, 1),
		"09-unicode":      request(received("unicode", now, map[string]any{"from": "Zoë Müller <zoe@example.org>", "subject": "Größe 👩‍👩‍👧‍👦"}), 0, 1),
		"10-no-id":        request(received("", now, nil), 0, 1),
		"11-odd-types":    request(received("odd", now, map[string]any{"to": 7}), 0, 1),
		"12-no-data":      request(event("email.received", now, nil), 0, 1),
		"15-other-time":   request(received("whole", "2026-11-21 11:59:58.25+00", nil), 0, 1),
		"16-no-time":      request(received("whole", "", nil), 0, 1),
		"13-body-is-none": request("hello", 0, 1),
		"14-empty":        request("", 0, 1),
		"20-delivered":    request(event("email.delivered", now, map[string]any{"email_id": "sent-1"}), 0, 1),
		"21-bounced":      request(event("email.bounced", now, map[string]any{"email_id": "sent-2", "bounce": map[string]string{"type": "Permanent"}}), 0, 1),
		"22-soft-bounce":  request(event("email.bounced", now, map[string]any{"email_id": "sent-3", "bounce": map[string]string{"type": "Transient"}}), 0, 1),
		"23-opened":       request(event("email.opened", now, map[string]any{"email_id": "sent-4"}), 0, 1),
		"24-contact":      request(event("contact.created", now, []int{1}), 0, 1),
		"30-old-secret":   request(one, 0, 2),
		"31-wrong-secret": request(one, 0, 3),
		"32-stale":        request(one, -301, 1),
		"33-future":       request(one, 301, 1),
		"34-on-the-edge":  request(one, -300, 1),
	}
	good := all["01-whole"]
	all["35-no-signature"] = strings.Replace(good, "svix-signature", "x-signature", 1)
	all["36-signature-twice"] = strings.Replace(good, "svix-id:", "svix-signature: v1,AAAA\nsvix-id:", 1)
	all["37-version-9"] = strings.Replace(good, ": v1,", ": v9,", 1)
	all["38-standard-names"] = strings.ReplaceAll(good, "svix-", "webhook-")
	return all
}

// TestRequests makes the requests of testdata, or compares them.
func TestRequests(t *testing.T) {
	for name, want := range requests() {
		file := "testdata/" + name + ".http"
		if channeltest.Update() {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s differs (%v): make it anew with -update", file, err)
		}
	}
}
