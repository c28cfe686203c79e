package ingest

import (
	"slices"
	"strings"
)

// ByteOrderMark begins a CSV file that spreadsheets are to read as UTF-8.
const ByteOrderMark = "\ufeff"

// AppendCSV appends a record (RFC 4180 §2) to a file. What a spreadsheet would
// take for a formula is made harmless.
func AppendCSV(file []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			file = append(file, ',')
		}
		file = appendCell(file, Harmless(cell))
	}
	return append(file, '\r', '\n')
}

func appendCell(file []byte, cell string) []byte {
	if !strings.ContainsAny(cell, "\",;\t\r\n") && strings.TrimSpace(cell) == cell {
		return append(file, cell...)
	}
	file = append(file, '"')
	file = append(file, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(file, '"')
}

// formulas are what a formula begins with, their wide forms among them; line
// breaks and tabs before it are passed over by some programs.
var formulas = []rune("=+-@\t\r\n＝＋－＠")

// Harmless keeps a spreadsheet from taking a stranger's words for a formula: an
// apostrophe stands before what begins like one. The same after a semicolon or a
// tab, at which some spreadsheets cut whatever the quotes say.
func Harmless(cell string) string {
	begins, out := true, strings.Builder{}
	for _, r := range cell {
		if begins && slices.Contains(formulas, r) {
			out.WriteByte('\'')
		}
		out.WriteRune(r)
		begins = r == ';' || r == '\t'
	}
	return out.String()
}

// Unharmed is what a cell was before Harmless.
func Unharmed(cell string) string {
	begins, out := true, strings.Builder{}
	runes := []rune(cell)
	for i, r := range runes {
		if begins && r == '\'' && i+1 < len(runes) && slices.Contains(formulas, runes[i+1]) {
			begins = false
			continue
		}
		out.WriteRune(r)
		begins = r == ';' || r == '\t'
	}
	return out.String()
}
