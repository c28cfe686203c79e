package config

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// common are the keys that every channel has; the rest is its adapter's.
var common = map[string]bool{"name": true, "kind": true, "was": true, "expect_every": true}

// leastExpected is the shortest time that expect_every may be.
const leastExpected = time.Minute

// NewChannel makes a channel of a mapping written in YAML, for programs that
// have no file.
func NewChannel(text string) (Channel, error) {
	var c Channel
	err := yaml.Unmarshal([]byte(text), &c)
	return c, err
}

// UnmarshalYAML keeps the mapping for the adapter and takes what every channel
// has.
func (c *Channel) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return faultAt(node.Line, "a channel is a mapping with name and kind")
	}
	c.node = node
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], resolve(node.Content[i+1])
		if seen[key.Value] {
			return faultAt(key.Line, "%s is set already in this channel", key.Value)
		}
		seen[key.Value] = true
		switch key.Value {
		case "name":
			c.Name = value.Value
		case "kind":
			c.Kind = value.Value
		case "was":
			if value.Kind != yaml.SequenceNode || value.Decode(&c.Was) != nil {
				return faultAt(key.Line, "was: want a list of names, as [OLD]")
			}
		case "expect_every":
			if value.Decode(&c.ExpectEvery) != nil || c.ExpectEvery != 0 && c.ExpectEvery < leastExpected {
				return faultAt(key.Line, "expect_every: want a duration of at least %s, as 30m, or 0", leastExpected)
			}
		}
	}
	return nil
}

// Decode reads the adapter's part into a struct with yaml tags. An unknown key
// is an error with its line.
func (c Channel) Decode(into any) error {
	own := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: c.node.Line}
	for i := 0; i+1 < len(c.node.Content); i += 2 {
		if !common[c.node.Content[i].Value] {
			own.Content = append(own.Content, c.node.Content[i], c.node.Content[i+1])
		}
	}
	if err := strict(own, into); err != nil {
		return in(c.file, err)
	}
	if err := own.Decode(into); err != nil {
		return in(c.file, err)
	}
	return nil
}

// Words are the scalars under these keys, of a list each one, of a mapping its
// keys: what a channel says of itself, whatever its kind.
func (c Channel) Words(keys ...string) []string {
	var words []string
	for _, key := range keys {
		value := valueOf(c.node, key)
		if value == nil {
			continue
		}
		switch v := resolve(value); v.Kind {
		case yaml.ScalarNode:
			words = append(words, v.Value)
		case yaml.SequenceNode:
			for _, item := range v.Content {
				words = append(words, resolve(item).Value)
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(v.Content); i += 2 {
				words = append(words, v.Content[i].Value)
			}
		}
	}
	return words
}

// Same reports whether both channels mean the same: comments, styles, the order
// of keys and what they were called before do not count.
func (c Channel) Same(other Channel) bool {
	return c.Name == other.Name && c.Kind == other.Kind && same(c.node, other.node)
}

func same(a, b *yaml.Node) bool {
	a, b = resolve(a), resolve(b)
	if a.Kind == yaml.MappingNode && b.Kind == yaml.MappingNode {
		return sameKeys(a, b) && sameKeys(b, a)
	}
	return a.Kind == b.Kind && a.ShortTag() == b.ShortTag() && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, same)
}

// sameKeys reports whether each key of a has the same value in b.
func sameKeys(a, b *yaml.Node) bool {
	for i := 0; i+1 < len(a.Content); i += 2 {
		key := a.Content[i].Value
		if other := valueOf(b, key); key != "was" && (other == nil || !same(a.Content[i+1], other)) {
			return false
		}
	}
	return true
}

// valueOf is the value of a mapping's key; nil if it has none.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
