package mime

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// word is one encoded word (RFC 2047 §2) taken apart.
type word struct {
	charset string
	bytes   []byte
}

// decodeHeaderText reads a field's text: encoded words, else raw bytes of a
// charset that has to be found out; fallback is where to begin.
func decodeHeaderText(s, fallback string) (text string, ok bool) {
	if !strings.Contains(s, "=?") {
		if isASCII(s) {
			return clean(s), true
		}
		return decodeBytes([]byte(s), fallback).text, true
	}
	var out strings.Builder
	ok = true
	run := word{}
	flush := func() {
		if run.charset != "" {
			d := decodeBytes(run.bytes, run.charset)
			ok = ok && d.defect != "unknown_charset"
			out.WriteString(d.text)
			run = word{}
		}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		between := s[:i]
		w, rest, is := cutWord(s[i:])
		if joins := is && run.charset != "" && strings.TrimSpace(between) == ""; !joins {
			flush()
			out.WriteString(decodeRaw(between, fallback))
		}
		if s = rest; !is {
			out.WriteString("=?")
			s, ok = s[2:], false
			continue
		}
		if !strings.EqualFold(w.charset, run.charset) {
			flush()
		}
		run.charset = w.charset
		run.bytes = append(run.bytes, w.bytes...) // a character may be split over two words
	}
	flush()
	out.WriteString(decodeRaw(s, fallback))
	return clean(out.String()), ok
}

func decodeRaw(s, fallback string) string {
	if isASCII(s) {
		return s
	}
	return decodeBytes([]byte(s), fallback).text
}

// cutWord reads the encoded word that s begins with. Blanks and "?" within it
// are accepted, and so is a missing end before the next word.
func cutWord(s string) (w word, rest string, ok bool) {
	charset, tail, ok := cutWithin(s[2:], 60)
	if !ok || charset == "" || len(tail) < 2 || tail[1] != '?' {
		return w, s, false
	}
	enc, tail := tail[0], tail[2:]
	end := wordEnd(tail)
	if end < 0 {
		return w, s, false
	}
	text := tail[:end]
	rest = strings.TrimPrefix(tail[end:], "?=")
	if !strings.HasPrefix(tail[end:], "?=") {
		text = strings.TrimRight(text, " \t")
	}
	w.charset = charset
	switch enc {
	case 'b', 'B':
		w.bytes = wordBase64(text)
	case 'q', 'Q':
		w.bytes, _ = appendQP(nil, []byte(strings.ReplaceAll(text, "_", " ")))
	default:
		return w, s, false
	}
	return w, rest, true
}

// cutWithin cuts at the first "?" among n characters without blanks.
func cutWithin(s string, n int) (before, after string, ok bool) {
	for i := 0; i < len(s) && i <= n; i++ {
		switch s[i] {
		case '?':
			return s[:i], s[i+1:], true
		case ' ', '\t', '=':
			return "", s, false
		}
	}
	return "", s, false
}

// wordEnd finds where a word's text ends: at "?=", or, where that is missing,
// before the next word or at the end. The search never goes past a next word,
// so that many open ones stay cheap.
func wordEnd(s string) int {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '?' && s[i+1] == '=' {
			return i
		}
		if s[i] == '=' && s[i+1] == '?' && (i+2 >= len(s) || s[i+2] != '=') {
			return i
		}
	}
	if strings.ContainsAny(s, " \t") {
		return -1
	}
	return len(s)
}

func wordBase64(text string) []byte {
	var out bytes.Buffer
	if clean, err := base64.StdEncoding.AppendDecode(nil, []byte(text)); err == nil {
		return clean
	}
	writeBase64(&out, []byte(text))
	return out.Bytes()
}
