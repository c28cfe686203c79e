package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// told is a channel as the API tells it.
type told struct {
	State     string
	LastError string `json:"last_error"`
	Refused   map[string]int
	Refusals  []struct{ Cause, Says, URL string }
	Secrets   []struct {
		Index  int
		UsedAt *time.Time `json:"last_used_at"`
	}
	Unknown []struct{ Why string }
}

func (h house) shown(channel string) (c told) {
	h.T.Helper()
	h.Read(http.StatusOK, http.MethodGet, "/channels/"+channel, nil, &c)
	return c
}

// posts sends a request to a hook, which must answer with want.
func (h house) posts(want int, channel, kind, body string, header ...string) {
	h.T.Helper()
	a, err := h.Ask(http.MethodPost, "/hooks/"+channel, body, append(header, "Content-Type", kind)...)
	must(h.T, err)
	if a.Status != want {
		h.T.Fatalf("%s answered %d, want %d: %s", channel, a.Status, want, a.Body)
	}
}

func hmac256(secret, text string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

const (
	form     = "application/x-www-form-urlencoded"
	jsonBody = "application/json"
)

// An operator sets up three hooks, each wrong in another way, and reads in the
// channel what to mend; a mended one is well again with its first message.
func TestHooksThatRefuseSayWhy(t *testing.T) {
	t.Parallel()
	secret := base64.StdEncoding.EncodeToString([]byte("abcdefghijklmnopqrstuvwxyz"))
	h := newHouse(t, "{name: sms, kind: twilio, account_sid: AC1, auth_token: token, public_url: https://support.example.com/hooks/sms}",
		"{name: orders, kind: webhook, scheme: github, secret: [first, second], map: {id: id, from: from, text: text}}",
		"{name: late, kind: webhook, scheme: standard, secret: whsec_"+secret+", map: {from: from, text: text}}")
	p := h.Serve()

	mac := hmac.New(sha1.New, []byte("token"))
	mac.Write([]byte(p.Base + "/hooks/smsBody" + planted + "From+15550109686MessageSidSM1"))
	h.posts(http.StatusForbidden, "sms", form, "MessageSid=SM1&From=%2B15550109686&Body="+planted, "X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	order := fmt.Sprintf(`{"id": "1", "from": "ann@example.com", "text": %q}`, planted)
	for range 3 {
		h.posts(http.StatusUnauthorized, "orders", jsonBody, order, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(hmac256("another", order)))
	}
	h.posts(http.StatusUnauthorized, "orders", jsonBody, order)
	old := fmt.Sprint(time.Now().Add(-20 * time.Minute).Unix())
	h.posts(http.StatusUnauthorized, "late", jsonBody, order, "webhook-id", "m1", "webhook-timestamp", old,
		"webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(hmac256("abcdefghijklmnopqrstuvwxyz", "m1."+old+"."+order)))

	eventually(t, "refusals are kept", func() bool {
		return len(h.shown("sms").Refusals) == 1 && len(h.shown("orders").Refusals) == 4 && len(h.shown("late").Refusals) == 1
	})
	if c := h.shown("sms"); c.State != "ok" || c.Refusals[0].Cause != "url differs" || c.Refusals[0].URL != "https://support.example.com/hooks/sms" ||
		!strings.Contains(c.Refusals[0].Says, "signed "+p.Base+"/hooks/sms, and public_url is https://support.example.com/hooks/sms") {
		t.Errorf("sms: %+v", c)
	}
	if c := h.shown("orders"); c.Refusals[0].Cause != "no signature" || c.Refusals[3].Cause != "secret" || c.Refused["secret"] != 3 || len(c.Secrets) != 2 || c.Secrets[1].UsedAt != nil {
		t.Errorf("orders: %+v", c)
	}
	if c := h.shown("late"); c.Refusals[0].Cause != "clock" || !strings.HasPrefix(c.Refusals[0].Says, "signed 20m") {
		t.Errorf("late: %+v", c)
	}

	h.SQL("update hook_requests set minute = minute - interval '6 minutes', first_at = first_at - interval '6 minutes', last_at = last_at - interval '6 minutes'")
	for channel, advice := range map[string]string{"sms": "set public_url", "orders": "set the provider's secret", "late": "set this machine's clock"} {
		eventually(t, channel+" is rejecting", func() bool { return h.shown(channel).State == "rejecting" })
		if c := h.shown(channel); !strings.Contains(c.LastError, advice) {
			t.Errorf("%s: %q", channel, c.LastError)
		}
	}
	if out := h.Command(0, "check"); !strings.Contains(out, "  state: rejecting: all requests since ") {
		t.Errorf("check says %s", out)
	}
	h.posts(http.StatusOK, "orders", jsonBody, order, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(hmac256("second", order)))
	eventually(t, "orders is well again", func() bool { return h.shown("orders").State == "ok" })
	if c := h.shown("orders"); c.Secrets[0].UsedAt != nil || c.Secrets[1].UsedAt == nil {
		t.Errorf("the secrets in use: %+v", c.Secrets)
	}
	var events struct {
		Items []struct {
			Type string
			Data struct{ Channel string }
		}
	}
	eventually(t, "the changes are told", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/events?types=channel.rejecting,channel.ok&limit=50", nil, &events)
		return len(events.Items) >= 4
	})
	if len(events.Items) != 4 || events.Items[3].Type != "channel.ok" || events.Items[3].Data.Channel != "orders" {
		t.Errorf("events: %+v", events.Items)
	}
	metrics, err := h.Ask(http.MethodGet, "/metrics", "")
	must(t, err)
	for _, line := range []string{`gatehouse_hook_refused_total{cause="secret",channel="orders"} 3`, `gatehouse_channel_state{channel="late",state="rejecting"} 1`} {
		if !strings.Contains(metrics.Body, line+"\n") {
			t.Errorf("metrics lack %s", line)
		}
	}
}

// A shop is said to order every half hour, and stops; the program is stopped
// for longer than a restart takes.
func TestSilenceAndUnknownHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "{name: orders, kind: webhook, scheme: github, secret: first, map: {id: id, from: from, text: text}, expect_every: 30m}")
	p := h.Serve()
	send := func(id string) {
		t.Helper()
		order := fmt.Sprintf(`{"id": %q, "from": "ann@example.com", "text": %q}`, id, planted)
		h.posts(http.StatusOK, "orders", jsonBody, order, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(hmac256("first", order)))
	}
	send("1")
	h.Decided(map[string]int{"orders": 1})
	h.SQL("update intake set at = at - interval '1 hour'; update arrivals set hour = hour - interval '1 hour', last_at = last_at - interval '1 hour';" +
		"update channels set since = since - interval '1 hour', heard_from = heard_from - interval '1 hour'; update presence set up = up - interval '1 hour'")
	eventually(t, "orders is silent", func() bool { return h.shown("orders").State == "silent" })
	if c := h.shown("orders"); !strings.HasPrefix(c.LastError, "nothing since ") || !strings.HasSuffix(c.LastError, "a message is expected every 30m") {
		t.Errorf("%q", c.LastError)
	}
	send("2")
	eventually(t, "orders is well again", func() bool { return h.shown("orders").State == "ok" })
	if c := h.shown("orders"); len(c.Unknown) != 0 {
		t.Errorf("unknown while it ran: %+v", c.Unknown)
	}
	if code := p.Terminate(); code != 0 {
		t.Fatalf("it ended with %d", code)
	}
	h.SQL("update presence set at = at - interval '20 minutes'")
	h.Serve()
	eventually(t, "what came meanwhile is unknown", func() bool { c := h.shown("orders"); return len(c.Unknown) == 1 && c.Unknown[0].Why == "away" })
	if out := h.Command(0, "check"); !strings.Contains(out, "  unknown: from ") {
		t.Errorf("check says %s", out)
	}
	h.Read(http.StatusOK, http.MethodPost, "/channels/orders/unknown/settle", nil, nil)
	if c := h.shown("orders"); len(c.Unknown) != 0 || c.State != "ok" {
		t.Errorf("settled: %+v", c)
	}
}
