package mime

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// What Outlook and Exchange wrap a whole message in: a stream of attributes
// ([MS-OXTNEF] §2.1.3). The files in it stand in the wrapper's place.
const (
	tnefSignature = 0x223e9f78

	tnefBody       = 0x800c // text of the message
	tnefTitle      = 0x8010 // short name of a file
	tnefData       = 0x800f // its octets
	tnefMessage    = 0x9003 // properties of the message
	tnefRendering  = 0x9002 // begins a file
	tnefAttachment = 0x9005 // properties of the file
	tnefCodePage   = 0x9007 // of texts that are not Unicode
)

// isTNEF reports a part that is such a wrapper.
func (e *entity) isTNEF() bool {
	switch e.media {
	case "application/ms-tnef", "application/vnd.ms-tnef", "application/x-ms-tnef":
		return true
	case "message/rfc822", "text/plain", "text/html":
		return false
	}
	return strings.EqualFold(e.filename(), "winmail.dat")
}

// openTNEF puts what a wrapper holds in its place; one that cannot be read
// stays the file it is.
func (r *reader) openTNEF(e *entity) {
	var decoded bytes.Buffer
	w := &cappedWriter{buf: &decoded, left: maxUnwrapped}
	transfer(w, r.transferName(e), e.body)
	t, ok := readTNEF(decoded.Bytes())
	if !ok || w.left < 0 {
		r.flaw("tnef_unreadable", e.path, "")
		return
	}
	if t.cut {
		r.flaw("truncated", e.path, "")
	}
	e.media, e.kids = "multipart/mixed", t.entities(e.path)
}

// maxUnwrapped bounds the octets of a wrapper that is opened.
const maxUnwrapped = 64 << 20

// tnef is what a wrapper holds.
type tnef struct {
	text, html string
	files      []*tnefFile
	charset    string // of texts that are not Unicode; "" if it does not say
	cut        bool   // it ends in the middle of something
}

type tnefFile struct {
	name, long, media, cid string
	data                   []byte
}

// readTNEF reads a wrapper; not ok if it is none or nothing can be read.
func readTNEF(b []byte) (t tnef, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return t, false
	}
	var rich string
	for b = b[6:]; len(b) >= 11; {
		id, n := binary.LittleEndian.Uint16(b[1:]), uint64(binary.LittleEndian.Uint32(b[5:]))
		if n > uint64(len(b)-9) {
			t.cut = true // what came before stands
			break
		}
		data := b[9 : 9+n]
		switch id {
		case tnefCodePage:
			t.charset = codePage(data)
		case tnefBody:
			t.text = zeroEnded(data, t.charset)
		case tnefMessage:
			rich = t.message(data)
		default:
			t.attachment(id, data)
		}
		b = b[min(9+int(n)+2, len(b)):] // a checksum follows
	}
	t.cut = t.cut || len(b) > 0
	if t.text == "" && t.html == "" {
		t.text = rich
	}
	return t, t.text != "" || t.html != "" || len(t.files) > 0
}

// message takes the text out of a message's properties.
func (t *tnef) message(data []byte) (rich string) {
	for id, value := range mapiProperties(data) {
		switch id {
		case mapiBody:
			t.text = value.text(t.charset)
		case mapiHTML:
			t.html = decodeBytes(value.octets, cmp.Or(metaCharset(value.octets), t.charset)).text
		case mapiRich:
			rich = richText(unpackRich(value.octets))
		}
	}
	return rich
}

func (t *tnef) attachment(id uint16, data []byte) {
	if id == tnefRendering && len(t.files) < maxParts {
		t.files = append(t.files, &tnefFile{})
	}
	if len(t.files) == 0 {
		return
	}
	f := t.files[len(t.files)-1]
	switch id {
	case tnefTitle:
		f.name = zeroEnded(data, t.charset)
	case tnefData:
		f.data = data
	case tnefAttachment:
		f.properties(data, t.charset)
	}
}

func (f *tnefFile) properties(data []byte, charset string) {
	for id, value := range mapiProperties(data) {
		switch id {
		case mapiLongName:
			f.long = value.text(charset)
		case mapiMedia:
			f.media = value.text(charset)
		case mapiContentID:
			f.cid = value.text(charset)
		case mapiObject:
			if f.data == nil && len(value.octets) > 16 {
				f.data = value.octets[16:] // behind the name of its interface
			}
		}
	}
}

// entities makes parts of what was found, as if the mail had carried them.
func (t tnef) entities(path string) []*entity {
	var list []*entity
	for _, b := range []struct{ media, text string }{{"text/plain", t.text}, {"text/html", t.html}} {
		if strings.TrimSpace(b.text) != "" {
			list = append(list, &entity{path: path, media: b.media, body: []byte(b.text), param: params{{"charset", "utf-8"}}, spare: true})
		}
	}
	for _, f := range t.files {
		e := &entity{path: path, media: "application/octet-stream", body: f.data}
		if kind, sub, ok := strings.Cut(strings.ToLower(f.media), "/"); ok && isToken(kind) && isToken(sub) {
			e.media = kind + "/" + sub
		}
		e.head = fileHead(cmp.Or(f.long, f.name), f.cid)
		list = append(list, e)
	}
	return list
}

// fileHead is the header of a file that has none.
func fileHead(name, cid string) textproto.Header {
	var h textproto.Header
	name = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "").Replace(clean(name))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if cid != "" {
		h.Set("Content-Id", "<"+clean(cid)+">")
	}
	return h
}

// zeroEnded is text up to its NUL; without a charset, in that it looks like.
func zeroEnded(b []byte, charset string) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return decodeBytes(b, charset).text
}

// codePage is the charset of a Windows code page's number.
func codePage(data []byte) string {
	if len(data) < 4 {
		return ""
	}
	return "cp" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(data)), 10)
}
