package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

const cookbook = "../../docs/webhook.md"

// recipe is one of the cookbook's: a channel, a request, and what comes out.
type recipe struct{ name, settings, request, says string }

var recipeParts = regexp.MustCompile("(?s)^(.+?)\n.*?```yaml\n(.*?)```\n.*?```http\n(.*?)```\n.*?```text\n(.*?)```\n")

func recipes(t *testing.T, page string) (list []recipe) {
	_, page, _ = strings.Cut(page, "## Recipes\n")
	for _, section := range strings.Split(page, "\n### ")[1:] {
		m := recipeParts.FindStringSubmatch(section)
		if m == nil {
			t.Fatalf("a recipe that is not one: %.60s", section)
		}
		list = append(list, recipe{m[1], m[2], m[3], m[4]})
	}
	return list
}

// TestRecipes runs what the cookbook says: its settings, its requests, signed.
func TestRecipes(t *testing.T) {
	page, err := os.ReadFile(cookbook)
	if err != nil {
		t.Fatal(err)
	}
	list := recipes(t, string(page))
	if len(list) < 9 {
		t.Fatalf("%d recipes", len(list))
	}
	for _, r := range list {
		t.Run(r.name, func(t *testing.T) {
			got := r.run(t)
			if channeltest.Update() {
				page = bytes.Replace(page, []byte("```text\n"+r.says+"```"), []byte("```text\n"+got+"```"), 1)
			} else if diff := cmp.Diff(r.says, got); diff != "" {
				t.Errorf("-the page says +what comes out\n%s", diff)
			}
		})
	}
	if channeltest.Update() {
		if err := os.WriteFile(cookbook, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// run opens the channel, refuses its request without the proof, takes it with, and
// tells what came out.
func (r recipe) run(t *testing.T) string {
	settings := map[string]any{}
	if err := yaml.Unmarshal([]byte(r.settings), &settings); err != nil {
		t.Fatal(err)
	}
	if settings["kind"] != "webhook" || !strings.Contains(r.request, " /hooks/"+fmt.Sprint(settings["name"])) {
		t.Errorf("the request is for another channel than %v", settings["name"])
	}
	own := maps.Clone(settings)
	delete(own, "kind") // these two are every channel's
	delete(own, "name")
	text, err := yaml.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(filledIn(string(text))) // of what YAML has read, as the program does
	d := channeltest.NewDesk(t, proxied, string(text))
	stranger := r.signed(t, settings, false)
	stranger.Header.Del("Authorization")
	stranger.RemoteAddr = "198.51.100.9:4000"
	if w := d.Do(stranger); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger's request is answered %d", w.Code)
	}
	if w := d.Do(r.signed(t, settings, true)); w.Code != http.StatusOK || len(d.Store.Messages()) == 0 {
		t.Errorf("it is answered %d, %d stored, refused: %v", w.Code, len(d.Store.Messages()), d.Refused)
	}
	var says strings.Builder
	for _, s := range d.Store.Messages() {
		fmt.Fprintln(&says, inShort(s.Arrival))
	}
	return says.String() + whatIsIgnored(t, text, r.signed(t, settings, true))
}

const (
	cookSecret = "gatehouse-test-secret-0001"
	cookPrint  = "1f2e3d4c5b6a79880716253443526170f1e2d3c4b5a697887766554433221100"
)

// filledIn has test secrets in the place of those of the environment.
func filledIn(text string) string {
	return regexp.MustCompile(`\$\{(\w+)\}`).ReplaceAllStringFunc(text, func(name string) string {
		switch {
		case name == "${SHOP_SECRET}":
			return "whsec_" + base64.StdEncoding.EncodeToString([]byte(cookSecret))
		case name == "${BASIC}":
			return base64.StdEncoding.EncodeToString([]byte("bookings:" + cookSecret))
		case strings.HasSuffix(name, "FINGERPRINT}"):
			return cookPrint
		}
		return cookSecret
	})
}

// signed is the request, by whoever knows the secret or not.
func (r recipe) signed(t *testing.T, settings map[string]any, knows bool) *http.Request {
	t.Helper()
	q, err := channeltest.Request([]byte(strings.Replace(filledIn(r.request), " /hooks/"+fmt.Sprint(settings["name"]), " /hooks/"+channeltest.Channel, 1)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		t.Fatal(err)
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	if !knows {
		return q
	}
	switch settings["scheme"] {
	case "standard":
		mac := hmac.New(sha256.New, []byte(cookSecret))
		fmt.Fprintf(mac, "%s.%s.%s", q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp"), body)
		q.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	case "github":
		q.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(channels.MAC(sha256.New, cookSecret, body)))
	}
	return q
}

// inShort is what a message says, in a line.
func inShort(a ingest.Arrival) string {
	m := a.Message
	if a.Problem != "" {
		return fmt.Sprintf("%s: %s", a.Problem, a.Note)
	}
	parts := []string{strings.TrimSpace(fmt.Sprintf("%s:%s (%s) %s", m.From.Kind, m.From.Value, m.From.How, m.From.Name))}
	add := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(m.Subject != "", "%s", m.Subject)
	add(m.ReplyText != "", "%s", strings.ReplaceAll(m.ReplyText, "\n", " / "))
	for _, to := range m.To {
		add(true, "to %s", to.Address)
	}
	add(m.Change == nil && len(m.Answers) > 0, "answers %s", strings.Join(m.Answers, ", "))
	if c := m.Change; c != nil {
		add(true, "%s of %s", c.Kind, c.Of)
	}
	for _, f := range m.Attachments {
		add(true, "%s %s %s", f.Filename, f.ContentType, f.Status)
	}
	return strings.Join(parts, " | ")
}

// whatIsIgnored is what `gatehouse check --sample` says of the rest.
func whatIsIgnored(t *testing.T, settings []byte, q *http.Request) (says string) {
	t.Helper()
	host := channeltest.Host()
	h, err := proxied.Webhook(channeltest.Settings(settings), host)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, reply, err := h.Parse(channels.Request{Request: q, Raw: body})
	if err != nil || reply.Ignored != len(reply.Why) {
		t.Errorf("%+v, %v", reply, err)
	}
	for _, why := range reply.Why {
		says += "ignored: " + why + "\n"
	}
	return says
}
