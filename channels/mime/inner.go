package mime

import (
	"bytes"
	"io"
)

// innerFile is a file that stands, encoded, in the middle of a text.
type innerFile struct {
	name  string
	write func(io.Writer) // decodes it
	span  [2]int          // where it stands in the text
}

// innerForms are the ways to put a file into a text: how the line begins that
// begins it, and what reads it from that line on. None of them may look at
// much more of the text than it takes.
var innerForms = []struct {
	mark []byte
	find func(text []byte, at int) (f innerFile, ok bool)
}{
	{[]byte("begin "), findUU},
	{[]byte("begin-base64 "), findBase64},
	{[]byte("=ybegin "), findYEnc},
	{[]byte("(This file must be converted with BinHex"), findBinHex},
}

// innerFiles finds the files within a text, at most maxParts.
func innerFiles(text []byte) (files []innerFile) {
	if !hasInnerMark(text) {
		return nil
	}
	for at := 0; at < len(text) && len(files) < maxParts; {
		if f, ok := innerAt(text, at); ok {
			files, at = append(files, f), f.span[1]
			continue
		}
		_, at = lineAt(text, at)
	}
	return files
}

func hasInnerMark(text []byte) bool {
	for _, form := range innerForms {
		if bytes.Contains(text, form.mark) {
			return true
		}
	}
	return false
}

// innerAt is the file that the line at a place begins.
func innerAt(text []byte, at int) (innerFile, bool) {
	for _, form := range innerForms {
		if bytes.HasPrefix(text[at:], form.mark) {
			return form.find(text, at)
		}
	}
	return innerFile{}, false
}

// withoutInner is a leaf's text without the files in it, which go to e.inner.
func (r *reader) withoutInner(e *entity, text []byte) []byte {
	e.inner = innerFiles(text)
	if len(e.inner) == 0 {
		return text
	}
	var rest []byte
	at := 0
	for _, f := range e.inner {
		rest = append(rest, text[at:f.span[0]]...)
		at = f.span[1]
	}
	return append(rest, text[at:]...)
}

// lineAt is the line that begins at a place, and where the next one does.
func lineAt(text []byte, at int) (line []byte, next int) {
	line, rest := cutLine(text[at:])
	return line, len(text) - len(rest)
}
