package pushmail

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"gatehouse/channels"
)

// mostParts bounds the fields of a form: a mail's header may have 5,000.
const mostParts = 10000

// Form is the body of a request in which a mail's fields are, and its files.
type Form struct {
	channels.Form
	Files []Upload
}

// Upload is a file of a form.
type Upload struct {
	Field string // its name in the form
	File
}

var errForm = errors.New("the body is no form")

// ParseForm reads a form of either type that forms have (RFC 7578, or
// application/x-www-form-urlencoded): fields in their order, in the octets they
// have, and files as they are.
func ParseForm(contentType string, body []byte) (f Form, err error) {
	media, params, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return f, errForm
	case media == "application/x-www-form-urlencoded":
		f.Form, err = channels.ParseForm(string(body))
		return f, err
	case media != "multipart/form-data" || params["boundary"] == "" || !bytes.Contains(body, []byte("--"+params["boundary"]+"--")):
		return f, errForm // the reader takes a form that ends early for a whole one
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextRawPart() // the octets as they are, whatever encoding they claim
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil || n == mostParts {
			return f, errForm
		}
		if err := f.add(part); err != nil {
			return f, errForm
		}
	}
}

func (f *Form) add(part *multipart.Part) error {
	octets, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	name, params := part.FormName(), dispositionOf(part)
	if _, isFile := params["filename"]; !isFile {
		f.Form = append(f.Form, channels.Field{Name: name, Value: string(octets)})
		return nil
	}
	file := File{Name: params["filename"], Type: part.Header.Get("Content-Type"), Bytes: octets}
	f.Files = append(f.Files, Upload{name, file})
	return nil
}

func dispositionOf(part *multipart.Part) map[string]string {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return nil
	}
	return params
}

// File is the file of a field; false if there is none.
func (f Form) File(field string) (File, bool) {
	for _, u := range f.Files {
		if u.Field == field {
			return u.File, true
		}
	}
	return File{}, false
}
