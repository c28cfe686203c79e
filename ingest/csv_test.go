package ingest

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

func TestHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"":                     "",
		"Ann":                  "Ann",
		"a=b":                  "a=b",
		"=1+1":                 "'=1+1",
		"+15550100123":         "'+15550100123",
		"phone:+15550100123":   "phone:+15550100123",
		"-2":                   "'-2",
		"@SUM(A1)":             "'@SUM(A1)",
		"\t=1":                 "'\t'=1",
		"\r=1":                 "'\r=1",
		"\n=1":                 "'\n=1",
		"＝1":                   "'＝1",
		"a;=HYPERLINK(\"x\")":  "a;'=HYPERLINK(\"x\")",
		"a; =1":                "a; =1",
		"first line\n-- Ann":   "first line\n-- Ann",
		"ann@example.com":      "ann@example.com",
		"2026-01-02T03:04:05Z": "2026-01-02T03:04:05Z",
	} {
		if got := Harmless(cell); got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}

// Whatever the cells are, a reader of CSV gets them back, and none begins a
// formula.
func FuzzCSV(f *testing.F) {
	f.Add("=1", "a\"b", "x;+y")
	f.Add("", " ", "line\r\nbreak")
	f.Add("\ufeff", "'", "a,b")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		cells := []string{"id", a, b, c}
		read := csv.NewReader(strings.NewReader(string(AppendCSV(nil, cells))))
		lines, err := read.ReadAll()
		if err != nil || len(lines) != 1 {
			t.Fatalf("%q: %d lines, %v", cells, len(lines), err)
		}
		for i, cell := range cells {
			want := strings.ReplaceAll(Harmless(cell), "\r\n", "\n") // as the reader has it
			if got := lines[0][i]; got != want {
				t.Errorf("%q was read as %q, want %q", cell, got, want)
			}
			if got := []rune(lines[0][i]); len(got) > 0 && slices.Contains(formulas, got[0]) {
				t.Errorf("%q is a formula", lines[0][i])
			}
		}
	})
}
