package channels

import (
	"errors"
	"net/url"
	"strings"
)

// Field is one of a form's, decoded.
type Field struct{ Name, Value string }

// Form is a form as it was sent: in its order, and with all that it says twice.
type Form []Field

// ParseForm reads application/x-www-form-urlencoded, or a query. It is strict: a
// signature over what was guessed says nothing.
func ParseForm(raw string) (Form, error) {
	var f Form
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, errName := url.QueryUnescape(name)
		v, errValue := url.QueryUnescape(value)
		if errName != nil || errValue != nil || strings.Contains(pair, ";") {
			return nil, errors.New("this is no form")
		}
		f = append(f, Field{n, v})
	}
	return f, nil
}

// Get is the first value of a name, "" if there is none.
func (f Form) Get(name string) string {
	for _, field := range f {
		if field.Name == name {
			return field.Value
		}
	}
	return ""
}

// First is Get for the first of the names that is there and not empty.
func (f Form) First(names ...string) string {
	for _, name := range names {
		if value := f.Get(name); value != "" {
			return value
		}
	}
	return ""
}

// All are the values of a name, in their order.
func (f Form) All(name string) (values []string) {
	for _, field := range f {
		if field.Name == name {
			values = append(values, field.Value)
		}
	}
	return values
}
