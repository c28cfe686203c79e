package sendgrid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/sendgrid"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, sendgrid.Kind, "../sendgrid") }

func FuzzPost(f *testing.F) {
	key := keyOf(f, "new")
	channeltest.FuzzSigned(f, sendgrid.Kind, ".", func(r *http.Request, body []byte) { sign(f, r, body, key) })
}

// keyOf is a key that follows from a word, as those of testdata do.
func keyOf(t testing.TB, word string) *ecdsa.PrivateKey {
	seed := sha256.Sum256([]byte("sendgrid-test-" + word))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign is what SendGrid does with its key.
func sign(t testing.TB, r *http.Request, body []byte, key *ecdsa.PrivateKey) {
	stamp := strconv.FormatInt(channeltest.Now.Unix(), 10)
	sum := sha256.Sum256(slices.Concat([]byte(stamp), body))
	signature, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Twilio-Email-Event-Webhook-Timestamp", stamp)
	r.Header.Set("X-Twilio-Email-Event-Webhook-Signature", base64.StdEncoding.EncodeToString(signature))
}

func publicKey(t testing.TB, key *ecdsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"20-wrong-key": channels.CauseSecret, "21-no-signature": channels.CauseUnsigned, "22-signature-twice": channels.CauseUnsigned,
		"23-stale": channels.CauseClock, "24-odd-time": channels.CauseOther, "25-no-base64": channels.CauseSecret,
		"login/02-wrong-password": channels.CauseSecret, "login/03-no-credentials": channels.CauseUnsigned,
	} {
		if got := channeltest.Refusal(t, sendgrid.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %q (%v), want %q", file, channels.CauseOf(got), got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	key := "public_key_b64_spki: " + publicKey(t, keyOf(t, "new"))
	for settings, says := range map[string]string{
		`{}`:                             "public_key_b64_spki",
		`{public_key_b64_spki: AAAA}`:    "public_key_b64_spki",
		`{public_key_b64_spki: "*"}`:     "public_key_b64_spki",
		key + "\nmax_skew_s: 0":          "max_skew_s",
		key + "\nmax_skew_s: 700000":     "max_skew_s",
		key + "\nprovider_headers: true": "provider_headers",
		key + "\npublic_url: /mail":      "public_url",
		key + "\nbasic_user: u":          "basic_password",
	} {
		_, err := sendgrid.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestBoth asks for all that is set: a signature alone is not enough.
func TestBoth(t *testing.T) {
	key := keyOf(t, "new")
	d := channeltest.NewDesk(t, sendgrid.Kind, "url_secret: s\npublic_key_b64_spki: "+publicKey(t, key))
	for path, want := range map[string]int{"": 401, "?secret=s": 200} {
		r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel+path, strings.NewReader("[]"))
		r.Header.Set("Content-Type", "application/json")
		sign(t, r, []byte("[]"), key)
		if w := d.Do(r); w.Code != want {
			t.Errorf("%q is answered %d", path, w.Code)
		}
	}
}

// TestRetriedForDays is a request that SendGrid tries for three days with the
// signature of the first time.
func TestRetriedForDays(t *testing.T) {
	key := keyOf(t, "new")
	for after, want := range map[time.Duration]int{0: 200, 72 * time.Hour: 200, 74 * time.Hour: 401} {
		late := channeltest.Lend(sendgrid.Kind, func(h *channels.Host) { h.Now = func() time.Time { return channeltest.Now.Add(after) } })
		d := channeltest.NewDesk(t, late, "public_key_b64_spki: "+publicKey(t, key))
		r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader("[]"))
		r.Header.Set("Content-Type", "application/json")
		sign(t, r, []byte("[]"), key)
		if w := d.Do(r); w.Code != want {
			t.Errorf("after %s it is answered %d", after, w.Code)
		}
	}
}

// TestSameMail is a mail that SendGrid posts again: another boundary, another
// score, and it is the same.
func TestSameMail(t *testing.T) {
	first, _ := channeltest.Parse(t, sendgrid.Kind, "testdata/01-text.http")
	again, _ := channeltest.Parse(t, sendgrid.Kind, "testdata/02-text-again.http")
	other, _ := channeltest.Parse(t, sendgrid.Kind, "testdata/03-same-message-id.http")
	if !slices.Equal(first[0].Keys, again[0].Keys) || first[0].Content != again[0].Content {
		t.Errorf("%q and %q", first[0].Keys, again[0].Keys)
	}
	if slices.Equal(first[0].Keys, other[0].Keys) || first[0].Message.Thread != other[0].Message.Thread {
		t.Errorf("%q and %q", first[0].Keys, other[0].Keys)
	}
}

// TestEvents reads what SendGrid tells of mail that was sent.
func TestEvents(t *testing.T) {
	_, reply := channeltest.Parse(t, sendgrid.Kind, "testdata/18-events.http")
	at := time.Unix(1795262362, 0).UTC()
	ann, err := ingest.ParseIdentity("email", "ann@example.com", ingest.Header)
	if err != nil {
		t.Fatal(err)
	}
	want := channels.Reply{
		Ignored: 3,
		Reports: []ingest.DeliveryReport{{ID: "14c5d75ce93", Status: ingest.Delivered, At: at}, {ID: "14c5d75ce94", Status: ingest.Failed, Code: "5.1.1", At: at}},
		Opts:    []ingest.Opting{{Identity: ann, Opt: ingest.OptOut, At: at}},
	}
	if diff := cmp.Diff(want, reply); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
