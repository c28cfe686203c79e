package messenger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/messenger"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, messenger.Kind, "../messenger") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, messenger.Kind, ".", sign) }

// sign is what the app does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(channels.MAC(sha256.New, "meta-test-new", body)))
}

// TestBatch counts what is no message, and what is another page's.
func TestBatch(t *testing.T) {
	_, reply := channeltest.Parse(t, messenger.Kind, "testdata/13-batch.http")
	if len(reply.Reports) != 3 || reply.Reports[0].Status != ingest.Read || reply.Ignored != 2 || reply.Foreign != 1 {
		t.Errorf("%+v", reply)
	}
}

// TestReceiptsOfOtherPages say nothing of what this channel's pages sent.
func TestReceiptsOfOtherPages(t *testing.T) {
	hook, err := messenger.Kind.Webhook(channeltest.Settings([]byte(`{app_secret: s, accounts: ["1"]}`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for page, told := range map[string]int{"1": 1, "2": 0} {
		body := []byte(`{"object":"page","entry":[{"id":"` + page + `","messaging":[{"delivery":{"mids":["m1"]}}]}]}`)
		_, reply, err := hook.Parse(channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: body})
		if err != nil || len(reply.Reports) != told || reply.Ignored != 1-told || reply.Foreign != 0 {
			t.Errorf("page %s: %+v, %v", page, reply, err)
		}
	}
}
