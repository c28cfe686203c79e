package whatsapp_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/whatsapp"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, whatsapp.Kind, "../whatsapp") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, whatsapp.Kind, ".", sign) }

// sign is what the app does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(channels.MAC(sha256.New, "meta-test-new", body)))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"24-wrong-secret": channels.CauseSecret, "25-sha1-only": channels.CauseUnsigned, "26-no-signature": channels.CauseUnsigned,
		"27-signature-twice": channels.CauseUnsigned, "29-handshake-wrong": channels.CauseSecret,
		"30-handshake-of-nothing": channels.CauseUnsigned, "33-signed-emptiness": channels.CauseSecret,
	} {
		if got := channeltest.Refusal(t, whatsapp.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestBatch counts what is no message, and what is another number's.
func TestBatch(t *testing.T) {
	_, reply := channeltest.Parse(t, whatsapp.Kind, "testdata/19-batch.http")
	if len(reply.Reports) != 2 || reply.Reports[0].Status != ingest.Delivered || reply.Reports[1].Code != "131026" || reply.Ignored != 2 || reply.Foreign != 1 {
		t.Errorf("%+v", reply)
	}
}

// TestKeptUnread: what may have messages in it and cannot be read is kept, beside
// what can.
func TestKeptUnread(t *testing.T) {
	const entry = `{"id":"1","changes":[{"field":"messages","value":{"metadata":%s,"messages":[{"id":"wamid.%s","from":"15550100042","type":"text","text":{"body":"hi"}}]}}]}`
	body := `{"object":"whatsapp_business_account","entry":[` + fmt.Sprintf(entry, "[]", "a") + "," + fmt.Sprintf(entry, "{}", "b") + "]}"
	hook, err := whatsapp.Kind.Webhook(channeltest.Settings([]byte("{app_secret: s}")), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	got, reply, err := hook.Parse(channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(body)})
	if err != nil || len(got) != 2 || got[0].Problem != ingest.ReasonUnreadable || got[1].Message.Text != "hi" || reply.Ignored != 0 {
		t.Errorf("%+v, %+v, %v", got, reply, err)
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`: "app_secret", `{app_secret: ""}`: "empty", `{app_secret: s, public_url: /x}`: "public_url", `{app_secret: s, account: 1}`: "account",
	} {
		_, err := whatsapp.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
