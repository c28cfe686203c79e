package pushmail_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
)

const form = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\xe9\r\n--b\r\n" +
	"Content-Disposition: form-data; name=\"f\"; filename=\"Ü.txt\"\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41\r\n\r\n--b\r\n" +
	"Content-Disposition: form-data; name=\"a\"\r\n\r\ntwo\r\n--b\r\n" +
	"Content-Disposition: form-data; name=\"g\"; filename=\"\"\r\n\r\n\r\n--b--\r\n"

func TestParseForm(t *testing.T) {
	f, err := pushmail.ParseForm("multipart/form-data; boundary=b", []byte(form))
	want := pushmail.Form{
		Form: channels.Form{{Name: "a", Value: "one\xe9"}, {Name: "a", Value: "two"}},
		Files: []pushmail.Upload{
			{"f", pushmail.File{Name: "Ü.txt", Type: "text/plain", Bytes: []byte("=41\r\n")}}, {"g", pushmail.File{Bytes: []byte{}}},
		},
	}
	if diff := cmp.Diff(want, f); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if file, found := f.File("f"); !found || file.Name != "Ü.txt" {
		t.Errorf("%+v", file)
	}
	if f, err := pushmail.ParseForm("application/x-www-form-urlencoded; charset=utf-8", []byte("a=1&a=%C3%A9")); err != nil || len(f.All("a")) != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestNoForm(t *testing.T) {
	for _, c := range [][2]string{
		{"", "a=1"}, {"application/json", "{}"}, {"multipart/form-data", form}, {"multipart/form-data; boundary=c", form},
		{"multipart/form-data; boundary=b", form[:len(form)-20]}, {"application/x-www-form-urlencoded", "%zz"},
		{"multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n", 10001) + "--b--"},
	} {
		if f, err := pushmail.ParseForm(c[0], []byte(c[1])); err == nil {
			t.Errorf("%s: %+v", c[0], f)
		}
	}
}

func FuzzForm(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", []byte(form))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		form, err := pushmail.ParseForm(kind, body)
		if err == nil && len(form.Form)+len(form.Files) > len(body) {
			t.Errorf("%d fields of %d octets", len(form.Form), len(body))
		}
	})
}
