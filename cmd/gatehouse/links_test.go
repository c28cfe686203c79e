package main

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fence = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	link  = regexp.MustCompile(`\]\(([^)#: ]+)\)`)
	code  = regexp.MustCompile("`([^`\n]+)`")
	// A path: words with slashes between them, or a file by its name.
	pathLike = regexp.MustCompile(`^[\w.*-]+(/[\w.*-]+)*/?$`)
	fileLike = regexp.MustCompile(`\.(go|sql|md|sh)$`)
	// The table of keys is made from the program: media.allow is a key, and nothing
	// in a package media.
	keys = regexp.MustCompile(`(?s)<!-- keys -->.*?<!-- /keys -->`)
	// A name of Go's: a package, something in it, something in that.
	nameLike = regexp.MustCompile(`^(?:[\w/]+/)?([a-z]\w*)\.([A-Za-z]\w*)(?:\.([A-Za-z]\w*))?(?:\(\))?$`)
)

// Prose drifts from code: what it names has to be there.
func TestDocsNameWhatThereIs(t *testing.T) {
	known, settings := declared(sources(t)), map[string]bool{}
	for _, m := range code.FindAllStringSubmatch(keys.FindString(read(t, "README.md")), -1) {
		settings[m[1]] = true
	}
	pages := 0
	err := walk(func(name string, content []byte) error {
		if path.Ext(name) != ".md" {
			return nil
		}
		pages++
		text := fence.ReplaceAllString(string(content), "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if !exists(path.Dir(name), m[1]) {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
		for _, m := range code.FindAllStringSubmatch(text, -1) {
			if says := known.missing(name, m[1]); says != "" && !settings[m[1]] {
				t.Errorf("%s names `%s`: %s", name, m[1], says)
			}
		}
		return nil
	})
	if err != nil || pages < 10 {
		t.Fatalf("%d pages: %v", pages, err)
	}
}

// exists reports whether a path, as written in a page of dir, is there: beside
// the page or from the root. It may have stars.
func exists(dir, name string) bool {
	for _, from := range []string{dir, "."} {
		if found, err := filepath.Glob(filepath.Join(root, from, name)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

// names are what the packages declare: the packages by their names, then
// "Type", "Type.Method" and "Type.Field", exported or not.
type names map[string]map[string]bool

// missing says what is not there of what a page names; "" if all is, or if it
// is neither a path nor a name of ours.
func (n names) missing(page, word string) string {
	if strings.Contains(word, "/acme/") {
		return "" // the adapter that channels/README.md would have one write
	}
	if strings.HasPrefix(strings.TrimPrefix(word, "./"), ".gatehouse") {
		return "" // made by make, not there in a fresh clone
	}
	if pathLike.MatchString(word) {
		first, _, deeper := strings.Cut(word, "/")
		if _, err := os.Stat(path.Join(root, first)); err == nil && deeper || fileLike.MatchString(word) {
			if !exists(path.Dir(page), word) {
				return "no such file"
			}
			return ""
		}
	}
	m := nameLike.FindStringSubmatch(word)
	if m == nil || n[m[1]] == nil {
		return ""
	}
	full := m[2]
	if m[3] != "" {
		full += "." + m[3]
	}
	if !n[m[1]][full] {
		return "package " + m[1] + " has no " + full
	}
	return ""
}

func declared(all []source) names {
	n := names{}
	for _, s := range all {
		pkg := s.file.Name.Name
		if s.test() || pkg == "main" {
			continue
		}
		if n[pkg] == nil {
			n[pkg] = map[string]bool{}
		}
		for _, d := range s.file.Decls {
			n.add(pkg, d)
		}
	}
	return n
}

func (n names) add(pkg string, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		n[pkg][name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					n[pkg][name.Name] = true
				}
			case *ast.TypeSpec:
				n.addType(pkg, spec)
			}
		}
	}
}

func (n names) addType(pkg string, spec *ast.TypeSpec) {
	n[pkg][spec.Name.Name] = true
	var fields *ast.FieldList
	switch of := spec.Type.(type) {
	case *ast.StructType:
		fields = of.Fields
	case *ast.InterfaceType:
		fields = of.Methods
	default:
		return
	}
	for _, f := range fields.List {
		for _, name := range f.Names {
			n[pkg][spec.Name.Name+"."+name.Name] = true
		}
	}
}

// receiver is the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
