package channels_test

import (
	"net/url"
	"reflect"
	"slices"
	"testing"

	"gatehouse/channels"
)

func TestForm(t *testing.T) {
	f, err := channels.ParseForm("b=2&a=1+%2B&&b=&c")
	want := channels.Form{{Name: "b", Value: "2"}, {Name: "a", Value: "1 +"}, {Name: "b", Value: ""}, {Name: "c", Value: ""}}
	if err != nil || !reflect.DeepEqual(f, want) {
		t.Fatalf("%q %v", f, err)
	}
	if f.Get("b") != "2" || f.Get("x") != "" || f.First("x", "c", "a") != "1 +" || !slices.Equal(f.All("b"), []string{"2", ""}) {
		t.Errorf("%q", f)
	}
	for _, none := range []string{"%", "a=%zz", "a;b=1", "a=1%2"} {
		if f, err := channels.ParseForm(none); err == nil {
			t.Errorf("%q is read as %q", none, f)
		}
	}
}

// A form has what the standard library finds in it, in its own order.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2&a=3", "a=%C3%A4+x", "=", "a", "&&", "a=1;b=2", "%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		form, err := channels.ParseForm(raw)
		values, theirs := url.ParseQuery(raw)
		if (err == nil) != (theirs == nil) {
			t.Fatalf("%v, url.ParseQuery says %v", err, theirs)
		}
		if err != nil {
			return
		}
		for name, want := range values {
			if !slices.Equal(form.All(name), want) {
				t.Errorf("%q: %q, want %q", name, form.All(name), want)
			}
		}
	})
}
