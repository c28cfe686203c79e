package console

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rawShown is how many octets of a message are shown as it came.
const rawShown = 64 << 10

// head keeps the beginning of an answer, and counts the rest.
type head struct {
	answer
	most int
	size int64
}

func (h *head) Write(b []byte) (int, error) {
	h.size += int64(len(b))
	if room := h.most - h.body.Len(); room > 0 {
		h.body.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

// first asks the API for the beginning of something large, and its size.
func (v *visit) first(path string, most int) ([]byte, int64, error) {
	r, err := v.question(http.MethodGet, path, nil)
	if err != nil {
		return nil, 0, err
	}
	h := &head{answer: answer{header: http.Header{}, status: http.StatusOK}, most: most}
	v.API.ServeHTTP(h, r)
	if h.status >= http.StatusBadRequest {
		return nil, 0, h.problem()
	}
	return h.body.Bytes(), h.size, nil
}

// visible is a stranger's octets as text that shows what is in them: what would
// not be seen, or would change what is, is written out.
func visible(raw []byte) string {
	var b strings.Builder
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, raw[0])
		case r == '\r' && len(raw) > 1 && raw[1] == '\n': // the end of a line
		case r == '\n' || r == '\t' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < ' ':
			b.WriteRune('␀' + r)
		default:
			fmt.Fprintf(&b, "‹U+%04X›", r)
		}
		raw = raw[n:]
	}
	return b.String()
}
