package mime

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// word is one encoded word (RFC 2047 §2) taken apart.
type word struct {
	charset string
	enc     byte // 'b' or 'q'
	text    string
}

// headerText decodes the texts of one field.
type headerText struct {
	fallback   string // where to begin with raw bytes
	detections int    // how often the detector was asked
}

// maxDetections bounds how often the detector is asked in one field.
const maxDetections = 4

func (h *headerText) detect(b []byte) string {
	if h.detections++; h.detections > maxDetections {
		return guess(b)
	}
	return detect(b)
}

// decodeHeaderText reads a field's text: encoded words, else raw bytes of a
// charset that has to be found out; fallback is where to begin.
func decodeHeaderText(s, fallback string) (text string, ok bool) {
	return (&headerText{fallback: fallback}).decode(s)
}

func (h *headerText) decode(s string) (text string, ok bool) {
	if !strings.Contains(s, "=?") {
		return clean(h.raw(s)), true
	}
	var out strings.Builder
	ok = true
	var run wordRun
	flush := func() {
		if run.charset != "" {
			d := decodeOr(run.bytes(), run.charset, h.detect)
			ok = ok && d.defect != "unknown_charset"
			out.WriteString(d.text)
			run = wordRun{}
		}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		between := s[:i]
		w, rest, is := cutWord(s[i:])
		if joins := is && run.charset != "" && blankText(between); !joins {
			flush()
			out.WriteString(h.raw(between))
		}
		if s = rest; !is {
			out.WriteString("=?")
			s = s[2:]
			_, _, begun := cutToken(s, 60)
			ok = ok && !begun
			continue
		}
		if run.charset != "" && normalLabel(w.charset) != normalLabel(run.charset) {
			flush()
		}
		run.add(w)
	}
	flush()
	out.WriteString(h.raw(s))
	return clean(out.String()), ok
}

// blankText reports that nothing but blanks stands between two words: those
// blanks are no text (RFC 2047 §6.2).
func blankText(s string) bool { return strings.Trim(s, " \t\r\n") == "" }

// raw reads text outside of encoded words.
func (h *headerText) raw(s string) string {
	if isASCII(s) {
		if strings.Contains(s, "\x1b$") {
			return decodeOr([]byte(s), "", h.detect).text
		}
		return s
	}
	return decodeOr([]byte(s), h.fallback, h.detect).text
}

// wordRun joins words of one charset before their bytes are decoded: a
// character, or four characters of base64, may be split over two of them.
type wordRun struct {
	charset string
	enc     byte
	done    []byte   // octets of the words before those of texts
	texts   []string // of one encoding
}

func (r *wordRun) add(w word) {
	if w.enc != r.enc {
		r.done = r.bytes()
		r.texts = r.texts[:0]
	}
	r.charset, r.enc = w.charset, w.enc
	r.texts = append(r.texts, w.text)
}

func (r *wordRun) bytes() []byte {
	out := r.done
	if r.enc == 'q' {
		text := strings.ReplaceAll(strings.Join(r.texts, ""), "_", " ")
		out, _ = appendQP(out, []byte(text))
		return out
	}
	if r.cutWithin() {
		return append(out, wordBase64(strings.Join(r.texts, ""))...)
	}
	for _, text := range r.texts {
		out = append(out, wordBase64(text)...)
	}
	return out
}

// cutWithin reports base64 cut into words at other places than after each four
// characters, and not words that lack their padding: what that would leave out
// is zero.
func (r *wordRun) cutWithin() (cut bool) {
	total := 0
	for i, text := range r.texts {
		total += len(text)
		if i == len(r.texts)-1 || len(text)%4 == 0 {
			continue
		}
		spare := base64Values[text[len(text)-1]] & [4]byte{0, 0xff, 0x0f, 0x03}[len(text)%4]
		if spare == 0 || strings.HasSuffix(text, "=") {
			return false
		}
		cut = true
	}
	return cut && total%4 == 0
}

// cutWord reads the encoded word that s begins with. Blanks and "?" within it
// are accepted, and so is a missing end before the next word.
func cutWord(s string) (w word, rest string, ok bool) {
	charset, tail, ok := cutToken(s[2:], 60)
	if !ok || charset == "" {
		return w, s, false
	}
	enc, tail, ok := cutToken(tail, 3)
	if !ok || len(enc) != 1 || enc[0]|0x20 != 'b' && enc[0]|0x20 != 'q' {
		return w, s, false
	}
	end, skip := wordEnd(tail)
	if end < 0 {
		return w, s, false
	}
	w = word{charset, enc[0] | 0x20, tail[:end]}
	if skip == 0 {
		w.text = strings.TrimRight(w.text, " \t")
	}
	return w, tail[end+skip:], true
}

// cutToken cuts at the first "?" among n characters: a name alone, blanks
// around it left out.
func cutToken(s string, n int) (token, after string, ok bool) {
	for i := 0; i < len(s) && i <= n; i++ {
		switch c := s[i]; {
		case c == '?':
			token = strings.Trim(s[:i], " \t")
			return token, s[i+1:], !strings.ContainsAny(token, " \t")
		case c == '=' && !strings.EqualFold(s[:i], "charset"), c < ' ' && c != '\t':
			return "", s, false
		}
	}
	return "", s, false
}

// wordEnd finds where a word's text ends, and how long its end mark is: "?=",
// or, where that is missing, none before the next word, and what is left of it
// at the end. The search never goes past a next word, so that many open ones
// stay cheap.
func wordEnd(s string) (end, mark int) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '?' && s[i+1] == '=' {
			return i, 2
		}
		if s[i] == '=' && s[i+1] == '?' && (i+2 >= len(s) || s[i+2] != '=') {
			return i, 0
		}
	}
	whole := strings.TrimRight(strings.TrimSuffix(s, "="), " \t")
	if cut, ok := strings.CutSuffix(whole, "?"); ok {
		return len(cut), len(s) - len(cut)
	}
	if strings.ContainsAny(whole, " \t") {
		return -1, 0
	}
	return len(s), 0
}

func wordBase64(text string) []byte {
	var out bytes.Buffer
	if clean, err := base64.StdEncoding.AppendDecode(nil, []byte(text)); err == nil {
		return clean
	}
	writeBase64(&out, []byte(text))
	return out.Bytes()
}
