package mime

import (
	"bytes"
	"io"
	"strings"
)

// transferOf names the transfer encoding of a leaf (RFC 2045 §6) and reports
// whether the label is one. Labels nobody defined but many write are known.
func transferOf(label string) (name string, ok bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	if i := strings.IndexAny(label, ";( \t"); i > 0 {
		label = label[:i]
	}
	switch strings.Trim(label, `"'`) {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "7", "8", "none", "text", "plain", "quoted-text", "ascii", "us-ascii", "utf-8":
		return "", true
	case "base64", "base-64", "base_64", "b64", "b", "base64-encoded", "x-base64":
		return "base64", true
	case "quoted-printable", "quoted/printable", "quoted_printable", "quotedprintable", "quote-printable", "quoted-printeable", "qp", "q":
		return "quoted-printable", true
	case "x-uuencode", "x-uuencoded", "x-uue", "uuencode", "uuencoded", "uue", "x-uu", "uu":
		return "uuencode", true
	}
	return "", false
}

// Bounds of what is looked at to find out a transfer encoding.
const (
	guessSample = 16 << 10
	guessLeast  = 40 // characters of base64 that are no word any more
)

// guessTransfer finds out how a body is encoded whose label nobody knows:
// nothing but base64, codes of quoted-printable, or as it stands.
func guessTransfer(body []byte) string {
	sample := body[:min(len(body), guessSample)]
	if bytes.HasPrefix(bytes.TrimSpace(sample), []byte("begin ")) {
		return "uuencode"
	}
	if n := len(bytes.TrimSpace(sample)); n >= guessLeast && isBase64Text(sample) {
		return "base64"
	}
	if codes, strange := countQP(sample); codes > 0 && strange == 0 {
		return "quoted-printable"
	}
	return ""
}

// isProse reports a body of words, most of its lines several: no base64,
// whatever its label.
func isProse(body []byte) bool {
	lines, prose := 0, 0
	for rest := body[:min(len(body), guessSample)]; len(rest) > 0; {
		var line []byte
		if line, rest = cutLine(rest); blank(line) {
			continue
		}
		lines++
		if words := bytes.Fields(line); len(words) > 1 && len(words)*30 > len(line) {
			prose++
		}
	}
	return prose*3 > lines*2
}

// isBase64Text reports lines without blanks of nothing but base64.
func isBase64Text(sample []byte) bool {
	for len(sample) > 0 {
		var line []byte
		if line, sample = cutLine(sample); bytes.IndexByte(bytes.TrimSpace(line), ' ') >= 0 || !allBase64(line) {
			return false
		}
	}
	return true
}

// countQP counts the "=" that begin a code or end a line, and those that do
// neither.
func countQP(sample []byte) (codes, strange int) {
	for len(sample) > 0 {
		var line []byte
		line, sample = cutLine(sample)
		line = bytes.TrimRight(line, " \t")
		for i, c := range line {
			switch {
			case c != '=':
			case i == len(line)-1 || i+2 < len(line) && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0:
				codes++
			default:
				strange++
			}
		}
	}
	return codes, strange
}

// transfer writes the decoded body to w in bounded pieces and returns the
// defect found, "" if none. It never stops early.
func transfer(w io.Writer, name string, body []byte) (defect string) {
	switch name {
	case "base64":
		return writeBase64(w, body)
	case "quoted-printable":
		return writeQuotedPrintable(w, body)
	case "uuencode":
		writeWholeUU(w, body)
	default:
		_, _ = w.Write(body)
	}
	return ""
}

// writeQuotedPrintable decodes line by line (RFC 2045 §6.7). An "=" that
// begins no code is kept as it stands.
func writeQuotedPrintable(w io.Writer, body []byte) (defect string) {
	out := make([]byte, 0, min(len(body), 4096)+128)
	for len(body) > 0 {
		line, end := body, ""
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line, end = body[:i], "\n"
			if i > 0 && body[i-1] == '\r' {
				end = "\r\n"
			}
			body = body[i+1:]
		} else {
			body = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if n := len(line); n > 0 && line[n-1] == '=' {
			line, end = line[:n-1], ""
		}
		var ok bool
		if out, ok = appendQP(out, line); !ok {
			defect = "bad_quoted_printable"
		}
		out = append(out, end...)
		if len(out) > 4096 {
			_, _ = w.Write(out)
			out = out[:0]
		}
	}
	_, _ = w.Write(out)
	return defect
}

func appendQP(out, line []byte) ([]byte, bool) {
	ok := true
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			return append(out, line...), ok
		}
		out = append(out, line[:i]...)
		if i+2 < len(line) && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0 {
			out = append(out, byte(unhex(line[i+1])<<4|unhex(line[i+2])))
			line = line[i+3:]
			continue
		}
		out = append(out, '=')
		line, ok = line[i+1:], false
	}
}
