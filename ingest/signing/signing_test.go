package signing_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest/signing"
)

// What is signed here our own door takes, which public libraries are held
// against.
func TestSign(t *testing.T) {
	now := time.Unix(1773480000, 0)
	secret, pair := signing.NewSecret(), signing.NewPair()
	h := http.Header{}
	signing.Sign(h, "81231-5", now, []byte(`{"a":1}`), []signing.Key{signing.NewSecret(), secret, pair})
	for _, k := range []struct{ secrets, keys channels.Secrets }{
		{secrets: channels.Secrets{secret.Text()}}, {keys: channels.Secrets{pair.Public()}},
	} {
		s, err := channels.NewStandard(k.secrets, k.keys, channels.Host{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(channels.Request{Request: &http.Request{Header: h}, Raw: []byte(`{"a":1}`)}); err != nil {
			t.Error(err)
		}
		if s.Verify(channels.Request{Request: &http.Request{Header: h}, Raw: []byte(`{"a":2}`)}) == nil {
			t.Error("another body is believed")
		}
	}
}

// The specification's own example.
func TestSignAsSpecified(t *testing.T) {
	key, err := signing.Parse("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	signing.Sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), []signing.Key{key})
	if got := h.Get("webhook-signature"); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signature %s", got)
	}
}

func TestParse(t *testing.T) {
	for _, k := range []signing.Key{signing.NewSecret(), signing.NewPair()} {
		read, err := signing.Parse(k.Text())
		if err != nil || read.Text() != k.Text() || read.Public() != k.Public() {
			t.Errorf("%v", err)
		}
		if said := fmt.Sprintf("%v %+v %#v", k, k, k); strings.Contains(said, k.Text()[8:]) {
			t.Errorf("it prints itself: %s", said)
		}
	}
	for _, bad := range []string{"", "whsec_", "whsec_AAAA", "whsec_!!", "whsk_AAAA", "whpk_" + strings.Repeat("A", 44), strings.Repeat("A", 44),
		"whsk_" + strings.Repeat("A", 86) + "=="} {
		if _, err := signing.Parse(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
