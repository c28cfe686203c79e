package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

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

// find is what the steps lead to.
func (n *node) find(steps []step) []*node {
	found := []*node{n}
	for _, s := range steps {
		var next []*node
		for _, n := range found {
			next = append(next, n.take(s)...)
		}
		found = next
	}
	return found
}

// take is what one step leads to.
func (n *node) take(s step) []*node {
	if s.name != "" {
		if child := n.child(s.name); child != nil {
			return []*node{child}
		}
		return nil
	}
	list := []*node{n}
	switch n.begins() {
	case '[':
		list = n.list()
	case '{':
	default:
		return nil
	}
	switch {
	case s.where != nil:
		return slices.DeleteFunc(list, func(n *node) bool { return !n.holds(*s.where) })
	case s.index == nil:
		return list
	case *s.index < 0:
		return oneOf(list, len(list)+*s.index)
	}
	return oneOf(list, *s.index)
}

func oneOf(list []*node, i int) []*node {
	if i < 0 || i >= len(list) {
		return nil
	}
	return list[i : i+1]
}

// list are the members of a list.
func (n *node) list() (list []*node) {
	for _, raw := range n.members() {
		list = append(list, &node{raw: raw})
	}
	return list
}

func (n *node) holds(c condition) bool {
	has := slices.ContainsFunc(n.find(c.steps), func(n *node) bool {
		texts, err := n.texts()
		return err == nil && slices.Contains(texts, c.text)
	})
	return has != c.not
}

var errStructure = errors.New("is a structure, not a text")

// texts is a value as text: numbers as they stand, however large, of a list one of
// each member. null is none.
func (n *node) texts() ([]string, error) {
	switch n.begins() {
	case '{':
		return nil, errStructure
	case '[':
		return n.line()
	case '"':
		var s string
		err := json.Unmarshal(n.raw, &s)
		return []string{s}, err
	case 'n':
		return nil, nil
	}
	return []string{string(bytes.TrimSpace(n.raw))}, nil
}

// line are the texts of a list's members, which are no structures.
func (n *node) line() (all []string, err error) {
	for _, raw := range n.members() {
		item := node{raw: raw}
		if first := item.begins(); first == '{' || first == '[' {
			return nil, errStructure
		}
		texts, err := item.texts()
		if err != nil {
			return nil, err
		}
		all = append(all, texts...)
	}
	return all, nil
}
