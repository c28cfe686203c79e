package mailapi

import "strings"

var oneLine = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ")

// AppendField adds a field to the header of a mail, as an API gives it by name
// and value.
func AppendField(header []byte, name, value string) []byte {
	if name == "" || strings.ContainsAny(name, ": \t\r\n") {
		return header
	}
	return append(append(header, name+": "+oneLine.Replace(value)...), "\r\n"...)
}
