//go:build long && interop

package all_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// mailers are those that push mail.
var mailers = []peer{
	{
		sdk: "sendgrid", kind: "sendgrid", secrets: []string{ecdsaPublic("new"), ecdsaPublic("old")}, stranger: ecdsaPublic("another"),
		request: sendGridRequest, sign: sendGridSignature,
		proof: "X-Twilio-Email-Event-Webhook-Signature", stamp: "X-Twilio-Email-Event-Webhook-Timestamp",
		// The SDK leaves the time to who asks it.
		changes: map[string]func(*exchange){"time long ago": signedAfter(-301, sendGridSignature), "time to come": signedAfter(301, sendGridSignature)},
		blind:   []string{"time long ago", "time to come"},
		settings: func(exchange) string {
			return fmt.Sprintf("{public_key_b64_spki: [%q, %q], max_skew_s: 300}", ecdsaPublic("new"), ecdsaPublic("old"))
		},
	},
	{
		// Svix signs for Resend; what it tells of here needs nothing to be fetched.
		sdk: "resend", kind: "resend", secrets: []string{whsec("new"), whsec("old")}, proof: "svix-signature", stamp: "svix-timestamp",
		request: saying(`{"type":"email.delivered","created_at":"2026-11-21T11:59:58.000Z","data":{"email_id":"m1","subject":%s}}`),
		settings: func(exchange) string {
			return fmt.Sprintf("{signing_secret: [%q, %q], api_key: made-up-key}", whsec("new"), whsec("old"))
		},
	},
}

// sendGridRequest is a mail in fields, or a list of events.
func sendGridRequest(rng *rand.Rand) exchange {
	if rng.IntN(3) == 0 {
		return saying(`[{"event":"delivered","email":"ann@example.com","timestamp":1795262399,"sg_message_id":"m1","response":%s}]`)(rng)
	}
	fields := map[string]string{
		"headers": "From: Ann <ann@example.com>\nMessage-ID: <m1@example.com>\nSubject: Order\n", "from": "Ann <ann@example.com>",
		"to": "help@example.org", "subject": "Order", "envelope": `{"to":["help@example.org"],"from":"ann@example.com"}`, "text": word(rng),
	}
	var body strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&body, "--xYzZY\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, fields[name])
	}
	return exchange{
		Method: http.MethodPost, URL: "https://in.example.org/hook", media: "multipart/form-data; boundary=xYzZY", Body: body.String() + "--xYzZY--\r\n",
	}
}

func ecdsaKey(seed string) *ecdsa.PrivateKey {
	sum := sha256.Sum256([]byte(seed))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	if err != nil {
		panic(err) // of these seeds there is none
	}
	return key
}

// ecdsaPublic is the public half as SendGrid shows it.
func ecdsaPublic(seed string) string {
	der, err := x509.MarshalPKIXPublicKey(ecdsaKey(seed).Public())
	if err != nil {
		panic(err) // of a key of P-256 there is none
	}
	return base64.StdEncoding.EncodeToString(der)
}

func sendGridSignature(e *exchange) {
	at := strconv.FormatInt(e.Now, 10)
	sum := sha256.Sum256([]byte(at + e.Body))
	for _, seed := range []string{"new", "old", "another"} {
		if ecdsaPublic(seed) != e.Secret {
			continue
		}
		signature, err := ecdsa.SignASN1(cryptorand.Reader, ecdsaKey(seed), sum[:])
		if err != nil {
			panic(err) // of a sum there is none
		}
		e.Headers = map[string]string{
			"X-Twilio-Email-Event-Webhook-Signature": base64.StdEncoding.EncodeToString(signature), "X-Twilio-Email-Event-Webhook-Timestamp": at,
		}
	}
}
