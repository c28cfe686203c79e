package pushmail

import (
	"bytes"
	"encoding/json"
	"errors"
)

var errHeaders = errors.New("the headers are no object of texts and lists of texts")

// UnmarshalJSON reads a header that is written as an object of names, each with
// a text or a list of them, in their order.
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
	return nil
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
