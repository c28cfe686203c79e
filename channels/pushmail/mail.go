package pushmail

import (
	"mime"
	"strings"
)

// Mail is a mail in fields.
type Mail struct {
	Header     Header
	Text, HTML Body
	Files      []File
}

// Header is that of a mail, in its order.
type Header []Field

// Field is one of the header's: its value as a mail may write it, decoded or not.
type Field struct{ Name, Value string }

// Body is a text in its charset.
type Body struct {
	Octets  string // ""; there is none
	Charset string // "": UTF-8
}

// File is one that the mail carries.
type File struct {
	Name  string
	Type  string // as declared; "": application/octet-stream
	CID   string // its Content-ID, with or without brackets; "": html does not show it
	Bytes []byte
	// Base64 is what stands in the place of Bytes where the provider writes them
	// so. What of it is no base64 is a defect of the mail.
	Base64 string
}

// Get is the first value of a name, "" if there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// All are the values of a name, in their order.
func (h Header) All(name string) (values []string) {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Lacking adds a field that the header does not have. An empty value adds none.
func (h *Header) Lacking(name, value string) {
	if value != "" && h.All(name) == nil {
		*h = append(*h, Field{name, value})
	}
}

// Mailbox writes an address as a header does (RFC 5322 §3.4), with a name of any
// characters. Without an address it is "".
func Mailbox(name, address string) string {
	address = strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("<>,;", r) {
			return -1
		}
		return r
	}, address)
	switch {
	case address == "":
		return ""
	case name == "":
		return "<" + address + ">"
	}
	if word := mime.BEncoding.Encode("utf-8", name); word != name {
		return word + " <" + address + ">"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + address + ">"
}

// HeaderOf is the header of a whole mail.
func HeaderOf(raw []byte) Header { return ParseHeader(string(headOf(raw))) }

// ParseHeader reads a header block as it stands in a mail.
func ParseHeader(block string) (fields Header) {
	var field strings.Builder // the one being read; all of it, since one may have a million lines
	end := func() {
		if name, value, found := strings.Cut(field.String(), ":"); found {
			fields = append(fields, Field{strings.TrimRight(name, " \t"), strings.TrimLeft(value, " \t")})
		}
		field.Reset()
	}
	for line := range strings.Lines(strings.ReplaceAll(block, "\r\n", "\n")) {
		text := strings.TrimSuffix(line, "\n")
		switch folded := text != "" && (text[0] == ' ' || text[0] == '\t'); {
		case !folded:
			end()
			field.WriteString(text)
		case field.Len() > 0:
			field.WriteString("\n" + text)
		}
	}
	end()
	return fields
}
