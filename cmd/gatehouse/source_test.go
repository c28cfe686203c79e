package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the repository, as the tests of this folder see it.
const root = "../.."

// A source is one Go file of the repository, tests and other systems' included.
type source struct {
	path    string // from the root
	set     *token.FileSet
	file    *ast.File
	lines   int
	imports []string
}

// pkg is its folder, from the root.
func (s source) pkg() string { return path.Dir(s.path) }

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

var readSources = sync.OnceValues(func() (all []source, err error) {
	err = walk(func(name string, content []byte) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		s := source{path: name, set: token.NewFileSet(), lines: strings.Count(string(content), "\n")}
		var err error
		if s.file, err = parser.ParseFile(s.set, name, content, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		for _, i := range s.file.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
		return nil
	})
	return all, err
})

// sources are the repository's Go files.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := readSources()
	if err != nil || len(all) < 100 {
		t.Fatalf("%d Go files: %v", len(all), err)
	}
	return all
}

// Folders that hold what nobody here writes by hand.
var unread = []string{".git", ".gatehouse", "bin", "testdata", "mails"}

// Ends of the names of files that people write.
var written = []string{".go", ".sql", ".md", ".sh", ".yml", ".yaml", "Makefile", "Dockerfile", ".ci/run", "go.mod"}

// walk reads every file that the project's people write, by its path from the
// root.
func walk(each func(name string, content []byte) error) error {
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(unread, d.Name()) {
			return fs.SkipDir
		}
		name := filepath.ToSlash(file)
		if d.IsDir() || !slices.ContainsFunc(written, func(end string) bool { return strings.HasSuffix(name, end) }) {
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return each(strings.TrimPrefix(name, root+"/"), content)
	})
}
