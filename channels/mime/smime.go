package mime

import (
	"bytes"
	"strings"
)

// isSigned reports S/MIME that wraps what it signs (RFC 8551 §3.5.2). Other
// forms of it are encrypted, or have their signature beside the text.
func (e *entity) isSigned() bool {
	switch e.media {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return true
	case "application/octet-stream":
		return strings.EqualFold(e.filename(), "smime.p7m")
	}
	return false
}

// openSigned puts the signed message in the wrapper's place; the signature
// is not checked. What is encrypted stays the file it is.
func (r *reader) openSigned(e *entity, depth int) {
	var decoded bytes.Buffer
	w := &cappedWriter{buf: &decoded, left: maxUnwrapped}
	transfer(w, r.transferName(e), e.body)
	inner := signedContent(decoded.Bytes())
	switch kind := strings.ToLower(e.param.get("smime-type")); {
	case len(inner) > 0 && w.left >= 0:
		if e.media = "multipart/mixed"; e.first {
			r.leafs = 0 // the first leaf is what is within
		}
		e.kids = []*entity{r.part(childPath(e.path, 1), inner, depth+1, "text/plain")}
	case kind != "certs-only" && kind != "signed-data" && kind != "compressed-data":
		r.flaw("encrypted", e.path, "")
	}
}

// Tags of DER and BER (X.690 §8) that stand on the way to the content.
const (
	tagOctets      = 0x04
	tagOctetsMany  = 0x24 // in pieces
	tagOID         = 0x06
	tagSequence    = 0x30
	tagSet         = 0x31
	tagExplicit    = 0xa0
	derIndefinite  = 0x80
	derMaxDepth    = 16
	oidSignedData  = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" // RFC 5652 §5.1
	oidPlainObject = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" // RFC 5652 §4
)

// signedContent finds the content of SignedData (RFC 5652 §5.1): ContentInfo,
// version, digests, and the content in its own ContentInfo. nil: not found.
func signedContent(b []byte) []byte {
	info, _, ok := derInside(b, tagSequence)
	if !ok {
		return nil
	}
	kind, rest, ok := derInside(info, tagOID)
	if !ok || string(kind) != oidSignedData {
		return nil
	}
	var signed []byte
	if signed, _, ok = derInside(rest, tagExplicit); ok {
		signed, _, ok = derInside(signed, tagSequence)
	}
	if !ok {
		return nil
	}
	_, _, signed = derNext(signed) // version
	if _, rest, ok = derInside(signed, tagSet); !ok {
		return nil
	}
	return plainContent(rest)
}

// plainContent takes the octets out of a ContentInfo of plain data.
func plainContent(b []byte) []byte {
	info, _, ok := derInside(b, tagSequence)
	if !ok {
		return nil
	}
	kind, rest, ok := derInside(info, tagOID)
	if !ok || string(kind) != oidPlainObject {
		return nil
	}
	content, _, ok := derInside(rest, tagExplicit)
	if !ok {
		return nil
	}
	return octetString(content, 0)
}

// octetString is a string of octets, whole or in pieces.
func octetString(b []byte, depth int) []byte {
	tag, inner, _ := derNext(b)
	switch {
	case tag == tagOctets:
		return inner
	case tag != tagOctetsMany || depth > derMaxDepth:
		return nil
	}
	var out []byte
	for len(inner) > 0 {
		piece := inner
		out = append(out, octetString(piece, depth+1)...)
		if tag, _, inner = derNext(piece); tag == 0 {
			break
		}
	}
	return out
}

// derInside is what the first element holds, if it is of the tag, and what
// comes behind it.
func derInside(b []byte, want byte) (inner, rest []byte, ok bool) {
	tag, inner, rest := derNext(b)
	return inner, rest, tag == want
}

// derNext cuts off the first element; tag 0 if there is none. One of unknown
// length holds all up to its end mark. Cut off, it holds what is there.
func derNext(b []byte) (tag byte, inner, rest []byte) {
	if len(b) < 2 {
		return 0, nil, nil
	}
	tag, size, b := b[0], int(b[1]), b[2:]
	switch {
	case size == derIndefinite:
		n := derEnd(b, 0)
		return tag, b[:n], b[min(n+2, len(b)):]
	case size > derIndefinite:
		octets := size & 0x7f
		if octets > 4 || octets > len(b) {
			return 0, nil, nil
		}
		size = 0
		for _, c := range b[:octets] {
			size = size<<8 | int(c)
		}
		b = b[octets:]
	}
	size = min(size, len(b))
	return tag, b[:size], b[size:]
}

// derEnd finds the end mark of an element of unknown length.
func derEnd(b []byte, depth int) int {
	for at := 0; at+1 < len(b); {
		if b[at] == 0 && b[at+1] == 0 {
			return at
		}
		if b[at+1] == derIndefinite {
			if depth > derMaxDepth {
				return len(b)
			}
			at += 2 + derEnd(b[at+2:], depth+1) + 2
			continue
		}
		_, _, rest := derNext(b[at:])
		next := len(b) - len(rest)
		if next <= at {
			return len(b)
		}
		at = next
	}
	return len(b)
}
