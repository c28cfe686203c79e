package channels

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gatehouse/ingest"
)

// The bounds of what is kept of a refused request's head, in lines and
// characters.
const (
	mostHeadLines = 40
	mostHeadValue = 200
	mostParams    = 20
)

// refusal is what is kept of a request that err refused: what shows whose it was
// and what it was proven by, and nothing by which it could be sent again.
func (e *Endpoint) refusal(r Request, err error) ingest.HookRefusal {
	address := r.URL.String()
	var refused *Refusal
	if errors.As(err, &refused) {
		address = cmp.Or(refused.URL, address)
	}
	kept := ingest.HookRefusal{
		At: e.host.Now(), Cause: string(CauseOf(err)), Says: Line(err.Error(), 500), Method: Line(r.Method, 20),
		URL: withoutValues(address), Headers: headOf(r.Request, e.kind.Facts.Proof), Size: int64(len(r.Raw)),
	}
	if e.host.ClientIP != nil {
		kept.Address = e.host.ClientIP(r.Request)
	}
	return kept
}

var paramName = regexp.MustCompile(`^[\w.\-\[\]]{1,60}$`)

// withoutValues is an address with the names of its parameters alone: their
// values may be a message, or a secret.
func withoutValues(address string) string {
	base, query, found := strings.Cut(address, "?")
	base = Line(base, mostHeadValue)
	if !found {
		return base
	}
	var names []string
	for param := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(param, "=")
		if plain, err := url.QueryUnescape(name); err != nil || !paramName.MatchString(plain) {
			name = "…"
		}
		if names = append(names, name+"=…"); len(names) == mostParams {
			break
		}
	}
	return base + "?" + strings.Join(names, "&")
}

// harmless are the headers whose values are shown; besides them those that name a
// time. Of what proxies say X-Forwarded-Uri is not: it has the query.
var harmless = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Accept-Language": true, "Connection": true, "Content-Encoding": true, "Content-Length": true,
	"Content-Type": true, "Date": true, "Forwarded": true, "Transfer-Encoding": true, "User-Agent": true, "Via": true, "X-Real-Ip": true,
	"X-Forwarded-For": true, "X-Forwarded-Host": true, "X-Forwarded-Port": true, "X-Forwarded-Proto": true, "X-Forwarded-Server": true,
}

// headOf is the head of a request as it may be shown. A proof is known by its
// hash, so that two can be compared; of all else only the length is told.
func headOf(r *http.Request, proof []string) []ingest.HeadLine {
	lines := []ingest.HeadLine{{Name: "Host", Value: Line(r.Host, mostHeadValue)}}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		isProof := slices.ContainsFunc(proof, func(p string) bool { return strings.EqualFold(p, name) })
		for _, value := range r.Header[name] {
			if len(lines) == mostHeadLines {
				return lines
			}
			lines = append(lines, ingest.HeadLine{Name: Line(name, 100), Value: shown(name, value, isProof)})
		}
	}
	return lines
}

func shown(name, value string, isProof bool) string {
	lower := strings.ToLower(name)
	switch {
	case lower == "authorization":
		scheme, rest, _ := strings.Cut(value, " ")
		if rest == "" {
			scheme, rest = "", value
		}
		return strings.TrimSpace(fmt.Sprintf("%s (%d characters)", Line(scheme, 20), len(rest)))
	case isProof || strings.Contains(lower, "signature"):
		return fmt.Sprintf("(%d characters, SHA-256 %s…)", len(value), fingerprint(value))
	case harmless[name] || strings.HasSuffix(lower, "timestamp"):
		return Line(value, mostHeadValue)
	}
	return fmt.Sprintf("(%d characters)", len(value))
}

// fingerprint is the first eight hexadecimal digits of the SHA-256.
func fingerprint(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:4])
}
