package mime

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filename is the name the part gives its file, "" if none. Without one, a
// uuencoded body gives its own.
func (e *entity) filename() string {
	name := e.givenName()
	if name == "" {
		return e.uuName()
	}
	if text, ok := extendedText(name); ok {
		return baseName(text)
	}
	name, _ = decodeHeaderText(name, cmp.Or(e.hint, "windows-1252"))
	return baseName(name)
}

// givenName is the name before it is decoded. Some programs mix the two
// parameters up, filename of Content-Disposition and name of Content-Type.
func (e *entity) givenName() string {
	_, p := e.declaredDisposition()
	return cmp.Or(p.get("filename"), e.param.get("name"), p.get("name"), e.param.get("filename"))
}

// hintNames says to every part whose file name is raw in eight bits what
// charset it may be in: that of the mail's text, of its header, or of all such
// names together.
func (r *reader) hintNames(root *entity) {
	parts := rawNamed(root, nil)
	if len(parts) == 0 {
		return
	}
	var raw []byte
	for _, e := range parts {
		raw = append(append(raw, e.givenName()...), '\n')
	}
	hint := cmp.Or(r.charset, fitting(textCharset(root), raw), detectLabel(raw))
	for _, e := range parts {
		e.hint = hint
	}
}

func rawNamed(e *entity, into []*entity) []*entity {
	if e.raw && !utf8.ValidString(e.givenName()) {
		into = append(into, e)
	}
	for _, kid := range e.kids {
		into = rawNamed(kid, into)
	}
	return into
}

// baseName keeps the last segment of a path, without control characters and
// without the marks that turn the reading direction.
func baseName(name string) string {
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return -1
		}
		return c
	}, strings.TrimRight(name, `/\`))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if name = strings.TrimSpace(name); name == "." || name == ".." {
		return ""
	}
	return name
}
