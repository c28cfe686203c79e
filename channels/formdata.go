package channels

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
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
	Filename    string // as sent, maybe with a path; "": nobody chose one
	ContentType string // as sent
	Bytes       []byte
}

// maxFormParts bounds how many parts of a form are read: each costs more than
// its bytes. A mail's header may have 5,000 fields.
const maxFormParts = 10_000

var errFormData = errors.New("the body is no form of multipart/form-data")

// ParseFormData reads a form, given its Content-Type. What a part holds is as
// it was sent, in whatever charset: forms have no transfer encoding (§4.7).
func ParseFormData(contentType string, raw []byte) (FormData, error) {
	var f FormData
	kind, params, err := mime.ParseMediaType(contentType)
	end := "--" + params["boundary"] + "--" // the reader takes a form that ends early for a whole one
	if err != nil || kind != "multipart/form-data" || len(end) == 4 || !bytes.Contains(raw, []byte(end)) {
		return f, errFormData
	}
	parts := multipart.NewReader(bytes.NewReader(raw), params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
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
	octets, err := io.ReadAll(part)
	if err != nil {
		return errFormData
	}
	_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if name, isFile := params["filename"]; isFile {
		f.Files = append(f.Files, FormFile{part.FormName(), name, part.Header.Get("Content-Type"), octets})
	} else {
		f.Fields = append(f.Fields, Field{part.FormName(), string(octets)})
	}
	return nil
}
