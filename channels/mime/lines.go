package mime

import "bytes"

// maxLine is the longest line a mail may have, without its end (RFC 5322 §2.1.1).
const maxLine = 998

// lines lists what is wrong with the line ends and the length of the lines.
func (r *reader) lines(raw []byte) {
	var crlf, all int
	long := false
	carriage := bytes.Count(raw, []byte{'\r'})
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n')
		if end < 0 {
			long = long || len(raw) > maxLine
			break
		}
		all++
		length := end
		if end > 0 && raw[end-1] == '\r' {
			crlf++
			length--
		}
		long = long || length > maxLine
		raw = raw[end+1:]
	}
	lf, bare := all > crlf, carriage > crlf
	if crlf > 0 && lf {
		r.flaw("bare_lf_mixed", "", "")
	}
	if bare {
		r.flaw("bare_cr", "", "within a line")
	}
	if long {
		r.flaw("line_too_long", "", "")
	}
}
