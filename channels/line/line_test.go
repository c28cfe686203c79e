package line_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/line"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, line.Kind, "../line") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, line.Kind, ".", sign) }

// sign is what LINE does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	r.Header.Set("X-Line-Signature", base64.StdEncoding.EncodeToString(channels.MAC(sha256.New, "line-test-new", body)))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"33-wrong-secret": channels.CauseSecret, "34-no-signature": channels.CauseUnsigned, "35-signature-twice": channels.CauseUnsigned,
		"36-hexadecimal": channels.CauseSecret, "37-without-padding": channels.CauseSecret,
	} {
		if got := channeltest.Refusal(t, line.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestBatch tells what is no message from what cannot be read, and hears who
// blocks the account.
func TestBatch(t *testing.T) {
	got, reply := channeltest.Parse(t, line.Kind, "testdata/18-batch.http")
	at := time.UnixMilli(1795262399456).UTC()
	want := []ingest.Opting{
		{Identity: ingest.Identity{Kind: "line", Value: "U0000000000000000000000000000ann1", How: ingest.Verified}, Opt: ingest.OptIn, At: at},
		{Identity: ingest.Identity{Kind: "line", Value: "U0000000000000000000000000000bob1", How: ingest.Verified}, Opt: ingest.OptOut, At: at},
	}
	if len(reply.Opts) != 2 || reply.Opts[0] != want[0] || reply.Opts[1] != want[1] || reply.Ignored != 5 || reply.Foreign != 0 {
		t.Errorf("%+v", reply)
	}
	if len(got) != 3 || got[0].Message.Text != "first" || got[1].Problem != ingest.ReasonUnreadable || got[1].Keys[0] != "100019" || got[2].Message.Text != "last" {
		t.Errorf("%+v", got)
	}
}

// TestForeign: what is for another bot is only counted, and opts nobody out here.
func TestForeign(t *testing.T) {
	got, reply := channeltest.Parse(t, line.Kind, "testdata/28-other-account.http")
	if len(got) != 0 || reply.Foreign != 1 || reply.Ignored != 1 || reply.Opts != nil {
		t.Errorf("%+v, %+v", got, reply)
	}
}

// TestRedelivery: what LINE delivers once more is the same message, readable or
// not, though the event says that it is delivered again and has another token.
func TestRedelivery(t *testing.T) {
	const body = `{"destination":"U1","events":[{"type":%q,"replyToken":%q,"timestamp":1795262399456,"source":{"type":"user","userId":"U2"},` +
		`"webhookEventId":"01EVENT","deliveryContext":{"isRedelivery":%t},%s}]}`
	for what, parts := range map[string][2]string{
		"text":       {"message", `"message":{"id":"1","type":"text","text":"hi"}`},
		"file":       {"message", `"message":{"id":"1","type":"file","fileName":"a.pdf","fileSize":3}`},
		"unreadable": {"message", `"message":{"id":"1","type":"text","text":7}`},
		"unsend":     {"unsend", `"unsend":{"messageId":"1"}`},
	} {
		d := channeltest.NewDesk(t, line.Kind, "channel_secret: line-test-new")
		for i, again := range []bool{false, true, true} {
			raw := fmt.Sprintf(body, parts[0], fmt.Sprint("reply-", i), again, parts[1])
			r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader(raw))
			sign(r, []byte(raw))
			if w := d.Do(r); w.Code != http.StatusOK {
				t.Fatalf("%s: %d", what, w.Code)
			}
		}
		if n := len(d.Store.Messages()); n != 1 {
			t.Errorf("%s: %d messages of one", what, n)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`: "channel_secret", `{channel_secret: ""}`: "empty", `{channel_secret: s, public_url: /x}`: "public_url",
		`{channel_secret: s, api_base: /v2}`: "api_base", `{channel_secret: s, account: U1}`: "account",
	} {
		_, err := line.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestSetup says what is missing, and no secret.
func TestSetup(t *testing.T) {
	for settings, missing := range map[string]bool{"{channel_secret: hidden}": true, "{channel_secret: hidden, channel_access_token: veiled}": false} {
		lines, err := line.Kind.Setup(channeltest.Settings([]byte(settings)), channeltest.Host())
		all := strings.Join(lines, "\n")
		if err != nil || lines[0] != channeltest.Host().PublicURL || strings.Contains(all, "files cannot be fetched") != missing ||
			strings.Contains(all, "hidden") || strings.Contains(all, "veiled") {
			t.Errorf("%s: %q %v", settings, lines, err)
		}
	}
}
