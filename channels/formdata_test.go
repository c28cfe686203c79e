package channels_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
)

const formType = `multipart/form-data; boundary="x y"`

// formData is a form of these parts, each its head, a line without text, its body.
func formData(parts ...string) []byte {
	text := "--x y\r\n" + strings.Join(parts, "\n--x y\n") + "\n--x y--\n"
	return []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"))
}

func TestFormData(t *testing.T) {
	body := formData(
		"Content-Disposition: form-data; name=\"b\"\n\n1\r\n2", "Content-Disposition: form-data; name=a\n\nGrüße",
		"Content-Disposition: form-data; name=\"b\"\nContent-Type: text/plain; charset=iso-8859-1\n\n\xfc",
		"Content-Disposition: form-data; name=\"f\"; filename=\"../../a \\\"b\\\".png\"\nContent-Type: image/png\n\n\x89PNG",
		"Content-Disposition: form-data; name=\"g\"; filename=c.txt\nContent-Transfer-Encoding: base64\n\naGVsbG8=",
		"Content-Disposition: form-data; name=\"none\"; filename=\"\"\nContent-Type: application/octet-stream\n\n",
	)
	got, err := channels.ParseFormData(formType, body)
	want := channels.FormData{
		Fields: channels.Form{{Name: "b", Value: "1\r\n2"}, {Name: "a", Value: "Grüße"}, {Name: "b", Value: "\xfc"}},
		Files: []channels.FormFile{
			{Field: "f", Filename: `../../a "b".png`, ContentType: "image/png", Bytes: []byte("\x89PNG")},
			{Field: "g", Filename: "c.txt", Bytes: []byte("aGVsbG8=")},
			{Field: "none", ContentType: "application/octet-stream", Bytes: []byte{}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestNoFormData(t *testing.T) {
	one := "Content-Disposition: form-data; name=a\n\n1"
	for name, c := range map[string]struct {
		kind string
		body []byte
	}{
		"another type":   {`multipart/mixed; boundary="x y"`, formData(one)},
		"no boundary":    {"multipart/form-data", formData(one)},
		"cut off":        {formType, formData(one)[:30]},
		"nothing":        {formType, nil},
		"too many parts": {formType, formData(strings.Split(strings.Repeat(one+"\x01", 10_001), "\x01")[:10_001]...)},
	} {
		if got, err := channels.ParseFormData(c.kind, c.body); err == nil || got.Fields != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzFormData(f *testing.F) {
	f.Add(formType, formData("Content-Disposition: form-data; name=a\n\n1", "Content-Disposition: form-data; name=b; filename=c\n\n2"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		form, err := channels.ParseFormData(kind, body)
		size := 0
		for _, field := range form.Fields {
			size += len(field.Value)
		}
		for _, file := range form.Files {
			size += len(file.Bytes)
		}
		if size > len(body) || err != nil && size > 0 {
			t.Errorf("%d octets of %d, %v", size, len(body), err)
		}
	})
}
