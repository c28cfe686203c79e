package webhook

import (
	"encoding/json"
	"strings"

	"gatehouse/channels"
)

// source is a body or an element of one.
type source interface {
	// texts is what is at a path, none if it is absent or null.
	texts(path) ([]string, error)
	// nodes is the same, where it is JSON.
	nodes(path) []*node
}

// document is JSON.
type document struct{ root *node }

func (d document) nodes(p path) []*node           { return d.root.find(p.steps) }
func (d document) texts(p path) ([]string, error) { return textsOf(d.nodes(p)) }

// textsOf is what each of them says.
func textsOf(found []*node) (all []string, err error) {
	for _, n := range found {
		texts, err := n.texts()
		if err != nil {
			return nil, err
		}
		all = append(all, texts...)
	}
	return all, nil
}

// form is a body of fields. A path is the name of a field, or leads on into the
// JSON that one of them holds: GitHub puts its events into "payload".
type form channels.Form

func (f form) nodes(p path) []*node {
	if len(p.steps) == 0 || p.steps[0].name == "" {
		return nil
	}
	values := channels.Form(f).All(p.steps[0].name)
	if len(values) != 1 || !json.Valid([]byte(values[0])) {
		return nil
	}
	return (&node{raw: json.RawMessage(values[0])}).find(p.steps[1:])
}

func (f form) texts(p path) ([]string, error) {
	form := channels.Form(f)
	if values := form.All(strings.TrimPrefix(p.text, "$.")); values != nil { // names have dots, too
		return values, nil
	}
	if len(p.steps) == 1 {
		return form.All(p.steps[0].name), nil
	}
	return textsOf(f.nodes(p))
}

// words is a body without fields: it is all text.
type words string

func (words) nodes(path) []*node { return nil }

func (w words) texts(p path) ([]string, error) {
	if len(p.steps) > 0 {
		return nil, nil
	}
	return []string{string(w)}, nil
}
