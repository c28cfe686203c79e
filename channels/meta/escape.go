package meta

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escaped is a body with every character beyond ASCII as \uXXXX, lower case,
// characters beyond the first plane as two: over that form Meta signs by its
// documentation, whatever form it sends. nil: the body has none, or is no UTF-8.
func escaped(body []byte) []byte {
	if !utf8.Valid(body) {
		return nil
	}
	var b strings.Builder
	beyond := false
	for _, r := range string(body) {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		beyond = true
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	if !beyond {
		return nil
	}
	return []byte(b.String())
}
