package all_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/all"
)

// shared are the folders beside the adapters that are no adapters.
var shared = []string{"all", "archive", "backfill", "channeltest", "mailapi", "media", "meta", "mime", "oauth", "phone", "pushmail"}

func TestEveryFolderIsAKind(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders, kinds []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(shared, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	for _, k := range all.Kinds {
		kinds = append(kinds, k.Name)
	}
	if !slices.Equal(folders, kinds) {
		t.Errorf("folders %q, kinds %q: each adapter's folder has one line in all.go, sorted by name", folders, kinds)
	}
}

// Whoever says how files are fetched, or that messages have links to them, says
// where each is.
func TestFilesAreFound(t *testing.T) {
	for _, k := range all.Kinds {
		if k.File == nil && (k.Media != nil || strings.HasPrefix(k.Facts.Media, "links")) {
			t.Errorf("%s: its files are never fetched: File is not set", k.Name)
		}
	}
}

func TestEveryKind(t *testing.T) {
	for _, k := range all.Kinds {
		if k.Tried == "" {
			t.Errorf("%s: what was it tried with?", k.Name)
		}
		if !runsSuite(t, k.Name) {
			t.Errorf("%s: no test of its folder runs channeltest.Run", k.Name)
		}
	}
}

// runsSuite reports whether an adapter's own tests run the suite for it.
func runsSuite(t *testing.T, kind string) bool {
	files, err := filepath.Glob(filepath.Join("..", kind, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	// The suite makes sure that the kind is the folder's; it may have been lent something.
	runs := regexp.MustCompile(`channeltest\.Run\(t, .*, "\.\./` + kind + `"\)`)
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return runs.Match(text)
	})
}

func TestFind(t *testing.T) {
	if k, ok := all.Find("chat"); !ok || k.Name != "chat" {
		t.Error("chat is not found")
	}
	if _, ok := all.Find("carrier pigeon"); ok {
		t.Error("found what there is not")
	}
}
