package mime

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// richPrefill is what the dictionary of packed rich text begins with
// ([MS-OXRTFCP] §2.2.2.1).
const richPrefill = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

const (
	richHeader   = 16
	richPacked   = 0x75465a4c // "LZFu"
	richUnpacked = 0x414c454d // "MELA"
	richWindow   = 4096
	maxRich      = 4 << 20 // octets of rich text unpacked
)

// unpackRich undoes the packing of rich text ([MS-OXRTFCP] §3.2); what cannot
// be followed ends it.
func unpackRich(b []byte) []byte {
	if len(b) < richHeader {
		return nil
	}
	switch binary.LittleEndian.Uint32(b[8:]) {
	case richUnpacked:
		return b[richHeader:]
	case richPacked:
		return unpackLZ(b[richHeader:])
	}
	return nil
}

// unpackLZ follows runs: a flag octet tells of the next eight whether each is
// an octet or a reference of twelve bits of place and four of length.
func unpackLZ(in []byte) []byte {
	var window [richWindow]byte
	at := copy(window[:], richPrefill)
	var out []byte
	put := func(c byte) {
		out, window[at] = append(out, c), c
		at = (at + 1) % richWindow
	}
	for len(in) > 0 && len(out) < maxRich {
		flags := in[0]
		in = in[1:]
		for bit := 0; bit < 8 && len(in) > 0; bit++ {
			if flags>>bit&1 == 0 {
				put(in[0])
				in = in[1:]
				continue
			}
			if len(in) < 2 {
				return out
			}
			ref := int(in[0])<<8 | int(in[1])
			in = in[2:]
			from, n := ref>>4, ref&15+2
			if from == at {
				return out // the mark of the end
			}
			for i := range n {
				put(window[(from+i)%richWindow])
			}
		}
	}
	return out
}

// richText is the readable text of RTF: its own words, ends of paragraphs and
// characters by number. Groups that are not text (fonts, colours, pictures,
// what "\*" marks) give nothing, but where RTF wraps html, the html is read.
func richText(rtf []byte) string {
	w := &rtfWalker{rest: rtf, skipping: -1}
	for len(w.rest) > 0 && w.out.Len() < maxRich {
		w.step()
	}
	if w.html {
		return htmlToText(w.out.String())
	}
	return strings.TrimSpace(w.out.String())
}

// rtfWalker reads RTF from its front.
type rtfWalker struct {
	rest     []byte
	out      strings.Builder
	depth    int
	skipping int  // the depth of a group that gives nothing; -1: none
	html     bool // RTF wraps html ([MS-OXRTFEX] §2.1.3)
	muted    bool // what only a reader of RTF sees
	replaces int  // characters that stand for one given by number
}

func (w *rtfWalker) step() {
	switch c := w.rest[0]; c {
	case '{':
		w.depth++
		w.rest = w.rest[1:]
	case '}':
		if w.depth == w.skipping {
			w.skipping = -1
		}
		w.depth--
		w.rest = w.rest[1:]
	case '\\':
		w.control()
	case '\r', '\n', 0:
		w.rest = w.rest[1:]
	default:
		w.rest = w.rest[1:]
		w.char(charmap.Windows1252.DecodeByte(c))
	}
}

// control reads "\word-12 ", "\'e4" or an escaped character.
func (w *rtfWalker) control() {
	b := w.rest[1:]
	if len(b) == 0 {
		w.rest = nil
		return
	}
	if b[0] == '\'' && len(b) >= 3 {
		if n, err := strconv.ParseUint(string(b[1:3]), 16, 8); err == nil {
			w.char(charmap.Windows1252.DecodeByte(byte(n)))
		}
		w.rest = b[3:]
		return
	}
	n := 0
	for n < len(b) && n < 32 && (b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 {
		w.rest = b[1:]
		w.symbol(b[0])
		return
	}
	word, b := string(b[:n]), b[n:]
	m := 0
	for m < len(b) && m < 11 && (digit(b[m]) || m == 0 && b[0] == '-') {
		m++
	}
	number, _ := strconv.Atoi(string(b[:m]))
	if b = b[m:]; len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	w.rest = b
	w.word(word, number, m > 0)
}

func (w *rtfWalker) symbol(c byte) {
	switch c {
	case '*':
		if !strings.HasPrefix(string(w.rest[:min(len(w.rest), 8)]), `\htmltag`) {
			w.skip()
		}
	case '\\', '{', '}':
		w.char(rune(c))
	case '~':
		w.char(' ')
	case '\n', '\r':
		w.char('\n')
	}
}

func (w *rtfWalker) word(word string, number int, has bool) {
	switch word {
	case "par", "line", "row":
		w.char('\n')
	case "tab", "cell":
		w.char('\t')
	case "u":
		w.char(rune(uint16(number)))
		w.replaces = 1
	case "fromhtml":
		w.html = true
	case "htmlrtf":
		w.muted = !has || number != 0
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer":
		w.skip()
	}
}

// skip makes the group under way give nothing.
func (w *rtfWalker) skip() {
	if w.skipping < 0 {
		w.skipping = w.depth
	}
}

func (w *rtfWalker) char(c rune) {
	if w.skipping >= 0 || w.muted {
		return
	}
	if w.replaces > 0 && c != '\n' {
		w.replaces--
		return
	}
	if c != 0 && utf8.ValidRune(c) {
		w.out.WriteRune(c)
	}
}
