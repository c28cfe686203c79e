package mime

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"strings"

	"gatehouse/ingest"
)

// Prints recognises a mail wherever it lies: the content hash ("raw") and, if
// its header says anything, the header hash ("mail").
func Prints(raw []byte) []ingest.Print {
	prints := []ingest.Print{{Kind: "raw", Hash: contentHash(raw)}}
	if p, ok := HeaderPrint(raw); ok {
		prints = append(prints, p)
	}
	return prints
}

// contentHash is the SHA-256 of the mail with LF line ends, the mbox line and
// its escaping undone, without the fields that mailboxes add, and without
// blank lines at its end.
func contentHash(raw []byte) ingest.Hash {
	w := &lineHash{sum: sha256.New()}
	rest := bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	rest = trimFront(rest)
	inHeader, dropping := true, false
	for len(rest) > 0 {
		var line []byte
		line, rest = cutLine(rest)
		if inHeader {
			inHeader = len(line) > 0
			if inHeader && !isContinuation(line) {
				dropping = addedByMailbox(fieldName(line))
			}
			if inHeader && dropping {
				continue
			}
		}
		w.line(unescaped(line))
	}
	return w.hash()
}

// addedByMailbox names the fields in which mbox programs keep their state.
func addedByMailbox(name []byte) bool {
	for _, added := range [...]string{"status", "x-status", "x-uid", "x-keywords"} {
		if len(name) == len(added) && strings.EqualFold(string(name), added) {
			return true
		}
	}
	return false
}

// unescaped takes every ">" off a ">From " line: mbox programs add one each,
// or one only where there was none.
func unescaped(line []byte) []byte {
	if len(line) > 0 && line[0] == '>' {
		if plain := bytes.TrimLeft(line, ">"); bytes.HasPrefix(plain, []byte("From ")) {
			return plain
		}
	}
	return line
}

var lineFeed = []byte{'\n'}

// lineHash hashes lines in large pieces; line ends are held back until more
// text comes.
type lineHash struct {
	sum   hash.Hash
	buf   [4096]byte
	n     int
	owed  int
	begun bool
}

func (w *lineHash) line(line []byte) {
	if w.begun {
		w.owed++
	}
	w.begun = true
	if len(line) == 0 {
		return
	}
	for ; w.owed > 0; w.owed-- {
		w.write(lineFeed)
	}
	w.write(line)
}

func (w *lineHash) write(p []byte) {
	for len(p) > 0 {
		if w.n == len(w.buf) {
			w.sum.Write(w.buf[:])
			w.n = 0
		}
		k := copy(w.buf[w.n:], p)
		w.n += k
		p = p[k:]
	}
}

func (w *lineHash) hash() ingest.Hash {
	w.sum.Write(w.buf[:w.n])
	return ingest.Hash(w.sum.Sum(nil))
}

// printed are the fields that name a mail: its own, and its way here.
var printed = []string{"message-id", "date", "from", "subject", "received"}

// HeaderPrint is the header hash: over Message-ID, Date, From, Subject and all
// Received lines, unfolded. It is not ok where the header has none of them:
// that would recognise every such mail.
func HeaderPrint(header []byte) (p ingest.Print, ok bool) {
	values := make([][]string, len(printed))
	eachField(trimFront(header), func(name, value []byte) {
		for i, want := range printed {
			if len(name) == len(want) && strings.EqualFold(string(name), want) {
				values[i] = append(values[i], unfolded(value))
				ok = true
			}
		}
	})
	var parts []string
	for i, name := range printed {
		for _, v := range values[i] {
			parts = append(parts, name, v)
		}
	}
	return ingest.Print{Kind: "mail", Hash: ingest.Sum(parts...)}, ok
}

// Traced reports whether servers wrote into the header how they got the mail:
// then no other has the same header.
func Traced(raw []byte) (traced bool) {
	eachField(trimFront(raw), func(name, _ []byte) { traced = traced || strings.EqualFold(string(name), "Received") })
	return traced
}

// unfolded is a field's value with every run of blanks as one, which also
// undoes what mailboxes fold anew.
func unfolded(value []byte) string {
	out := make([]byte, 0, len(value))
	for _, c := range bytes.TrimSpace(value) {
		switch {
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			out = append(out, c)
		case out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	return string(out)
}

// eachField hands out the fields of a header block with their folded values.
func eachField(entity []byte, f func(name, value []byte)) {
	block := entity[:min(scanHeader(entity).end, maxHeader)]
	for len(block) > 0 {
		line, rest := cutLine(block)
		name := fieldName(line)
		for len(rest) > 0 && isContinuation(rest) {
			_, rest = cutLine(rest)
		}
		if name != nil {
			from := bytes.IndexByte(line, ':') + 1
			f(name, block[from:len(block)-len(rest)])
		}
		block = rest
	}
}
