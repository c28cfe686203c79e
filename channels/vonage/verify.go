package vonage

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"net/http"
	"slices"
	"strings"

	"gatehouse/channels"
)

// Verify returns nil if Vonage sent the request just now. One with nothing in it
// is a probe of the URL, and says nothing.
func (h *hook) Verify(r channels.Request) error {
	switch {
	case isProbe(r):
		return nil
	case h.productOf(r) == productMessages:
		return h.verifyToken(r)
	}
	return h.verifyParameters(r)
}

func isProbe(r channels.Request) bool { return len(r.Raw) == 0 && r.URL.RawQuery == "" }

// productOf is the API that a request is of, before it is read.
func (h *hook) productOf(r channels.Request) string {
	switch {
	case h.Product != "":
		return h.Product
	case len(r.Header.Values("Authorization")) > 0:
		return productMessages
	}
	return productSMS
}

// errComeAgain answers a callback that Vonage sends signed if it has to repeat it.
var errComeAgain = &channels.Refusal{
	Cause: channels.CauseUnsigned, Status: http.StatusServiceUnavailable, Err: channels.CauseUnsigned.Because("no Authorization"),
}

// verifyToken checks the token of the Messages API. It is signed with HS256 and
// no other method, whatever it says of itself.
func (h *hook) verifyToken(r channels.Request) error {
	if len(r.Header.Values("Authorization")) == 0 {
		return errComeAgain
	}
	value, err := r.HeaderOnce("Authorization")
	if err != nil {
		return err
	}
	scheme, token, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return channels.CauseUnsigned.Because("Authorization is no Bearer token")
	}
	claims, err := h.host.JWT(token, []string{"HS256"}, h.SignatureSecret, h.skew())
	if err != nil {
		return err
	}
	at, err := claims.GetIssuedAt()
	if err != nil || at == nil || channels.Recent(h.host.Now(), at.Time, h.skew()) != nil {
		return channels.CauseClock.Because("the token was issued at another time")
	}
	if key, said := claims["api_key"].(string); said && h.APIKey != "" && key != h.APIKey {
		return channels.CauseSecret.Because("the token is of another account")
	}
	sum := sha256.Sum256(r.Raw)
	claimed, _ := claims["payload_hash"].(string)
	if given, err := channels.Hex(claimed); err != nil || !hmac.Equal(given, sum[:]) {
		return channels.CauseBody.Because("payload_hash is not that of the body")
	}
	return nil
}

// methods are how the SMS API signs. md5hash is no HMAC: the secret is put behind
// the parameters.
var methods = map[string]func(secret string, signed []byte) []byte{
	"md5hash": func(secret string, signed []byte) []byte {
		sum := md5.Sum(append(slices.Clip(signed), secret...))
		return sum[:]
	},
	"md5": withMAC(md5.New), "sha1": withMAC(sha1.New), "sha256": withMAC(sha256.New), "sha512": withMAC(sha512.New),
}

func withMAC(h func() hash.Hash) func(string, []byte) []byte {
	return func(secret string, signed []byte) []byte { return channels.MAC(h, secret, signed) }
}

// verifyParameters checks the signature of the SMS API. What of a request it does
// not cover is not read.
func (h *hook) verifyParameters(r channels.Request) error {
	form, err := parameters(element(r))
	if err != nil {
		return channels.CauseUnsigned.Because("the request has no parameters")
	}
	// Names stand as they are in what is signed: a field could swallow others.
	if slices.ContainsFunc(form, func(f channels.Field) bool { return strings.ContainsAny(f.Name, "&=") }) {
		return channels.CauseUnsigned.Because("the name of a parameter is none of Vonage's")
	}
	text := form.Get("sig")
	if text == "" || len(form.All("sig")) > 1 {
		return channels.CauseUnsigned.Because("no parameter sig")
	}
	given, err := channels.Hex(text)
	if err != nil {
		return channels.CauseSecret.Because("sig is no hexadecimal")
	}
	sign, known := methods[h.SignatureMethod]
	if !known {
		return channels.CauseSecret.Because("a request of the SMS API, and signature_method is not said")
	}
	signed := signedText(form)
	if err := h.host.Signed(h.SignatureSecret, given, func(secret string) []byte { return sign(secret, signed) }); err != nil {
		return err
	}
	at, err := channels.UnixSeconds(form.Get("timestamp"))
	if err == nil {
		err = channels.Recent(h.host.Now(), at, h.skew())
	}
	if err != nil {
		return channels.CauseClock.Because("timestamp: %w", err)
	}
	return nil
}

var plainValue = strings.NewReplacer("&", "_", "=", "_")

// signedText is what is signed: the parameters in the order of their names.
func signedText(form channels.Form) []byte {
	fields := slices.DeleteFunc(slices.Clone(form), func(f channels.Field) bool { return f.Name == "sig" })
	slices.SortStableFunc(fields, func(a, b channels.Field) int { return strings.Compare(a.Name, b.Name) })
	var text strings.Builder
	for _, f := range fields {
		text.WriteString("&" + f.Name + "=" + plainValue.Replace(f.Value))
	}
	return []byte(text.String())
}

// hexOf is how a content's octets stand in a hash of it.
func hexOf(b []byte) string { return hex.EncodeToString(b) }
