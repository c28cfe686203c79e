package pushmail

import (
	"bytes"
	"strings"

	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// Verdict is what a provider found when it checked a sender.
type Verdict struct {
	Method string // spf, dkim or dmarc
	Result string // as RFC 8601 §2.7 has it: pass, fail, none, …
	Domain string // for which: of the return path, of the signature, of From
}

// ReceivedSPF is the verdict of fields of that name (RFC 7208 §9.1). Where there
// are several, one may be the sender's: they must all say the same.
func (h Header) ReceivedSPF() (list []Verdict) {
	for _, value := range h.All("Received-SPF") {
		v, clear := receivedSPF(strings.ToLower(value))
		if !clear || len(list) > 0 && v != list[0] {
			return nil
		}
		list = []Verdict{v}
	}
	return list
}

// receivedSPF reads one value. It is not clear if it is of another identity than
// the return path, or may have been written so by whoever chose that address: it
// stands in the comment as well.
func receivedSPF(value string) (v Verdict, clear bool) {
	result, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	pairs := value[strings.LastIndexByte(value, ')')+1:]
	_, from, found := strings.Cut(pairs, "envelope-from=")
	if !found || strings.Count(value, "envelope-from=") != 1 || strings.Count(value, "identity=") != strings.Count(pairs, "identity=mailfrom") {
		return v, false
	}
	from, _, _ = strings.Cut(from, ";")
	return Verdict{"spf", result, DomainOf(strings.Trim(from, "\"<> \t"))}, true
}

// Believed is what the provider wrote into the mail of its check of the sender,
// where the settings say that it does so.
func (s Settings) Believed(h Header) []Verdict {
	if !s.ProviderHeaders {
		return nil
	}
	return h.ReceivedSPF()
}

// DomainOf is the domain of an address, in lower case.
func DomainOf(address string) string {
	return strings.ToLower(strings.Trim(address[strings.LastIndexByte(address, '@')+1:], " \t<>"))
}

// Signer is the domain of a signature (RFC 6376 §3.5, tag d), in lower case; "" if
// it does not name one, and one only.
func Signer(signature string) (domain string) {
	for tag := range strings.SplitSeq(signature, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) != "d" {
			continue
		}
		if domain != "" {
			return ""
		}
		domain = strings.ToLower(strings.TrimSpace(value))
	}
	return domain
}

// mostHeader is how much of a mail is looked at for its header.
const mostHeader = 1 << 20

// tell completes a message with what is known of its sender. The request is
// proven, so what the provider says of the sender in fields of its own is judged
// like the results of a server of ours: written above all that the mail had
// when the provider got it.
func (d *Delivery) tell(raw []byte, marks []string, m *ingest.Message) {
	senders := mime.Senders{AuthServID: d.AuthServID, Forms: d.ReplyToIsSender, Gateways: d.RewritesFrom, Marks: marks}
	header := headOf(raw)
	if d.AuthServID == "" && len(d.Verdicts) > 0 {
		senders.AuthServID = d.By
		header = append(d.results(), header...)
	}
	senders.TellByHeader(header, m)
}

// results is the field of the provider's verdicts, and a mark of the way below
// it: no field of that name in the mail goes with it.
func (d *Delivery) results() []byte {
	field := "Authentication-Results: " + d.By
	for _, v := range d.Verdicts {
		if !isWord(v.Method) || !isWord(v.Result) || !isWord(v.Domain) {
			continue
		}
		field += "; " + v.Method + "=" + v.Result + " " + propertyOf(v.Method) + "=" + v.Domain
	}
	return []byte(field + "\r\nReceived: by " + d.By + "\r\n")
}

// propertyOf is what a result of the method names its domain by.
func propertyOf(method string) string {
	switch method {
	case "spf":
		return "smtp.mailfrom"
	case "dkim":
		return "header.d"
	}
	return "header.from"
}

// isWord reports a word that means nothing in a field but itself.
func isWord(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// headOf is a copy of a mail's header.
func headOf(raw []byte) []byte {
	raw = raw[:min(len(raw), mostHeader)]
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw, []byte(end)); i >= 0 {
			raw = raw[:i+len(end)]
		}
	}
	return bytes.Clone(raw)
}
