//go:build long && interop

package all_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// peer is an SDK, and the channel that it talks with.
type peer struct {
	sdk, kind string
	settings  func(exchange) string
	secrets   []string // the channel's: an old one is good for as long as it stands there
	request   func(*rand.Rand) exchange
	proof     string // header that has the signature
	coversURL bool
	stamp     string // header that has the time signed, in seconds
	// sign is how the provider signs, where the SDK can only judge; stranger is
	// somebody else's secret.
	sign     func(*exchange)
	stranger string
	// changes are what else the signature does not allow.
	changes map[string]func(*exchange)
	// blind are the changes that the SDK does not see, and we do.
	blind []string
}

// peers are all there are. The SDKs of Telegram and Meta neither sign nor verify
// requests, and Mailgun's for Node does not.
var peers = slices.Concat(senders, chats, mailers, []peer{sns})

// senders are those of SMS, and of anybody's webhook.
var senders = []peer{
	{
		sdk: "twilio", kind: "twilio", secrets: []string{"token-new", "token-old"}, request: twilioRequest,
		proof: "X-Twilio-Signature", coversURL: true,
		settings: func(e exchange) string {
			return fmt.Sprintf("{account_sid: AC1, auth_token: [token-new, token-old], public_url: %q}", e.base())
		},
	},
	{
		sdk: "standardwebhooks", kind: "webhook", secrets: []string{whsec("new"), whsec("old")}, request: posted,
		proof: "webhook-signature", stamp: "webhook-timestamp", settings: standard,
	},
	{
		sdk: "svix", kind: "webhook", secrets: []string{whsec("new"), whsec("old")}, request: posted,
		proof: "svix-signature", stamp: "svix-timestamp", settings: standard,
	},
	{
		sdk: "vonage-sms", kind: "vonage", secrets: []string{"secret-new", "secret-old"}, request: vonageSMS,
		settings: func(e exchange) string {
			return "{product: sms, api_key: abcd1234, signature_secret: [secret-new, secret-old], signature_method: " + e.Algorithm + "}"
		},
	},
	{
		// verifySignature looks at the token alone: not at its hash of the body.
		sdk: "vonage-jwt", kind: "vonage", secrets: []string{"secret-new", "secret-old"}, request: posted, proof: "Authorization",
		sign: vonageToken, stranger: "another", blind: []string{"body"},
		settings: func(exchange) string {
			return "{product: messages, api_key: abcd1234, signature_secret: [secret-new, secret-old]}"
		},
	},
	{
		sdk: "telnyx", kind: "telnyx", secrets: []string{publicKey("new"), publicKey("old")}, request: posted,
		proof: "telnyx-signature-ed25519", stamp: "telnyx-timestamp", sign: telnyxSignature, stranger: publicKey("another"),
		settings: func(exchange) string {
			return fmt.Sprintf("{public_key_b64: [%q, %q]}", publicKey("new"), publicKey("old"))
		},
	},
	{
		sdk: "messagebird", kind: "messagebird", secrets: []string{"key-new", "key-old"}, request: postedTo,
		proof: "MessageBird-Signature-JWT", coversURL: true, sign: messageBirdToken, stranger: "another",
		settings: func(e exchange) string {
			return fmt.Sprintf("{signing_key: [key-new, key-old], public_url: %q}", e.base())
		},
	},
	{
		sdk: "plivo", kind: "plivo", secrets: []string{"token-new", "token-old"}, request: form,
		proof: "X-Plivo-Signature-V3", coversURL: true, sign: plivoSignature, stranger: "another",
		settings: func(e exchange) string {
			return fmt.Sprintf("{auth_id: MA1, auth_token: [token-new, token-old], public_url: %q}", e.base())
		},
	},
}

func whsec(seed string) string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(seed+strings.Repeat(".", 24-len(seed))))
}

func standard(exchange) string {
	return fmt.Sprintf("{scheme: standard, secret: [%q, %q]}", whsec("new"), whsec("old"))
}

// address is a URL of ours, as somebody typed it into the provider's console.
func address(rng *rand.Rand) string {
	queries := []string{"", "?tenant=a", "?tenant=a&tenant=b", "?x=%2B1&y=", "?q=caf%C3%A9+au+lait"}
	return "https://in.example.org/hook" + []string{"", "/"}[rng.IntN(2)] + queries[rng.IntN(len(queries))]
}

// posted is a request with JSON, of which the body alone is signed.
func posted(rng *rand.Rand) exchange {
	return saying(`{"type":"t","data":{"from":"ann@example.com","text":%s}}`)(rng)
}

// saying makes requests with JSON that has a text at %s, written in some way.
func saying(format string) func(*rand.Rand) exchange {
	return func(rng *rand.Rand) exchange {
		before, after, _ := strings.Cut(format, "%s")
		if rng.IntN(4) == 0 {
			before, after = strings.ReplaceAll(before, `":`, "\" :\n "), strings.ReplaceAll(after, `":`, "\" :\n ")
		}
		return exchange{Method: http.MethodPost, URL: "https://in.example.org/hook", Body: before + quoted(word(rng)) + after}
	}
}

func postedTo(rng *rand.Rand) exchange {
	e := posted(rng)
	e.URL = address(rng)
	return e
}

// form is one with fields of one value, of several, and of none.
func form(rng *rand.Rand) exchange {
	e := exchange{Method: http.MethodPost, URL: address(rng), Params: url.Values{
		"From": {"15550100123"}, "To": {"15550109686"}, "Text": {word(rng)}, "MessageUUID": {"m" + strconv.Itoa(rng.IntN(1000))}, "Type": {"sms"},
	}}
	if rng.IntN(3) == 0 {
		e.Params["Twice"] = []string{word(rng), word(rng), "a", "a"}
	}
	if rng.IntN(3) == 0 {
		e.Params["Empty"] = []string{""}
	}
	e.write()
	return e
}

// twilioRequest is a form, a query, or JSON whose hash is in the URL.
func twilioRequest(rng *rand.Rand) exchange {
	switch rng.IntN(4) {
	case 0:
		e := exchange{Method: http.MethodPost, URL: address(rng), Body: `{"text":` + quoted(word(rng)) + `}`}
		sum := sha256.Sum256([]byte(e.Body))
		e.URL += map[bool]string{true: "&", false: "?"}[strings.Contains(e.URL, "?")] + "bodySHA256=" + hex.EncodeToString(sum[:])
		return e
	default:
		return form(rng)
	}
}

// vonageSMS is signed by one of the five methods.
func vonageSMS(rng *rand.Rand) exchange {
	e := exchange{Method: []string{http.MethodPost, http.MethodGet}[rng.IntN(2)], URL: "https://in.example.org/hook", Params: url.Values{
		"msisdn": {"15550100123"}, "to": {"15550109686"}, "messageId": {"m1"}, "text": {word(rng)}, "type": {"unicode"},
		"message-timestamp": {"2026-11-21 12:00:00"}, "timestamp": {"1795262400"}, "nonce": {"n" + strconv.Itoa(rng.IntN(1000))}, "api-key": {"abcd1234"},
	}}
	e.Algorithm = []string{"md5hash", "md5", "sha1", "sha256", "sha512"}[rng.IntN(5)]
	e.write()
	return e
}

// token is a JSON Web Token of these claims (HS256).
func token(secret, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	return text + "." + encode(mac(secret, text))
}

func mac(secret, text string) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func hexSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func vonageToken(e *exchange) {
	claims := fmt.Sprintf(`{"iss":"Vonage","iat":%d,"jti":"j%d","api_key":"abcd1234","payload_hash":%q}`, e.Now, e.ID, hexSum(e.Body))
	e.Headers = map[string]string{"Authorization": "Bearer " + token(e.Secret, claims)}
}

func messageBirdToken(e *exchange) {
	claims := fmt.Sprintf(`{"iss":"MessageBird","nbf":%d,"exp":%d,"jti":"j%d","url_hash":%q,"payload_hash":%q}`,
		e.Now-1, e.Now+60, e.ID, hexSum(e.URL), hexSum(e.Body))
	e.Headers = map[string]string{"MessageBird-Signature-JWT": token(e.Secret, claims)}
}

func keyOf(seed string) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte(seed))
	return ed25519.NewKeyFromSeed(sum[:])
}

func publicKey(seed string) string {
	return base64.StdEncoding.EncodeToString(keyOf(seed).Public().(ed25519.PublicKey))
}

// signedBy is a signature by the key whose public half a peer shows as public
// writes it.
func signedBy(public func(seed string) string, shown, text string) []byte {
	for _, seed := range []string{"new", "old", "another"} {
		if public(seed) == shown {
			return ed25519.Sign(keyOf(seed), []byte(text))
		}
	}
	return nil
}

func telnyxSignature(e *exchange) {
	at := strconv.FormatInt(e.Now, 10)
	signature := signedBy(publicKey, e.Secret, at+"|"+e.Body)
	e.Headers = map[string]string{"telnyx-signature-ed25519": base64.StdEncoding.EncodeToString(signature), "telnyx-timestamp": at}
}

// plivoSignature is of version 3: the URL with its query in order, the fields in
// order, a nonce.
func plivoSignature(e *exchange) {
	text := e.base()
	query, err := url.Parse(e.URL)
	if err != nil {
		return
	}
	list := func(values url.Values, between, after string) (all []string) {
		for _, name := range slices.Sorted(maps.Keys(values)) {
			for _, value := range slices.Sorted(slices.Values(values[name])) {
				all = append(all, name+between+value+after)
			}
		}
		return all
	}
	parts := list(query.Query(), "=", "")
	if text += "?" + strings.Join(parts, "&"); len(parts) > 0 {
		text += "."
	}
	text += strings.Join(list(e.Params, "", ""), "") + ".nonce"
	e.Headers = map[string]string{
		"X-Plivo-Signature-V3": base64.StdEncoding.EncodeToString(mac(e.Secret, text)), "X-Plivo-Signature-V3-Nonce": "nonce",
	}
}
