package pushmail

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"gatehouse/channels/mime"
)

var errHeaders = errors.New("the headers are no object of texts and lists of texts")

// UnmarshalJSON reads a header that is written as an object of names, each with
// a text or a list of them, in their order. It says nothing of the order of
// fields of different names: see unambiguous.
func (h *Header) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errHeaders
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return errHeaders
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return errHeaders
		}
		values, err := textsOf(value)
		if err != nil {
			return errHeaders
		}
		for _, v := range values {
			*h = append(*h, Field{name.(string), v}) // a name of an object is a text
		}
	}
	*h = h.unambiguous()
	return nil
}

// results is the name of a field with what a server found of a sender (RFC 8601).
const results = "Authentication-Results"

// unambiguous leaves out the results of a server that has several. Which of them
// it wrote, and which the sender did, is only told by where they stand among the
// traces of the mail's way (RFC 8601 §5).
func (h Header) unambiguous() Header {
	by := map[string]int{}
	for _, value := range h.All(results) {
		by[strings.ToLower(mime.ResultsBy(value))]++
	}
	return slices.DeleteFunc(h, func(f Field) bool {
		return strings.EqualFold(f.Name, results) && by[strings.ToLower(mime.ResultsBy(f.Value))] > 1
	})
}

// textsOf is a text, a list of texts, or null.
func textsOf(value json.RawMessage) (list []string, err error) {
	var one *string
	if json.Unmarshal(value, &one) != nil {
		err = json.Unmarshal(value, &list)
		return list, err
	}
	if one != nil {
		list = []string{*one}
	}
	return list, nil
}
