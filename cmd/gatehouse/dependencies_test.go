package main

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A module is there because something of ours imports it, and
// docs/dependencies.md says what for.
func TestDependenciesAreExplained(t *testing.T) {
	required, tools := requirements(t)
	var imported []string
	for _, s := range sources(t) {
		for _, i := range s.imports {
			for _, module := range required {
				if within(i, module) && !slices.Contains(imported, module) {
					imported = append(imported, module)
				}
			}
		}
	}
	slices.Sort(imported)
	if !slices.Equal(required, imported) {
		t.Errorf("go.mod requires %q, the source imports %q", required, imported)
	}
	var explained []string
	for _, m := range regexp.MustCompile("(?m)^## `(.+)`$").FindAllStringSubmatch(read(t, "docs/dependencies.md"), -1) {
		explained = append(explained, m[1])
	}
	want := append(required, tools...)
	slices.Sort(want)
	slices.Sort(explained)
	if !slices.Equal(want, explained) {
		t.Errorf("go.mod requires directly %q, docs/dependencies.md explains %q", want, explained)
	}
}

// requirements are the modules that go.mod requires directly, sorted, and those
// of the tools it names.
func requirements(t *testing.T) (required, tools []string) {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", root+"/go.mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		switch {
		case !r.Indirect:
			required = append(required, r.Path)
		case len(mod.Tool) > 0 && strings.HasPrefix(mod.Tool[0].Path, r.Path+"/"):
			tools = append(tools, r.Path)
		}
	}
	slices.Sort(required)
	if len(required) == 0 || len(tools) != len(mod.Tool) {
		t.Fatalf("%d requirements, %d tools", len(required), len(tools))
	}
	return required, tools
}
