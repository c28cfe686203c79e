package mime

import (
	"bufio"
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// The fields of a recipient that are read (RFC 3464 §2.3).
const (
	finalRecipient = iota
	originalRecipient
	actualRecipient
	actionField
	statusField
	diagnosticField
	groupFields
)

var statusKinds = map[string]int{
	"final-recipient": finalRecipient, "original-recipient": originalRecipient, "x-actual-recipient": actualRecipient,
	"action": actionField, "status": statusField, "diagnostic-code": diagnosticField,
	"failure": diagnosticField, "error": diagnosticField, // of a disposition notification
}

// maxStatusValue bounds an unfolded field of a delivery status, in octets.
const maxStatusValue = 8000

// group is the fields of one recipient.
type group [groupFields]string

// named reports that the group says whom it is about.
func (g group) named() bool { return g[finalRecipient]+g[originalRecipient]+g[actualRecipient] != "" }

// lone reports that it says nothing else.
func (g group) lone() bool { return g[actionField]+g[statusField]+g[diagnosticField] == "" }

// belongsTo reports fields that a stray blank line cut off from their group.
func (g group) belongsTo(last group) bool {
	return !g.named() || last.lone() && (g[finalRecipient] == "" || last[finalRecipient] == "")
}

// failure reads the group. The recipient that failed is the final one, unless
// that is no address.
func (g group) failure() Failure {
	f := Failure{Status: statusCode(g[statusField], "245"), Diagnostic: diagnostic(g[diagnosticField])}
	for _, name := range g[:actionField] {
		address := recipientIn(name)
		if f.Address == "" || !isWhole(f.Address) && isWhole(address) {
			f.Address = address
		}
	}
	if words := strings.FieldsFunc(strings.ToLower(g[actionField]), func(c rune) bool { return c < 'a' || c > 'z' }); len(words) > 0 {
		f.Action = words[0]
		if plain, ok := plainActions[f.Action]; ok {
			f.Action = plain
		}
	}
	return f
}

// isWhole reports an address that nobody shortened or masked.
func isWhole(address string) bool {
	return strings.Contains(address, "@") && !strings.Contains(address, "**")
}

// plainActions are what systems write for the actions of RFC 3464 §2.3.3.
var plainActions = map[string]string{"failure": "failed", "fail": "failed", "expired": "failed", "deferred": "delayed", "delay": "delayed"}

// report collects recipients from delivery statuses.
type report struct {
	groups     []group
	now        group
	originalID string
}

// readReports reads the delivery statuses of a mail. Where none is labelled as
// such, its texts are tried, then the messages it returns.
func readReports(root *entity) *report {
	r := &report{}
	for _, media := range [][]string{statusMedia, dispositionMedia} {
		for _, part := range allMedia(root, media) {
			r.read(bodyOf(part), false)
		}
	}
	for _, part := range leaves(root, nil) {
		if len(r.groups) == 0 && strings.HasPrefix(part.media, "text/") {
			r.read(bodyOf(part), true)
		}
	}
	for _, part := range allMedia(root, returnedMedia) {
		if len(r.groups) == 0 {
			r.read(bodyOf(part), true)
		}
	}
	return r
}

// read reads a delivery status (RFC 3464 §2.1). One that stands in other text
// has to say at least whom it is about and what happened.
func (r *report) read(body []byte, amid bool) {
	for name, value := range statusFields(body) {
		r.field(name, value)
	}
	r.end()
	if amid {
		r.groups = slices.DeleteFunc(r.groups, func(g group) bool { return g[finalRecipient] == "" || g[actionField]+g[statusField] == "" })
	}
}

// field takes the next field; "" is a blank line. A field that the recipient
// under way has begins the next: some leave the blank lines out.
func (r *report) field(name, value string) {
	kind, ok := statusKinds[name]
	switch {
	case name == "":
		r.end()
	case strings.HasSuffix(name, "original-message-id"):
		r.originalID = firstID(value)
	case !ok || kind == diagnosticField && r.now[kind] != "":
	default:
		if r.now[kind] != "" && r.now.named() {
			r.end()
		}
		r.now[kind] = value
	}
}

// end ends the recipient under way.
func (r *report) end() {
	g, n := r.now, len(r.groups)
	r.now = group{}
	switch {
	case n > 0 && g.belongsTo(r.groups[n-1]):
		for kind, value := range g {
			if r.groups[n-1][kind] == "" {
				r.groups[n-1][kind] = value
			}
		}
	case g.named() && n < maxFailures:
		r.groups = append(r.groups, g)
	}
}

func (r *report) failures() []Failure {
	out := []Failure{}
	for _, g := range r.groups {
		if f := g.failure(); f.Address != "" {
			out = append(out, f)
		}
	}
	return out
}

// statusFields yields the fields of a delivery status, unfolded, their names
// in lower case, and "" for a blank line. What is no field goes on with the
// one before; an indented field of a recipient is one.
func statusFields(body []byte) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		var name string
		var value []byte
		for len(body) > 0 {
			var line []byte
			line, body = cutLine(body)
			next, rest, isField := statusLine(line)
			if !isField && len(bytes.TrimSpace(line)) > 0 {
				if name != "" && len(value) < maxStatusValue {
					value = append(append(value, ' '), bytes.TrimSpace(line)...)
				}
				continue
			}
			if name != "" && !yield(name, string(value)) || !isField && !yield("", "") {
				return
			}
			name, value = next, append(value[:0], rest...)
		}
		if name != "" {
			yield(name, string(value))
		}
	}
}

// statusLine reads a line that is a field.
func statusLine(line []byte) (name string, value []byte, ok bool) {
	n, v, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(n) > 60 {
		return "", nil, false
	}
	name = strings.ToLower(strings.TrimSpace(string(n)))
	if !isToken(name) || digit(name[0]) {
		return "", nil, false
	}
	if _, known := statusKinds[name]; !known && (line[0] == ' ' || line[0] == '\t') {
		return "", nil, false
	}
	return name, bytes.TrimSpace(v), true
}

// recipientIn reads the address of a recipient field, with or without its type.
func recipientIn(value string) string {
	value = afterType(value)
	if _, inner, ok := strings.Cut(value, "<"); ok && !strings.HasPrefix(inner, ">") {
		value, _, _ = strings.Cut(inner, ">")
	}
	return bareAddress(value)
}

func diagnostic(value string) string {
	value, _ = decodeHeaderText(afterType(value), "")
	return shorten(clean(strings.Join(strings.Fields(value), " ")), 1000)
}

// afterType strips "rfc822;" and its like.
func afterType(s string) string {
	kind, after, ok := strings.Cut(s, ";")
	if ok && isToken(strings.TrimSpace(kind)) && !strings.Contains(kind, "@") {
		return strings.TrimSpace(after)
	}
	return strings.TrimSpace(s)
}

// bodyOf decodes a small part.
func bodyOf(e *entity) []byte {
	name, _ := transferOf(e.head.Get("Content-Transfer-Encoding"))
	var out bytes.Buffer
	transfer(&cappedWriter{buf: &out, left: maxHeader}, name, e.body)
	return out.Bytes()
}

// blockOf reads a header block out of a body.
func blockOf(body []byte) textproto.Header {
	block, _ := splitHeader(newReader(Options{}), "", trimFront(body))
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(block)))
	return h
}
