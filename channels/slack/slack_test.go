package slack_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/slack"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, slack.Kind, "../slack") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, slack.Kind, ".", sign) }

// FuzzReread reads raw forms of both roads.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{"outer":{"channel":"D1"},"row":true}` + "\n" + `{"type":"message","user":"U1","ts":"1795262399.000100","text":"<@U2|a> &lt;","edited":{"ts":"1795262400.0"}}`,
		`{"outer":{"channel":"D1"},"row":true,"product":"edit"}` + "\n" + `{"user":"U1","ts":"1.1","blocks":[{"type":"rich_text","elements":[{"elements":[{"text":"x"}]}]}]}`,
		`{}` + "\n" + `{"type":"reaction_added","user":"U1","reaction":"x","item":{"channel":"C","ts":"1.1"}}`, "{}", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := slack.Kind.Reread(raw)
		if err == nil && (m.From.Value == "" || m.Thread == "" || strings.ContainsRune(m.Text, 0)) {
			t.Errorf("%+v of %q", m, raw)
		}
	})
}

// sign is what Slack does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	stamp := strconv.FormatInt(channeltest.Now.Unix(), 10)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(channels.MAC(sha256.New, "slack-test-new", []byte("v0:"+stamp+":"), body)))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"48-wrong-secret": channels.CauseSecret, "49-no-signature": channels.CauseUnsigned, "50-no-timestamp": channels.CauseUnsigned,
		"51-signature-twice": channels.CauseUnsigned, "52-stale": channels.CauseClock, "53-future": channels.CauseClock,
		"54-odd-timestamp": channels.CauseOther, "55-version": channels.CauseSecret, "58-unsigned-form": channels.CauseUnsigned,
		"60-forged-probe": channels.CauseUnsigned,
	} {
		if got := channeltest.Refusal(t, slack.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestCounted is what is told of and is no message.
func TestCounted(t *testing.T) {
	for file, foreign := range map[string]int{
		"14-preview-added": 0, "16-bot-edited": 0, "17-language-found": 0, "20-bot-deleted": 0, "24-own-reaction": 0, "25-file-reaction": 0,
		"26-bot": 0, "27-own-by-user-id": 0, "28-own-by-authorization": 0, "29-slackbot": 0, "30-joined": 0, "32-other-workspace": 1,
		"34-channel-created": 0, "35-user-change": 0, "36-uninstalled": 0, "37-tokens-revoked": 0, "38-rate-limited": 0, "41-command": 0,
		"57-unknown-type": 0,
	} {
		arrivals, reply := channeltest.Parse(t, slack.Kind, "testdata/"+file+".http")
		if len(arrivals) != 0 || reply.Foreign != foreign || reply.Ignored != 1-foreign {
			t.Errorf("%s: %d arrivals, %+v", file, len(arrivals), reply)
		}
	}
}

// TestDropped is unknown, unless the history is asked for it anyhow.
func TestDropped(t *testing.T) {
	_, reply := channeltest.Parse(t, slack.Kind, "testdata/38-rate-limited.http")
	minute := channeltest.Now.Add(-time.Minute)
	if len(reply.Missed) != 1 || reply.Missed[0] != (ingest.UnknownHours{From: minute, Until: channeltest.Now, Why: "dropped"}) {
		t.Errorf("%+v", reply.Missed)
	}
	hook, err := slack.Kind.Webhook(channeltest.Settings([]byte(`{signing_secret: s, bot_token: t, backfill: 5m}`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	r := channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(`{"type":"app_rate_limited","minute_rate_limited":1795262340}`)}
	if _, reply, err = hook.Parse(r); err != nil || reply.Missed != nil {
		t.Errorf("with a back-fill: %+v, %v", reply.Missed, err)
	}
}

// TestWhatEndsEvents is logged: nobody else tells of it.
func TestWhatEndsEvents(t *testing.T) {
	for body, says := range map[string]string{
		`{"type":"app_rate_limited","team_id":"T0TEAM","minute_rate_limited":1795262340}`: "minute=2026-11-21T11:59:00Z asked_again=true",
		`{"type":"event_callback","event":{"type":"tokens_revoked"}}`:                     "event=tokens_revoked",
		`{"type":"event_callback","event":{"type":"app_uninstalled"}}`:                    "event=app_uninstalled",
	} {
		var log bytes.Buffer
		host := channeltest.Host()
		host.Log = slog.New(slog.NewTextHandler(&log, nil))
		hook, err := slack.Kind.Webhook(channeltest.Settings([]byte(`{signing_secret: s, bot_token: t, backfill: 5m}`)), host)
		if err != nil {
			t.Fatal(err)
		}
		_, reply, err := hook.Parse(channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(body)})
		if err != nil || reply.Ignored != 1 || !strings.Contains(log.String(), says) {
			t.Errorf("%s: %+v, %v, log %q, want %q", body, reply, err, log.String(), says)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`: "signing_secret", `{signing_secret: ""}`: "empty", `{signing_secret: s, public_url: /x}`: "public_url",
		`{signing_secret: s, backfill: 5m}`:                                  "bot_token",
		`{signing_secret: s, bot_token: t, backfill: 5m, conversations: []}`: "conversations",
		`{signing_secret: s, conversations: [rooms]}`:                        "rooms",
		`{signing_secret: s, look_back: -1h}`:                                "look_back",
		`{signing_secret: s, files_host: "https://files.example.com"}`:       "files_host",
		`{signing_secret: s, files_host: ""}`:                                "files_host",
		`{signing_secret: s, bot_tokens: t}`:                                 "bot_tokens",
	} {
		_, err := slack.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
