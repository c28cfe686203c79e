package mime

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// maxHint bounds how many octets of a header are gathered to find out what
// charset it is in.
const maxHint = 4 << 10

// hintAt tells what charset raw 8-bit values of a header are in: that of the
// first text part if it says one that fits, else what all of them together
// look like; "" where there are none or all are UTF-8.
func hintAt(root *entity) string {
	raw := rawValues(root)
	if len(raw) == 0 {
		return ""
	}
	return cmp.Or(fitting(textCharset(root), raw), detectLabel(raw))
}

// fitting is the normal form of a charset's name if raw can be in it, else "".
func fitting(label string, raw []byte) string {
	if isPlain(label) {
		return ""
	}
	label = normalLabel(label)
	if decode := decoderOf(label); decode == nil || shifts(label) || strings.ContainsRune(decode(raw), utf8.RuneError) {
		return ""
	}
	return label
}

// rawValues joins the values of a header that are neither ASCII nor UTF-8,
// each once: fields often repeat what another says.
func rawValues(root *entity) []byte {
	var raw []byte
	seen := map[string]bool{}
	for f := root.head.Fields(); f.Next() && len(raw) < maxHint; {
		if v := f.Value(); !utf8.ValidString(v) && !seen[v] {
			seen[v] = true
			raw = append(append(raw, v[:min(len(v), maxHint)]...), '\n')
		}
	}
	return raw
}

// isPlain reports a label that promises seven bits: it says nothing of eight.
func isPlain(label string) bool {
	label = strings.ToLower(strings.Trim(label, " \"'"))
	return label == "us-ascii" || label == "ascii"
}

// textCharset is the charset of the first text part.
func textCharset(e *entity) string {
	if strings.HasPrefix(e.media, "text/") {
		return e.param.get("charset")
	}
	for _, kid := range e.kids {
		if c := textCharset(kid); c != "" {
			return c
		}
	}
	return ""
}
