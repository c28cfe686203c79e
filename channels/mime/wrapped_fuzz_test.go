package mime

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzWrapped reads strangers' wrappers: nothing of it may panic or grow
// beyond its bounds.
func FuzzWrapped(f *testing.F) {
	list, err := filepath.Glob("testdata/1[67]*.eml")
	if err != nil || len(list) == 0 {
		f.Fatal("no mails to begin with", err)
	}
	for _, name := range list {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		r := newReader(Options{})
		for _, e := range leaves(r.parse(raw), nil) {
			f.Add(e.body)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if found, ok := readTNEF(b); ok && len(found.files) > maxParts {
			t.Errorf("%d files", len(found.files))
		}
		if n := len(unpackRich(b)); n > maxRich+len(b)+richWindow {
			t.Errorf("%d octets unpacked", n)
		}
		if n := len(signedContent(b)); n > len(b) {
			t.Errorf("%d octets signed in %d", n, len(b))
		}
		richText(b)
	})
}
