package config

import (
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

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
		return &Fault{Line: n.Line, Err: err}
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
		return faultAt(n.Line, "the variable %s is not set", missing)
	}
	plain := n.Style == 0
	n.Value = value
	if plain {
		n.Tag = "" // a number may come from a variable
	}
	return nil
}
