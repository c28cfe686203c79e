package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"
)

// source is what fields are read from: JSON or a form.
type source interface {
	// value is what is at a path, as text: "" if it is absent or null.
	value(path string) (string, error)
}

// node is a JSON value that is read no further than it is asked for, whatever
// else it holds. Of a name that an object has twice the last holds, as nearly
// everybody reads it (RFC 8259 §4).
type node struct {
	raw   json.RawMessage // valid
	known map[string]*node
}

// begins is the first character of the value: { [ " or of a number or word.
func (n *node) begins() byte {
	if raw := bytes.TrimSpace(n.raw); len(raw) > 0 {
		return raw[0]
	}
	return 0
}

// members yields what an object or a list holds, by name or index.
func (n *node) members() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		d, first := json.NewDecoder(bytes.NewReader(n.raw)), n.begins()
		if _, err := d.Token(); err != nil || first != '{' && first != '[' {
			return
		}
		for i := 0; d.More(); i++ {
			name, value := strconv.Itoa(i), json.RawMessage(nil)
			if first == '{' {
				key, err := d.Token()
				if err != nil {
					return
				}
				name, _ = key.(string)
			}
			if d.Decode(&value) != nil || !yield(name, value) {
				return
			}
		}
	}
}

// child is one member, nil if there is none.
func (n *node) child(name string) *node {
	if found, known := n.known[name]; known {
		return found
	}
	var found *node
	for of, raw := range n.members() {
		if of == name {
			found = &node{raw: raw}
		}
	}
	if n.known == nil {
		n.known = map[string]*node{}
	}
	n.known[name] = found
	return found
}

// at is the value at a path, nil if there is none.
func (n *node) at(path string) *node {
	if path == "$" {
		return n
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
		if n = n.child(name); n == nil {
			return nil
		}
	}
	return n
}

func (n *node) value(path string) (string, error) {
	found := n.at(path)
	if found == nil {
		return "", nil
	}
	text, err := found.text()
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

var errStructure = errors.New("is a structure, not a text")

// text writes a value as text: numbers as they stand, however large, and a
// list of them line by line.
func (n *node) text() (string, error) {
	switch n.begins() {
	case '{':
		return "", errStructure
	case '[':
		return n.lines()
	case '"':
		var s string
		err := json.Unmarshal(n.raw, &s)
		return s, err
	case 'n':
		return "", nil
	}
	return string(bytes.TrimSpace(n.raw)), nil
}

func (n *node) lines() (string, error) {
	var lines []string
	for _, raw := range n.members() {
		item := node{raw: raw}
		if first := item.begins(); first == '{' || first == '[' {
			return "", errStructure
		}
		line, err := item.text()
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// form is a body of application/x-www-form-urlencoded, or a part of JSON that
// one of its fields holds: GitHub puts its events into "payload".
type form url.Values

func (f form) value(path string) (string, error) {
	path = strings.TrimPrefix(path, "$.")
	if values, found := f[path]; found {
		return strings.Join(values, "\n"), nil
	}
	name, rest, _ := strings.Cut(path, ".")
	if values := f[name]; len(values) == 1 && rest != "" && json.Valid([]byte(values[0])) {
		return (&node{raw: json.RawMessage(values[0])}).value(rest)
	}
	return "", nil
}
