package mime

import (
	"bufio"
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"

	"gatehouse/ingest"
)

// reader is the state of reading one mail.
type reader struct {
	Options
	parts   int
	leafs   int // parts read so far that hold no others
	defects []ingest.Defect
	limited map[string]bool // limit_* codes already listed
	blocks  *bufio.Reader   // reused for every header block
	source  *bytes.Reader
	charset string // of the first text part: a hint for raw 8-bit headers
}

func newReader(o Options) *reader {
	src := bytes.NewReader(nil)
	return &reader{Options: o, source: src, blocks: bufio.NewReaderSize(src, 1024), defects: []ingest.Defect{}}
}

// flaw lists a defect; beyond maxDefects it is dropped.
func (r *reader) flaw(code, part, detail string) {
	if len(r.defects) >= maxDefects {
		return
	}
	r.defects = append(r.defects, ingest.Defect{Code: code, Part: part, Detail: shorten(clean(detail), 200)})
}

// limit lists the passing of a bound once a mail.
func (r *reader) limit(code, part, detail string) {
	if r.limited[code] {
		return
	}
	if r.limited == nil {
		r.limited = map[string]bool{}
	}
	r.limited[code] = true
	r.flaw(code, part, detail)
}

// fields has go-message read a header block that the repair pass let through.
func (r *reader) fields(part string, block []byte) textproto.Header {
	r.source.Reset(block)
	r.blocks.Reset(r.source)
	h, err := textproto.ReadHeader(r.blocks)
	if err != nil {
		r.flaw("truncated", part, err.Error())
	}
	return h
}

// shorten cuts s to at most n characters, at a character's border.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// clean makes s fit for every store: valid UTF-8 without NUL.
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
