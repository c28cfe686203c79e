package channels

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// Written is a string or a number in JSON, as it stands there: ids may be
// larger than any number of a machine, and are numbers in one request and
// strings in the next. null and what is missing are "".
type Written string

// UnmarshalJSON reads it.
func (w *Written) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0 || bytes.Equal(b, []byte("null")):
		*w = ""
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(w))
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		*w = Written(b)
	default:
		return errors.New("want a string or a number")
	}
	return nil
}

// Unix is the moment that so many units after 1970 are, nil for what is none.
func (w Written) Unix(unit time.Duration) *time.Time {
	n, err := strconv.ParseInt(string(w), 10, 64)
	if most := int64(1<<62) / int64(unit); err != nil || n <= 0 || n > most {
		return nil
	}
	at := time.Unix(0, 0).Add(time.Duration(n) * unit).UTC()
	return &at
}

// Size is a number of octets, 0 for what is none.
func (w Written) Size() int64 {
	n, err := strconv.ParseInt(string(w), 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// Elements are the members of a list in JSON, each with its bytes as they are.
func Elements(list json.RawMessage) ([]json.RawMessage, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, errors.New("this is no list")
	}
	return all, nil
}
