package mime

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkInvariants checks what holds of every mail, whatever its bytes.
func checkInvariants(t testing.TB, raw []byte, m Mail) {
	t.Helper()
	checkStrings(t, "Mail", reflect.ValueOf(m))
	checkStrings(t, "Message", reflect.ValueOf(m.Message()))
	if strings.TrimSpace(m.Text) != "" && m.ReplyText == "" {
		t.Errorf("text %q leaves no reply", m.Text)
	}
	if len(m.Defects) > maxDefects || len(m.To) > maxAddresses || len(m.Attachments) > 2*maxParts {
		t.Errorf("unbounded: %d defects, %d recipients, %d attachments", len(m.Defects), len(m.To), len(m.Attachments))
	}
	for _, d := range m.Defects {
		if utf8.RuneCountInString(d.Detail) > 200 {
			t.Errorf("detail of %d characters", utf8.RuneCountInString(d.Detail))
		}
	}
	if len(m.Message().Answers) > maxAnswers {
		t.Errorf("%d answers", len(m.Message().Answers))
	}
	if len(raw) == 0 && m.Text != "" {
		t.Errorf("text out of nothing: %q", m.Text)
	}
}

// checkStrings demands valid UTF-8 without NUL of every string reached from v,
// and that no slice of a Mail is nil.
func checkStrings(t testing.TB, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			t.Errorf("%s is no clean text: %q", path, s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkStrings(t, path, v.Elem())
		}
	case reflect.Slice:
		if v.IsNil() {
			t.Errorf("%s is nil", path)
		}
		for i := range v.Len() {
			checkStrings(t, path, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Type.PkgPath() != "time" && f.Type.PkgPath() != "net/netip" {
				checkStrings(t, path+"."+f.Name, v.Field(i))
			}
		}
	}
}
