package mime

import "testing"

// seeds adds every golden mail to a corpus.
func seeds(f *testing.F) {
	for _, name := range golden(f) {
		f.Add(readFile(f, name+".eml"))
	}
}

func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := read(raw, Options{OwnMark: "desk.example.org"})
		checkInvariants(t, raw, m)
		if prints := Prints(raw); prints[0].Kind != "raw" {
			t.Errorf("prints %v", prints)
		}
		if len(m.Attachments) > 0 {
			if _, err := Attachment(raw, len(m.Attachments)-1); err != nil {
				t.Errorf("the last of %d attachments: %v", len(m.Attachments), err)
			}
		}
	})
}

func FuzzReadHeader(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, header []byte) {
		m := ReadHeader(header, Options{})
		checkInvariants(t, header, m)
		if m.Text != "" || len(m.Attachments) > 0 {
			t.Errorf("a header has text %q, attachments %v", m.Text, m.Attachments)
		}
		whole := read(header, Options{})
		if m.MessageID != whole.MessageID || m.Date != whole.Date {
			t.Errorf("header alone says %q %q, whole mail %q %q", m.MessageID, m.Date, whole.MessageID, whole.Date)
		}
	})
}
