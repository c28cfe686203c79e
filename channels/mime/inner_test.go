package mime

import (
	"bytes"
	"testing"
)

// FuzzInner looks for files in strangers' texts: they stand in order, within
// the text, and decode without a panic and without end of memory.
func FuzzInner(f *testing.F) {
	for _, seed := range []string{
		"begin 644 a\n#86)C\n`\nend\n", "begin-base64 644 a\nYWJj\n====\n", "=ybegin size=3 name=a\n\x8b\x8c\x8d\n=yend\n",
		"(This file must be converted with BinHex 4.0)\n:#h*bB`\"849K8G!!!!!!!!!!!!!!!!!!!!:\n", "begin 644 a\nbegin 644 b\n=ybegin name= size=\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		at := 0
		for _, file := range innerFiles(text) {
			if file.span[0] < at || file.span[1] <= file.span[0] || file.span[1] > len(text) {
				t.Errorf("a file at %v behind %d of %d octets", file.span, at, len(text))
			}
			at = file.span[1]
			var out bytes.Buffer
			file.write(&out)
			if out.Len() > 300*len(text) {
				t.Errorf("%d octets out of %d", out.Len(), len(text))
			}
		}
	})
}

// TestBinHexRuns decodes the runs and marks that a text may hold.
func TestBinHexRuns(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"none":              {"abc", "abc"},
		"a run":             {"a\x90\x04b", "aaaab"},
		"the mark itself":   {"a\x90\x00b", "a\x90b"},
		"a run of the mark": {"\x90\x00\x90\x03", "\x90\x90\x90"},
		"a run of one":      {"a\x90\x01b", "ab"},
		"a run of nothing":  {"\x90\x05b", "b"},
		"beyond the limit":  {"a\x90\xff", "aaaaaaaa"},
	} {
		b := binHexWriter{limit: 8}
		for _, octet := range []byte(c.in) {
			b.put(octet)
		}
		if string(b.out) != c.want {
			t.Errorf("%s: %q, want %q", name, b.out, c.want)
		}
	}
}
