package twilio

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"mime"
	"net/http"
	"slices"
	"strings"

	"gatehouse/channels"
)

var (
	errBody      = channels.CauseBody.Because("the body is not what bodySHA256 in the URL says")
	errUncovered = channels.CauseUnsigned.Because("the body is covered by no signature: neither a form nor with bodySHA256")
)

// Verify returns nil if Twilio signed the request.
func (h *hook) Verify(r channels.Request) error {
	text, err := r.HeaderOnce("X-Twilio-Signature")
	if err != nil {
		return err
	}
	given, err := channels.Base64(text)
	if err != nil {
		return channels.CauseSecret.Because("X-Twilio-Signature is no base64")
	}
	params, err := signedParams(r)
	if err != nil {
		return err
	}
	return channels.AtURL(h.base, r, func(address string) bool {
		return h.host.Any(h.tokens, func(token string) bool { return signed(token, address, params, given) })
	})
}

// signed reports whether a token makes the signature in any spelling of the URL.
func signed(token, address, params string, given []byte) bool {
	found := false
	for _, spelling := range spellings(address) {
		if hmac.Equal(given, channels.MAC(sha1.New, token, []byte(spelling+params))) {
			found = true
		}
	}
	return found
}

// signedParams is what of the body is signed behind the URL: of a form every
// name with its distinct values, in the order of bytes. Any other body must be
// the one whose hash the URL has.
func signedParams(r channels.Request) (string, error) {
	if hash := r.URL.Query().Get("bodySHA256"); hash != "" {
		sum := sha256.Sum256(r.Raw)
		if subtle.ConstantTimeCompare([]byte(strings.ToLower(hash)), []byte(hex.EncodeToString(sum[:]))) != 1 {
			return "", errBody
		}
		return "", nil
	}
	if len(r.Raw) == 0 {
		return "", nil
	}
	form, err := formOf(r)
	if err != nil {
		return "", err
	}
	slices.SortFunc(form, func(a, b channels.Field) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	var b strings.Builder
	for _, field := range slices.Compact(form) {
		b.WriteString(field.Name)
		b.WriteString(field.Value)
	}
	return b.String(), nil
}

// formOf is the form that a request was posted with.
func formOf(r channels.Request) (channels.Form, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return nil, errUncovered
	}
	form, err := channels.ParseForm(string(r.Raw))
	if err != nil {
		return nil, channels.CauseOther.Because("the body is no form as Twilio writes them")
	}
	return form, nil
}

// spellings are the URLs that Twilio may have signed: it is not consistent
// about the port, which may be missing, or be the scheme's own.
func spellings(address string) []string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	bare := host
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		bare = host[:i]
	}
	port := map[string]string{"https": ":443", "http": ":80"}[scheme]
	all := []string{address, scheme + "://" + bare + path, scheme + "://" + bare + port + path}
	return slices.Compact(all)
}
