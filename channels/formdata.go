package channels

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// FormData is a body of multipart/form-data (RFC 7578): its fields in their
// order, and its files in theirs.
type FormData struct {
	Fields Form
	Files  []FormFile
}

// FormFile is a file in a form.
type FormFile struct {
	Field       string // the name of its field
	Filename    string // as sent, without a path
	ContentType string // as sent
	Bytes       []byte
}

// maxFormParts bounds how many parts of a form are read: each costs more than
// its bytes.
const maxFormParts = 2000

var errFormData = errors.New("the body is no form of multipart/form-data")

// ParseFormData reads a form, given its Content-Type. What a part holds is as
// it was sent, in whatever charset, but for its transfer encoding. A file that
// nobody chose, without name and bytes, is none.
func ParseFormData(contentType string, raw []byte) (FormData, error) {
	var f FormData
	kind, params, err := mime.ParseMediaType(contentType)
	end := "--" + params["boundary"] + "--" // without it, part of the form may be missing
	if err != nil || kind != "multipart/form-data" || len(end) == 4 || !bytes.Contains(raw, []byte(end)) {
		return f, errFormData
	}
	parts := multipart.NewReader(bytes.NewReader(raw), params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return FormData{}, errFormData
		}
		if n == maxFormParts {
			return FormData{}, errors.New("the form has too many parts")
		}
		if err := f.add(part); err != nil {
			return FormData{}, err
		}
	}
}

func (f *FormData) add(part *multipart.Part) error {
	var body io.Reader = part
	if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "base64") {
		body = base64.NewDecoder(base64.StdEncoding, part)
	}
	value, err := io.ReadAll(body)
	if err != nil {
		return errFormData
	}
	_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	_, isFile := params["filename"]
	switch name := part.FileName(); {
	case !isFile:
		f.Fields = append(f.Fields, Field{part.FormName(), string(value)})
	case name != "" || len(value) > 0:
		f.Files = append(f.Files, FormFile{part.FormName(), name, part.Header.Get("Content-Type"), value})
	}
	return nil
}
