package mime

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

type segment struct {
	n       int
	value   string
	encoded bool
}

// extended puts an RFC 2231 value together: name*, or name*0, name*1* … in
// any order. The charset stands in the first segment.
func (p params) extended(name string) string {
	var segs []segment
	for _, one := range p {
		if len(one.name) <= len(name) || one.name[len(name)] != '*' || one.name[:len(name)] != name {
			continue
		}
		digits := one.name[len(name)+1:]
		encoded := digits == "" || strings.HasSuffix(digits, "*")
		n, err := strconv.Atoi(strings.TrimSuffix(digits, "*"))
		if digits == "" || err == nil && n >= 0 {
			segs = append(segs, segment{n, one.value, encoded})
		}
	}
	if len(segs) == 0 {
		return ""
	}
	slices.SortStableFunc(segs, func(a, b segment) int { return cmp.Compare(a.n, b.n) })
	segs = slices.CompactFunc(segs, func(a, b segment) bool { return a.n == b.n })
	return joinSegments(segs)
}

func joinSegments(segs []segment) string {
	var b []byte
	charset := ""
	for i, s := range segs {
		if i == 0 && s.encoded {
			charset, s.value = cutCharset(s.value)
		}
		if s.encoded {
			b = appendPercent(b, s.value)
		} else {
			b = append(b, s.value...)
		}
	}
	if charset == "" {
		return string(b) // to be read as raw text is
	}
	return decodeOr(b, charset, guess).text
}

// cutCharset takes charset and language off an extended value (RFC 2231 §4);
// one of the two quotes, or a value within quotes, is accepted.
func cutCharset(s string) (charset, value string) {
	charset, rest, ok := strings.Cut(s, "'")
	if !ok {
		return "", s
	}
	language, value, ok := strings.Cut(rest, "'")
	switch {
	case ok && value == "" && charset == "":
		return "", language
	case ok:
		return charset, value
	case normalLabel(charset) == "utf-8" || decoderOf(normalLabel(charset)) != nil:
		return charset, rest
	}
	return "", s
}

// extendedText reads what should have been an extended value and stands as a
// plain one: utf-8”%e2%82%ac.pdf.
func extendedText(s string) (text string, ok bool) {
	charset, rest, ok := strings.Cut(s, "''")
	label := normalLabel(charset)
	if !ok || strings.IndexByte(rest, '%') < 0 || label != "utf-8" && decoderOf(label) == nil {
		return s, false
	}
	return decodeOr(appendPercent(nil, rest), label, guess).text, true
}

func appendPercent(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return b
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
