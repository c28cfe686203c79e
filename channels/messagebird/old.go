package messagebird

import (
	"cmp"
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
)

// oldWindow is for how long a signature of the scheme before tokens is good.
const oldWindow = 100 * time.Second

// verifyOld checks the scheme before tokens: time, query and body, each on a line.
func (h *hook) verifyOld(r channels.Request) error {
	text, err := r.HeaderOnce(oldHeader)
	if err != nil {
		return err
	}
	stamp, err := r.HeaderOnce("MessageBird-Request-Timestamp")
	if err != nil {
		return err
	}
	given, err := channels.Base64(text)
	if err != nil {
		return channels.CauseSecret.Because("MessageBird-Signature is no base64")
	}
	at, err := channels.UnixSeconds(stamp)
	if err != nil {
		return err
	}
	query, err := signedQuery(r.URL.RawQuery)
	if err != nil {
		return channels.CauseOther.Because("the query is none as MessageBird writes them")
	}
	body := sha256.Sum256(r.Raw)
	err = h.host.Signed(h.SigningKey, given, func(key string) []byte {
		return channels.MAC(sha256.New, key, []byte(stamp+"\n"+query+"\n"), body[:])
	})
	if err != nil {
		return err
	}
	return channels.Recent(h.host.Now(), at, oldWindow)
}

// signedQuery is a query as it is signed: in the order of its names, and with
// every escape anew. The zone's + in a receipt's time comes as a space.
func signedQuery(raw string) (string, error) {
	query, err := channels.ParseForm(raw)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(query, func(a, b channels.Field) int { return cmp.Compare(a.Name, b.Name) })
	pairs := make([]string, len(query))
	for i, f := range query {
		if f.Name == "statusDatetime" {
			f.Value = strings.ReplaceAll(f.Value, " ", "+")
		}
		pairs[i] = escape(f.Name) + "=" + escape(f.Value)
	}
	return strings.Join(pairs, "&"), nil
}

// unescaped are what JavaScript leaves in a part of a URL, and Go does not.
var unescaped = strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")

func escape(s string) string { return unescaped.Replace(url.QueryEscape(s)) }
