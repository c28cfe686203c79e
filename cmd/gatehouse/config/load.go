package config

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads the file at path ("" reads none) and the environment, and checks
// the whole.
func Load(path string, environ func(string) (string, bool)) (Config, error) {
	c := Default()
	if path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("configuration: %w", err)
		}
		if err := c.parse(path, b, environ); err != nil {
			return c, err
		}
	}
	if err := override(&c, environ); err != nil {
		return c, err
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("configuration: %w", err)
	}
	return c, nil
}

func (c *Config) parse(path string, b []byte, environ func(string) (string, bool)) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if doc.Kind == 0 {
		return nil // an empty file
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s: line %d: want a mapping of keys", path, root.Line)
	}
	if err := expand(root, environ); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := strict(root, c); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := root.Decode(c); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for i := range c.Channels {
		c.Channels[i].file = path
	}
	return nil
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces ${NAME} in every scalar by the variable, and a scalar
// file:PATH by the file's first line: secrets need not stand in the file.
func expand(n *yaml.Node, environ func(string) (string, bool)) error {
	for _, child := range n.Content {
		if err := expand(child, environ); err != nil {
			return err
		}
	}
	if n.Kind != yaml.ScalarNode {
		return nil
	}
	if err := expandVariables(n, environ); err != nil {
		return err
	}
	path, ok := strings.CutPrefix(n.Value, "file:")
	if !ok || strings.HasPrefix(path, "//") {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	n.SetString(strings.TrimRight(line, "\r"))
	return nil
}

func expandVariables(n *yaml.Node, environ func(string) (string, bool)) error {
	if !variable.MatchString(n.Value) {
		return nil
	}
	var missing string
	value := variable.ReplaceAllStringFunc(n.Value, func(m string) string {
		name := m[2 : len(m)-1]
		v, ok := environ(name)
		if !ok {
			missing = name
		}
		return v
	})
	if missing != "" {
		return fmt.Errorf("line %d: the variable %s is not set", n.Line, missing)
	}
	plain := n.Style == 0
	n.Value = value
	if plain {
		n.Tag = "" // a number may come from a variable
	}
	return nil
}
