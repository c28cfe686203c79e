package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// MarkHeader is the header that tells the desk's own mail when it comes back.
const MarkHeader = "X-Gatehouse-Mark"

// maxMarkLabel bounds the label of a mark, in octets.
const maxMarkLabel = 100

// Mark is the value of MarkHeader for a mail that the desk sends: "v1", a label
// of the desk's choice of up to 100 letters, digits, dots, hyphens and
// underscores, and the HMAC-SHA256 of "v1 LABEL" in hexadecimal, with a blank
// in between. Whoever sends the desk's mail can make it without this program.
func Mark(secret, label string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v1 " + label))
	return "v1 " + label + " " + hex.EncodeToString(mac.Sum(nil))
}

// Marked reports whether the value of a header is a mark made with one of the
// secrets.
func Marked(value string, secrets []string) bool {
	fields := strings.Fields(value)
	if len(fields) != 3 || !markLabel(fields[1]) {
		return false
	}
	given, found := strings.Join(fields, " "), false
	for _, secret := range secrets {
		if secret != "" && hmac.Equal([]byte(given), []byte(Mark(secret, fields[1]))) {
			found = true
		}
	}
	return found
}

func markLabel(s string) bool {
	if s == "" || len(s) > maxMarkLabel {
		return false
	}
	return strings.IndexFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._-", c)
	}) < 0
}
