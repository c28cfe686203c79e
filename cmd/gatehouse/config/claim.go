package config

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// joined are the lists to which several files may add.
var joined = map[string]bool{"channels": true, "retired": true}

// claim notes where each key of a file is set. A key that another file has set
// is an error, but for the lists that are joined.
func (c *Config) claim(file string, root *yaml.Node) error {
	if c.places == nil {
		c.places = map[string]place{}
	}
	return c.claimStruct(file, root, reflect.TypeFor[Config](), "")
}

func (c *Config) claimStruct(file string, node *yaml.Node, t reflect.Type, prefix string) error {
	node = resolve(node)
	known := fieldsOf(t)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], resolve(node.Content[i+1])
		path, at := prefix+key.Value, place{file, key.Line}
		if of := known[key.Value].Type; value.Kind == yaml.MappingNode && of.Kind() == reflect.Struct {
			if err := c.claimStruct(file, value, of, path+"."); err != nil {
				return err
			}
			continue
		}
		if other, taken := c.places[path]; taken && !joined[path] {
			return faultAt(key.Line, "%s is set already: %s: line %d", path, other.file, other.line)
		}
		c.places[path] = at
		if path == "retired" {
			if err := c.claimRetired(file, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Config) claimRetired(file string, list *yaml.Node) error {
	for _, n := range list.Content {
		path := "retired." + n.Value
		if other, twice := c.places[path]; twice {
			return faultAt(n.Line, "channel %s is retired already: %s: line %d", n.Value, other.file, other.line)
		}
		c.places[path] = place{file, n.Line}
	}
	return nil
}

// keyed is an error about one key where that is set, which may be a variable.
func (c *Config) keyed(key string, err error) error {
	if at, ok := c.places[key]; ok {
		return at.fault(fmt.Errorf("%s: %w", key, err))
	}
	return fmt.Errorf("%s: %w", key, err)
}

// resolve is the node that an alias stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
