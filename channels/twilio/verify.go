package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/channels"
)

var (
	errMissing   = errors.New("no X-Twilio-Signature")
	errSignature = errors.New("no auth token makes this signature of this URL and body")
	errBody      = errors.New("the body is not what bodySHA256 in the URL says")
	errUncovered = errors.New("the body is covered by no signature: neither a form nor with bodySHA256")
)

// Verify returns nil if Twilio signed the request. Other answers than 403 are
// taken for a fault of ours.
func (h *hook) Verify(r channels.Request) error {
	if err := h.verify(r); err != nil {
		return &channels.Refusal{Status: http.StatusForbidden, Err: err}
	}
	return nil
}

func (h *hook) verify(r channels.Request) error {
	header := r.Header.Values("X-Twilio-Signature")
	if len(header) != 1 || header[0] == "" {
		return errMissing
	}
	given, err := base64.StdEncoding.DecodeString(header[0])
	if err != nil {
		return errSignature
	}
	params, err := signedParams(r)
	if err != nil {
		return err
	}
	signed := func(token string) bool {
		found := false
		for _, address := range spellings(channels.ExternalURL(h.base, r.Request)) {
			mac := hmac.New(sha1.New, []byte(token))
			mac.Write([]byte(address + params))
			if hmac.Equal(given, mac.Sum(nil)) {
				found = true
			}
		}
		return found
	}
	if !h.tokens.Any(signed) {
		return errSignature
	}
	return nil
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
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			b.WriteString(name)
			b.WriteString(value)
		}
	}
	return b.String(), nil
}

// formOf is the form that a request was posted with.
func formOf(r channels.Request) (url.Values, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return nil, errUncovered
	}
	form, err := url.ParseQuery(string(r.Raw))
	if err != nil {
		return nil, errSignature // not as Twilio writes forms
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
