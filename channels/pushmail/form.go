package pushmail

import (
	"encoding/json"
	"errors"
	"mime"

	"gatehouse/channels"
)

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
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media == "application/x-www-form-urlencoded" {
		f.Form, err = channels.ParseForm(string(body))
		return f, err
	}
	read, err := channels.ParseFormData(contentType, body)
	if err != nil {
		return f, errForm
	}
	f.Form = read.Fields
	for _, file := range read.Files {
		f.Files = append(f.Files, Upload{file.Field, File{Name: file.Filename, Type: file.ContentType, Bytes: file.Bytes}})
	}
	return f, nil
}

// ContentIDs reads the field in which a form lists Content-IDs in JSON, each with
// the name of the field of its file, and gives the ids by those names.
func ContentIDs(list string) map[string]string {
	var fields map[string]string
	_ = json.Unmarshal([]byte(list), &fields) // a form without one is a mail all the same
	ids := map[string]string{}
	for id, field := range fields {
		if had := ids[field]; had == "" || id < had {
			ids[field] = id
		}
	}
	return ids
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
