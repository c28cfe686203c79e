package webhook

import (
	"bytes"
	"encoding/json"
	"iter"
	"strconv"
	"unicode/utf8"
)

// members yields what an object or a list holds, by name or index. It reads each
// byte once and copies none: lists may have millions of members.
func (n *node) members() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		first := n.begins()
		if first != '{' && first != '[' {
			return
		}
		rest := bytes.TrimSpace(n.raw)[1:]
		for i := 0; ; i++ {
			rest = bytes.TrimLeft(rest, ", \t\r\n")
			if len(rest) == 0 || rest[0] == '}' || rest[0] == ']' {
				return
			}
			name := strconv.Itoa(i)
			if first == '{' {
				end := endOf(rest)
				name, rest = nameOf(rest[:end]), bytes.TrimLeft(rest[end:], ": \t\r\n")
			}
			end := endOf(rest)
			if !yield(name, json.RawMessage(rest[:end:end])) {
				return
			}
			rest = rest[end:]
		}
	}
}

// nameOf is the name that a member's string stands for.
func nameOf(quoted []byte) (name string) {
	if len(quoted) > 1 && bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return string(quoted[1 : len(quoted)-1])
	}
	_ = json.Unmarshal(quoted, &name) // it is valid
	return name
}

// endOf is where the value ends with which the text begins.
func endOf(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += endOfString(text[i:]) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth == 0 {
				return i + endOfWord(text[i:])
			}
			continue
		}
		if depth <= 0 {
			return min(i+1, len(text))
		}
	}
	return len(text)
}

// endOfString is where a string ends.
func endOfString(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// endOfWord is where a number ends, or true, false or null.
func endOfWord(text []byte) int {
	if end := bytes.IndexAny(text, ",:]} \t\r\n"); end >= 0 {
		return max(end, 1) // a step at least, whatever the text
	}
	return len(text)
}
