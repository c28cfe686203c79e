package smpp

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestCoding(t *testing.T) {
	for coding, want := range map[byte]charset{
		0x00: gsm7Packed, 0x01: ascii, 0x02: binary8, 0x03: latin1, 0x04: binary8, 0x05: binary8, 0x06: cyrillic, 0x07: hebrew,
		0x08: ucs2, 0x0A: jis, 0x0E: koreanKS, 0x10: gsm7Packed, 0x14: binary8, 0x18: ucs2, 0x1C: binary8, 0x40: binary8,
		0xC8: gsm7Packed, 0xD0: gsm7Packed, 0xE0: ucs2, 0xF0: gsm7Packed, 0xF3: gsm7Packed, 0xF4: binary8, 0xF8: binary8, 0xFF: binary8,
	} {
		if got := ofCoding(coding, gsm7Packed); got != want {
			t.Errorf("0x%02X: %q, want %q", coding, got, want)
		}
	}
	if ofCoding(0, latin1) != latin1 || ofCoding(0xF1, latin1) != gsm7 {
		t.Error("only what names no alphabet has the centre's own")
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name   string
		piece  piece
		want   string
		defect string
	}{
		{"the default alphabet", piece{charset: gsm7, octets: []byte("\x00\x01\x02\x11 \x1be\x5d\x1b\x14")}, "@£$_ €Ñ^", ""},
		{"an escape of nothing known", piece{charset: gsm7, octets: []byte("a\x1bZb")}, "aZb", ""},
		{"an escape of an escape", piece{charset: gsm7, octets: []byte("a\x1b\x1bb")}, "a b", ""},
		{"an escape at the end", piece{charset: gsm7, octets: []byte("a\x1b")}, "a", ""},
		{"no septet", piece{charset: gsm7, octets: []byte("a\xff")}, "a\uFFFD", "alphabet"},
		{"Turkish", piece{charset: gsm7, locking: 1, single: 1, octets: []byte("\x40stanbul \x1bs\x07 \x60")}, "İstanbul şı ç", ""},
		{"Spanish, which only shifts", piece{charset: gsm7, single: 2, octets: []byte("\x1ba\x1bO\x7d\x1be")}, "áÓñ€", ""},
		{"Portuguese", piece{charset: gsm7, locking: 3, single: 3, octets: []byte("\x5b\x7b\x12\x1b\x12\x18\x1b\x7f")}, "ÃãªΦ€â", ""},
		{"a table that is not here", piece{charset: gsm7, locking: 9, octets: []byte("abc")}, "abc", "alphabet"},
		{"ASCII", piece{charset: ascii, octets: []byte("plain")}, "plain", ""},
		{"Latin-1 that calls itself ASCII", piece{charset: ascii, octets: []byte("caf\xe9")}, "café", "ASCII"},
		{"Latin-1", piece{charset: latin1, octets: []byte("Cr\xe8me")}, "Crème", ""},
		{"Cyrillic", piece{charset: cyrillic, octets: []byte{0xbf, 0xe0, 0xd8, 0xd2, 0xd5, 0xe2}}, "Привет", ""},
		{"Hebrew", piece{charset: hebrew, octets: []byte{0xf9, 0xec, 0xe5, 0xed}}, "שלום", ""},
		{"no Hebrew", piece{charset: hebrew, octets: []byte{0xff}}, "\uFFFD", "iso-8859-8"},
		{"Japanese", piece{charset: jis, octets: []byte("\x1b$B$\"\x1b(B!")}, "あ!", ""},
		{"Korean", piece{charset: koreanKS, octets: []byte{0xb0, 0xa1}}, "가", ""},
		{"UTF-8", piece{charset: utf8s, octets: []byte("ñ😀")}, "ñ😀", ""},
		{"no UTF-8", piece{charset: utf8s, octets: []byte("a\xff")}, "a\uFFFD", "UTF-8"},
		{"UTF-16", piece{charset: ucs2, octets: unhex("0048d83dde00")}, "H😀", ""},
		{"half of a pair", piece{charset: ucs2, octets: unhex("0048d83d")}, "H\uFFFD", "missing"},
		{"half of a unit", piece{charset: ucs2, octets: unhex("004800")}, "H\uFFFD", "half"},
	} {
		got, defect := c.piece.text()
		if got != c.want || (defect == "") != (c.defect == "") || !strings.Contains(defect, c.defect) {
			t.Errorf("%s: %q, %q; want %q", c.name, got, defect, c.want)
		}
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// pack is the inverse of unpack: septets behind so many octets of a header.
func pack(septets []byte, before int) []byte {
	bit := (7 - before*8%7) % 7
	out := make([]byte, (bit+len(septets)*7+7)/8)
	for _, s := range septets {
		for i := range 7 {
			out[(bit+i)/8] |= s >> i & 1 << ((bit + i) % 8)
		}
		bit += 7
	}
	return out
}

func TestPacked(t *testing.T) {
	if got := string(unpack(unhex("c8329bfd06"), 0)); got != "Hello" {
		t.Errorf("%q", got)
	}
	for before := range 15 {
		for n := 1; n < 40; n++ {
			want := strings.Repeat("hellohello", 4)[:n]
			if got := string(unpack(pack([]byte(want), before), before)); got != want {
				t.Errorf("%d septets behind %d octets: %q", n, before, got)
			}
		}
	}
	if unpack(nil, 0) != nil || unpack(nil, 6) != nil {
		t.Error("nothing is something")
	}
}

// What lies across two parts is read of both.
func TestJoinBeforeReading(t *testing.T) {
	n := byte(0)
	part := func(coding byte, header, octets string) delivery {
		d := delivery{coding: coding, header: unhex(header), octets: unhex(octets)}
		if len(d.header) > 0 {
			d.elements, _ = readElements(d.header[1:])
		}
		n++
		d.elements = append(d.elements, element{elementConcat8, []byte{1, 99, n}})
		return d
	}
	gap := func(d delivery) delivery { n++; return d }
	for _, c := range []struct {
		name  string
		parts []delivery
		want  []string
	}{
		{"a surrogate pair", []delivery{part(8, "", "0041d83d"), part(8, "", "de000042")}, []string{"A😀B"}},
		{"an escape", []delivery{part(0, "", "411b"), part(0, "", "6542")}, []string{"A€B"}},
		{"two codings", []delivery{part(8, "", "0041"), part(0, "", "42")}, []string{"A", "B"}},
		{"two languages", []delivery{part(0, "03250101", "40"), part(0, "03250103", "40")}, []string{"İ", "Í"}},
		{"a gap", []delivery{gap(part(0, "", "411b")), part(0, "", "6542")}, []string{"A", "eB"}},
		{"a port", []delivery{part(0, "0605040b8423f0", "4142")}, []string{"[2 octets of data for port 2948]"}},
	} {
		var got []string
		for _, p := range join(c.parts, gsm7) {
			text := p.note(c.parts[0])
			if p.charset != binary8 {
				text, _ = p.text()
			}
			got = append(got, text)
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	first, second := []byte("411b"), []byte("6542")
	packed := func(n byte, b []byte) delivery {
		header := []byte{5, 0, 3, 1, 2, n}
		return delivery{header: header, elements: []element{{0, header[3:]}}, octets: pack(unhex(string(b)), len(header))}
	}
	if p := join([]delivery{packed(1, first), packed(2, second)}, gsm7Packed); len(p) != 1 || string(p[0].octets) != "\x41\x1b\x65\x42" {
		t.Errorf("packed: %v", p)
	}
}
