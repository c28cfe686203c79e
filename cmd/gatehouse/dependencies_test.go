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
	required, tools := requirements(t, ".")
	if len(required) == 0 || len(tools) == 0 {
		t.Fatalf("%d requirements, %d tools", len(required), len(tools))
	}
	imports(t, ".", required)
	apart, _ := requirements(t, yardstick)
	imports(t, yardstick, apart)
	if both := slices.DeleteFunc(slices.Clone(apart), func(m string) bool { return !slices.Contains(required, m) }); len(both) > 0 {
		t.Errorf("%q are required by both modules", both)
	}
	var explained []string
	for _, m := range regexp.MustCompile("(?m)^## `(.+)`$").FindAllStringSubmatch(read(t, "docs/dependencies.md"), -1) {
		explained = append(explained, m[1])
	}
	want := slices.Concat(required, tools, apart)
	slices.Sort(want)
	slices.Sort(explained)
	if !slices.Equal(want, explained) {
		t.Errorf("go.mod requires directly %q, docs/dependencies.md explains %q", want, explained)
	}
}

// yardstick is the folder of a module of its own: what it requires stays out of
// the program's go.mod.
const yardstick = "cmd/gatehouse-bench/enmime"

// imports checks that a module's source imports all that it requires.
func imports(t *testing.T, folder string, required []string) {
	t.Helper()
	var imported []string
	for _, s := range sources(t) {
		if within(s.pkg(), yardstick) != (folder == yardstick) {
			continue
		}
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
		t.Errorf("%s/go.mod requires %q, the source imports %q", folder, required, imported)
	}
}

// requirements are the modules that a folder's go.mod requires directly, sorted,
// and those of the tools it names.
func requirements(t *testing.T, folder string) (required, tools []string) {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", root+"/"+folder+"/go.mod").Output()
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
	if len(tools) != len(mod.Tool) {
		t.Fatalf("%d requirements, %d tools", len(required), len(tools))
	}
	return required, tools
}
