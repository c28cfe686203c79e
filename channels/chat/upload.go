package chat

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// parsed is a post as it was read, with the size of all but its files.
type parsed struct {
	post
	rest int
}

// parse reads a body that the header says is a form, and any other as JSON.
func parse(contentType string, body []byte, most int) (p parsed, err error) {
	kind, with, err := mime.ParseMediaType(contentType)
	if err == nil && kind == "multipart/form-data" {
		err = p.readForm(multipart.NewReader(bytes.NewReader(body), with["boundary"]), most)
		return p, err
	}
	err = readPost(body, &p.post)
	p.rest = len(body) - p.encoded()
	return p, err
}

// readForm reads a form (RFC 7578): its field message is the post, and each
// part with a filename one more attachment, up to one more than most.
func (p *parsed) readForm(form *multipart.Reader, most int) error {
	seen := false
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF) && seen:
			return nil
		case errors.Is(err, io.EOF):
			return invalid(fieldError{"message", "is missing"})
		case err != nil:
			return trouble(http.StatusBadRequest, "the form cannot be read")
		case part.FormName() == "message" && part.FileName() == "" && !seen:
			seen, err = true, p.readMessage(part)
		case part.FileName() != "" && len(p.Attachments) > most: // which is said in the end
		case part.FileName() != "":
			err = p.readFile(part)
		default:
			return invalid(fieldError{part.FormName(), "is no file, and not the one message"})
		}
		if err != nil {
			return err
		}
	}
}

// readMessage reads the post; the files that came before it stay.
func (p *parsed) readMessage(part *multipart.Part) error {
	text, err := io.ReadAll(part)
	if err != nil {
		return trouble(http.StatusBadRequest, "the form cannot be read")
	}
	var said post
	if err := readPost(text, &said); err != nil {
		return err
	}
	files := p.Attachments
	p.post, p.rest = said, len(text)-said.encoded()
	p.Attachments = append(said.Attachments, files...)
	return nil
}

func (p *parsed) readFile(part *multipart.Part) error {
	data, err := io.ReadAll(part)
	if err != nil {
		return trouble(http.StatusBadRequest, "the form cannot be read")
	}
	p.Attachments = append(p.Attachments, file{part.FileName(), part.Header.Get("Content-Type"), base64.StdEncoding.EncodeToString(data)})
	return nil
}
