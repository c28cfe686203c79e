package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"gatehouse/channels"
)

// The forms that a body may have.
const (
	ofJSON      = "json"
	ofForm      = "form"
	ofMultipart = "multipart"
	ofText      = "text"
	ofMail      = "mime"
)

// maxElements bounds what one request may list: its messages are stored in one
// transaction.
const maxElements = 10_000

// body is a request's body, read.
type body struct {
	kind     string
	whole    source
	uploads  []channels.FormFile
	elements [][]byte // each is a message, or means to be
	listed   bool     // they are members of the whole, and JSON
}

// kindOfBody is what the settings say, else what the request does: JSON if that
// is no form.
func kindOfBody(said string, r channels.Request) string {
	if said != "" {
		return said
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case media == "application/x-www-form-urlencoded":
		return ofForm
	case strings.HasPrefix(media, "multipart/"):
		return ofMultipart
	}
	return ofJSON
}

// sourceOf reads a body, or an element of one.
func sourceOf(kind, contentType string, raw []byte) (source, []channels.FormFile, error) {
	switch kind {
	case ofForm:
		f, err := channels.ParseForm(string(raw))
		if err != nil {
			return nil, nil, errors.New("the body is no form")
		}
		return form(f), nil, nil
	case ofMultipart:
		f, err := channels.ParseFormData(contentType, raw)
		return form(f.Fields), f.Files, err
	case ofText:
		return words(decoded(contentType, raw)), nil, nil
	case ofMail:
		return words(""), nil, nil
	}
	if len(bytes.TrimSpace(raw)) > 0 && !json.Valid(raw) { // nothing is what a GET has
		return nil, nil, errors.New("the body is not JSON")
	}
	return document{&node{raw: raw}}, nil, nil
}

// readBody reads a body, of the form that is said.
func readBody(said string, r channels.Request) (b body, err error) {
	b = body{kind: kindOfBody(said, r), elements: [][]byte{r.Raw}}
	b.whole, b.uploads, err = sourceOf(b.kind, r.Header.Get("Content-Type"), r.Raw)
	return b, err
}

// cut cuts it into the elements that are listed there, if any are.
func (b *body) cut(each lines) (err error) {
	if len(each) > 0 {
		b.elements, err = listed(b.whole, each)
		b.kind, b.listed = ofJSON, true // whatever the list was in
	}
	return err
}

// source is where the texts of an element are.
func (b *body) source(i int) source {
	if b.listed {
		return document{&node{raw: b.elements[i]}}
	}
	return b.whole
}

// said is what a body says: the same when a form is sent again, which has other
// boundaries then.
func (b *body) said(raw []byte) []byte {
	if b.kind != ofMultipart {
		return raw
	}
	var said bytes.Buffer
	for _, f := range b.whole.(form) {
		fmt.Fprintf(&said, "%q=%q\n", f.Name, f.Value)
	}
	for _, f := range b.uploads {
		fmt.Fprintf(&said, "%q=%q %x\n", f.Field, f.Filename, sha256.Sum256(f.Bytes))
	}
	return said.Bytes()
}

// listed are the elements of a body: what the paths find, and of a list its
// members.
func listed(whole source, each lines) (elements [][]byte, err error) {
	found := false
	for _, p := range each.paths() {
		for _, n := range whole.nodes(p) {
			members := []*node{n}
			switch {
			case n.begins() == '[':
				members = n.list()
			case !p.spreads():
				continue
			}
			found = true
			for _, m := range members {
				elements = append(elements, m.raw)
			}
		}
		found = found || p.spreads()
	}
	if !found {
		return nil, fmt.Errorf("%s is no list", each)
	}
	if len(elements) > maxElements {
		return nil, fmt.Errorf("%s lists more than %d elements", each, maxElements)
	}
	return elements, nil
}

// spreads reports whether the path may lead to several values, or to none.
func (p path) spreads() bool {
	for _, s := range p.steps {
		if s.all || s.where != nil {
			return true
		}
	}
	return false
}

// decoded is a text in the charset that the request names; as it is if it names
// none that is known.
func decoded(contentType string, raw []byte) string {
	_, params, _ := mime.ParseMediaType(contentType)
	charset, err := htmlindex.Get(params["charset"])
	if err != nil {
		return string(raw)
	}
	text, err := charset.NewDecoder().Bytes(raw)
	if err != nil {
		return string(raw)
	}
	return string(text)
}
