package mime

import (
	"encoding/binary"
	"iter"
	"strings"
	"unicode/utf16"
)

// Properties of messages and files that are asked for ([MS-OXPROPS]).
const (
	mapiBody      = 0x1000
	mapiRich      = 0x1009
	mapiHTML      = 0x1013
	mapiObject    = 0x3701
	mapiLongName  = 0x3707
	mapiMedia     = 0x370e
	mapiContentID = 0x3712
)

// Types of properties ([MS-OXCDATA] §2.11.1).
const (
	mapiMany    = 0x1000 // a flag: several values
	mapiObjects = 0x000d
	mapiText8   = 0x001e
	mapiText16  = 0x001f
	mapiOctets  = 0x0102
)

// mapiSizes are how long values of fixed length are, padded to four octets.
var mapiSizes = map[uint16]int{
	0x0001: 0, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000a: 4, 0x000b: 4, 0x0014: 8, 0x0040: 8, 0x0048: 16,
}

// property is one value.
type property struct {
	kind   uint16
	octets []byte
}

// text is the value as text; charset is that of texts that are not Unicode.
func (p property) text(charset string) string {
	if p.kind != mapiText16 {
		return zeroEnded(p.octets, charset)
	}
	units := make([]uint16, 0, len(p.octets)/2)
	for b := p.octets; len(b) >= 2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	text, _, _ := strings.Cut(string(utf16.Decode(units)), "\x00")
	return text
}

// mapiProperties reads the properties of a message or a file ([MS-OXTNEF]
// §2.1.3.4); it ends where they cannot be followed.
func mapiProperties(b []byte) iter.Seq2[uint16, property] {
	return func(yield func(uint16, property) bool) {
		m := &mapiReader{b: b}
		for n := m.uint32(); n > 0 && !m.ended; n-- {
			kind, id := m.uint16(), m.uint16()
			if id >= 0x8000 {
				m.name()
			}
			if value, ok := m.value(kind); ok && !yield(id, property{kind &^ mapiMany, value}) {
				return
			}
		}
	}
}

// mapiReader takes numbers and values off the front of b. Past its end it
// gives zeros, and has ended.
type mapiReader struct {
	b     []byte
	ended bool
}

func (m *mapiReader) take(n uint64) []byte {
	if n > uint64(len(m.b)) {
		m.ended, m.b = true, nil
		return make([]byte, min(n, 16))
	}
	out := m.b[:n]
	m.b = m.b[n:]
	return out
}

func (m *mapiReader) uint16() uint16 { return binary.LittleEndian.Uint16(m.take(2)) }
func (m *mapiReader) uint32() uint32 { return binary.LittleEndian.Uint32(m.take(4)) }

// padded takes n octets and those up to the next multiple of four.
func (m *mapiReader) padded(n uint32) []byte {
	out := m.take(uint64(n))
	m.take(min(uint64(-n&3), uint64(len(m.b))))
	return out
}

// name skips the name of a property that has no number of its own.
func (m *mapiReader) name() {
	m.take(16)
	if m.uint32() == 0 {
		m.uint32()
		return
	}
	m.padded(m.uint32())
}

// value takes a property's value, of several the first.
func (m *mapiReader) value(kind uint16) ([]byte, bool) {
	size, fixed := mapiSizes[kind&^mapiMany]
	if kind == mapiMany|0x0001 {
		m.ended = true // many of nothing would take for ever
	}
	count := uint32(1)
	if !fixed || kind&mapiMany != 0 {
		count = m.uint32()
	}
	var first []byte
	for i := uint32(0); i < count && !m.ended; i++ {
		n := uint32(size)
		if !fixed {
			if n = m.uint32(); !variable(kind &^ mapiMany) {
				m.ended = true
				return nil, false
			}
		}
		if v := m.padded(n); i == 0 {
			first = v
		}
	}
	return first, !m.ended
}

func variable(kind uint16) bool {
	return kind == mapiText8 || kind == mapiText16 || kind == mapiOctets || kind == mapiObjects
}
