package plivo

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"mime"
	"net/http"
	"slices"
	"strings"

	"gatehouse/channels"
)

var (
	errUncovered = channels.CauseUnsigned.Because("the body is covered by no signature: it is no form")
	errV2        = channels.CauseUnsigned.Because("no X-Plivo-Signature-V3, and allow_v2 is off")
)

// Verify returns nil if Plivo signed the request. A V3 signature that is wrong
// is not made good by a V2 one, which anybody may have recorded.
func (h *hook) Verify(r channels.Request) error {
	version := "V2"
	if signs(r, "V3") {
		version = "V3"
	} else if !h.allowV2 {
		return errV2
	}
	given, nonce, err := signatures(r, version)
	if err != nil {
		return err
	}
	signed := urlAlone
	if version == "V3" {
		if signed, err = withParameters(r); err != nil {
			return err
		}
	}
	return channels.AtURL(h.base, r, func(address string) bool {
		text := []byte(signed(address) + nonce)
		return h.host.Any(h.tokens, func(token string) bool { return contains(given, channels.MAC(sha256.New, token, text)) })
	})
}

// headersOf are those in which signatures of a version stand: of the account
// that the number belongs to, and of the main account.
func headersOf(version string) []string {
	return []string{"X-Plivo-Signature-" + version, "X-Plivo-Signature-Ma-" + version}
}

func signs(r channels.Request, version string) bool {
	return slices.ContainsFunc(headersOf(version), func(name string) bool { return len(r.Header.Values(name)) > 0 })
}

// signatures are those of a version, of which one has to be right, and the
// nonce. A header may have several, with commas between them.
func signatures(r channels.Request, version string) (given [][]byte, nonce string, err error) {
	if !signs(r, version) {
		return nil, "", channels.CauseUnsigned.Because("no X-Plivo-Signature-V3 or -V2")
	}
	for _, name := range headersOf(version) {
		if len(r.Header.Values(name)) == 0 {
			continue
		}
		list, err := r.HeaderOnce(name)
		if err != nil {
			return nil, "", err
		}
		for text := range strings.SplitSeq(list, ",") {
			if sum, err := channels.Base64(strings.Trim(text, " \t")); err == nil {
				given = append(given, sum)
			}
		}
	}
	nonce, err = r.HeaderOnce("X-Plivo-Signature-" + version + "-Nonce")
	return given, nonce, err
}

// contains looks through all of them, each in constant time.
func contains(given [][]byte, sum []byte) bool {
	found := false
	for _, one := range given {
		if hmac.Equal(one, sum) {
			found = true
		}
	}
	return found
}

// urlAlone is what V2 signs before the nonce.
func urlAlone(address string) string {
	base, _, _ := strings.Cut(address, "?")
	return base
}

// withParameters makes what V3 signs before the nonce: the URL with its query
// decoded and sorted, then the form's fields, sorted, name and value without
// anything between them. There is a question mark if either is there, and a dot
// between the two if both are.
func withParameters(r channels.Request) (func(address string) string, error) {
	form, err := formOf(r)
	if err != nil {
		return nil, err
	}
	query, err := channels.ParseForm(r.URL.RawQuery)
	if err != nil {
		return nil, channels.CauseOther.Because("the query is none as Plivo writes them")
	}
	asked, posted := joined(query, "=", "&"), joined(form, "", "")
	params := "."
	switch {
	case len(query) > 0 && len(form) > 0:
		params = "?" + asked + "." + posted + "."
	case len(query) > 0 || len(form) > 0:
		params = "?" + asked + posted + "."
	}
	return func(address string) string { return urlAlone(address) + params }, nil
}

// joined are the fields in the order of their names, those of one name in that
// of their values.
func joined(f channels.Form, is, and string) string {
	f = slices.Clone(f)
	slices.SortFunc(f, func(a, b channels.Field) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	all := make([]string, len(f))
	for i, field := range f {
		all[i] = field.Name + is + field.Value
	}
	return strings.Join(all, and)
}

// formOf is the form that a request was posted with; an empty body is an empty
// one.
func formOf(r channels.Request) (channels.Form, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, channels.CauseOther.Because("Plivo calls with GET or POST")
	}
	if len(r.Raw) == 0 {
		return nil, nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return nil, errUncovered
	}
	form, err := channels.ParseForm(string(r.Raw))
	if err != nil {
		return nil, channels.CauseOther.Because("the body is no form as Plivo writes them")
	}
	return form, nil
}
