package mailapi

import (
	"context"
	"net/http"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Places names the folders that a channel reads; see channels.Kind.
func Places(kind, mailbox string, folders []string) []string {
	var all []string
	for _, f := range folders {
		all = append(all, kind+"://"+strings.ToLower(mailbox)+"/"+f)
	}
	return all
}

// Fixed is an access token that no other follows.
type Fixed ingest.Secret

// Token gives it.
func (f Fixed) Token(context.Context) (ingest.Secret, bool, error) {
	return ingest.Secret(f), true, nil
}

// Refused changes nothing.
func (f Fixed) Refused(ingest.Secret) {}

// NotTheirs marks the refusal of a mailbox to whoever consented as one that only
// the consent of another mends.
func NotTheirs(err error) error {
	if r := Refused(err); r != nil && (r.Status == http.StatusForbidden || r.Status == http.StatusNotFound) {
		return channels.NeedsReauth(err)
	}
	return err
}

var oneLine = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ")

// AppendField adds a field to the header of a mail, as an API gives it by name
// and value.
func AppendField(header []byte, name, value string) []byte {
	if name == "" || strings.ContainsAny(name, ": \t\r\n") {
		return header
	}
	return append(append(header, name+": "+oneLine.Replace(value)...), "\r\n"...)
}
