package main

import (
	"go/ast"
	"go/doc"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/all"
)

// The limits of what is not a test: whoever reads a file or a function sees it
// whole.
const (
	mostLines         = 400
	mostFunctionLines = 60
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || ast.IsGenerated(s.file) {
			continue
		}
		if s.lines > mostLines {
			t.Errorf("%s has %d lines, more than %d", s.path, s.lines, mostLines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			from, to := s.set.Position(f.Pos()).Line, s.set.Position(f.End()).Line
			if n := to - from + 1; n > mostFunctionLines {
				t.Errorf("%s:%d: %s has %d lines, more than %d", s.path, from, f.Name.Name, n, mostFunctionLines)
			}
		}
	}
}

// A stranger reads the first sentence, and it begins with the package's name.
func TestPackagesSayWhatTheyAre(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		name := "Package " + s.file.Name.Name
		if s.file.Name.Name == "main" {
			name = "Command " + path.Base(s.pkg())
		}
		first := new(doc.Package).Synopsis(s.file.Doc.Text())
		said[s.pkg()] = said[s.pkg()] || strings.HasPrefix(first, name+" ")
	}
	for pkg, ok := range said {
		if !ok {
			t.Errorf("%s: no doc comment whose first sentence begins with its name", pkg)
		}
	}
}

// What is left to be done stands in an issue, not in the source.
func TestNothingIsLeftToBeDone(t *testing.T) {
	words := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	err := walk(func(name string, content []byte) error {
		for n, line := range strings.Split(string(content), "\n") {
			if word := words.FindString(line); word != "" {
				t.Errorf("%s:%d: %s", name, n+1, word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An adapter is a folder that declares its Kind and a line in channels/all.
func TestAdaptersAreListed(t *testing.T) {
	var folders, kinds []string
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "channels/") && !s.test() && declares(s.file, "Kind") {
			folders = append(folders, strings.TrimPrefix(s.pkg(), "channels/"))
		}
	}
	for _, k := range all.Kinds {
		kinds = append(kinds, k.Name)
	}
	slices.Sort(folders)
	if !slices.Equal(folders, kinds) || len(kinds) == 0 {
		t.Errorf("the folders %q declare a Kind, channels/all lists %q", folders, kinds)
	}
}

// declares reports whether the file has a variable of the name.
func declares(f *ast.File, variable string) bool {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range g.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].Name == variable {
				return true
			}
		}
	}
	return false
}

// What a statement is called is what runs it, or another takes it in: a file of
// SQL that nobody names is dead.
func TestStatementsAreUsed(t *testing.T) {
	named := map[string]bool{}
	statement := regexp.MustCompile(`statement\("([a-z0-9_]+)"\)`)
	included := regexp.MustCompile(`-- include ([a-z0-9_]+)`)
	for _, s := range sources(t) {
		if s.pkg() != "ingest/postgres" {
			continue
		}
		content, err := os.ReadFile(path.Join(root, s.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range statement.FindAllStringSubmatch(string(content), -1) {
			named[m[1]] = true
		}
	}
	files, err := os.ReadDir(root + "/ingest/postgres/sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d statements: %v", len(files), err)
	}
	for _, f := range files {
		content, err := os.ReadFile(path.Join(root, "ingest/postgres/sql", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range included.FindAllSubmatch(content, -1) {
			named[string(m[1])] = true
		}
	}
	for _, f := range files {
		if !named[strings.TrimSuffix(f.Name(), ".sql")] {
			t.Errorf("nothing runs ingest/postgres/sql/%s", f.Name())
		}
	}
}
