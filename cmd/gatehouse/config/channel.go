package config

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// nameForm is what a channel may be called: it stands in URLs and in the keys
// of its messages.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// common are the keys that every channel has; the rest is its adapter's.
var common = map[string]bool{"name": true, "kind": true}

// NewChannel makes a channel of a mapping written in YAML, for programs that
// have no file.
func NewChannel(text string) (Channel, error) {
	var c Channel
	err := yaml.Unmarshal([]byte(text), &c)
	return c, err
}

// UnmarshalYAML keeps the mapping for the adapter and takes name and kind.
func (c *Channel) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a channel is a mapping with name and kind", node.Line)
	}
	c.node = node
	for i := 0; i+1 < len(node.Content); i += 2 {
		switch node.Content[i].Value {
		case "name":
			c.Name = node.Content[i+1].Value
		case "kind":
			c.Kind = node.Content[i+1].Value
		}
	}
	return nil
}

func (c *Channel) checkName() error {
	if !nameForm.MatchString(c.Name) {
		return c.fault(c.node, "channel name %q: want lower-case letters, digits and hyphens, at most 63", c.Name)
	}
	if c.Kind == "" {
		return c.fault(c.node, "channel %s has no kind", c.Name)
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
		return c.wrap(err)
	}
	if err := own.Decode(into); err != nil {
		return c.wrap(err)
	}
	return nil
}

func (c Channel) wrap(err error) error {
	return fmt.Errorf("%schannel %s: %w", prefixOf(c.file), c.Name, err)
}

func (c Channel) fault(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%sline %d: %s", prefixOf(c.file), n.Line, fmt.Sprintf(format, args...))
}

func prefixOf(file string) string {
	if file == "" {
		return ""
	}
	return file + ": "
}
