package channels

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Seal writes a raw form of two parts: what only the adapter knew when the
// message came (the time, the delivery's id), as one line of JSON, and then
// the provider's own bytes as they were.
func Seal(envelope any, element []byte) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(element) + 256)
	e := json.NewEncoder(&out) // ends the line
	e.SetEscapeHTML(false)
	if err := e.Encode(envelope); err != nil {
		return nil, err
	}
	out.Write(element)
	return out.Bytes(), nil
}

// Unseal reads the envelope of a raw form and returns the provider's bytes. It
// fails for a body that could not be read when it came: that has none.
func Unseal(raw []byte, envelope any) (element []byte, err error) {
	line, element, found := bytes.Cut(raw, []byte("\n"))
	if !found || json.Unmarshal(line, envelope) != nil {
		return nil, errors.New("raw message: no envelope: the body could not be read when it came")
	}
	return element, nil
}
