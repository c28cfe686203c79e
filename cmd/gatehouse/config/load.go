package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads the file at path ("" reads none), what lies in conf.d beside it,
// and the environment, and checks the whole. What is wrong is a [Fault].
func Load(path string, environ func(string) (string, bool)) (Config, error) {
	c := Default()
	c.file = path
	files, err := filesOf(path)
	if err != nil {
		return c, fmt.Errorf("configuration: %w", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("configuration: %w", err)
		}
		if err := c.parse(file, b, environ); err != nil {
			return c, in(file, err)
		}
	}
	if err := override(&c, environ); err != nil {
		return c, err
	}
	return c, in(cmp.Or(path, "configuration"), c.check())
}

// filesOf is the main file and, in the order of their names, every *.yaml of
// conf.d beside it but hidden ones.
func filesOf(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	dir := filepath.Join(filepath.Dir(path), "conf.d")
	entries, err := os.ReadDir(dir) // sorted
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files := []string{path}
	for _, e := range entries {
		if name := e.Name(); filepath.Ext(name) == ".yaml" && !strings.HasPrefix(name, ".") {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, nil
}

// parse adds what a file says to what the files before it said.
func (c *Config) parse(file string, b []byte, environ func(string) (string, bool)) error {
	root, err := read(b)
	if err != nil || root == nil {
		return err
	}
	if err := expand(root, environ); err != nil {
		return err
	}
	if err := strict(root, c); err != nil {
		return err
	}
	if err := c.claim(file, root); err != nil {
		return err
	}
	channels, retired := c.Channels, c.Retired
	c.Channels, c.Retired = nil, nil
	if err := root.Decode(c); err != nil {
		return err
	}
	for i := range c.Channels {
		c.Channels[i].file = file
	}
	c.Channels, c.Retired = append(channels, c.Channels...), append(retired, c.Retired...)
	return nil
}

// read is the mapping that a file holds; nil for an empty one.
func read(b []byte) (*yaml.Node, error) {
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&doc); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, faultAt(root.Line, "want a mapping of keys")
	}
	if err := d.Decode(&more); err == nil {
		return nil, faultAt(more.Line, "a second document: want one a file")
	} else if err != io.EOF {
		return nil, err
	}
	return root, nil
}
