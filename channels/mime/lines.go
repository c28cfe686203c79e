package mime

import "bytes"

// maxLine is the longest line a mail may have, without its end (RFC 5322 §2.1.1).
const maxLine = 998

// lines lists what is wrong with the line ends and the length of the lines.
func (r *reader) lines(raw []byte) {
	var crlf, lf, bare, long bool
	for len(raw) > 0 && !(crlf && lf && bare && long) {
		line, rest := raw, []byte(nil)
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line, rest = raw[:i], raw[i+1:]
			if i > 0 && raw[i-1] == '\r' {
				crlf, line = true, raw[:i-1]
			} else {
				lf = true
			}
		}
		bare = bare || bytes.IndexByte(line, '\r') >= 0
		long = long || len(line) > maxLine
		raw = rest
	}
	if crlf && lf {
		r.flaw("bare_lf_mixed", "", "")
	}
	if bare {
		r.flaw("bare_cr", "", "within a line")
	}
	if long {
		r.flaw("line_too_long", "", "")
	}
}
