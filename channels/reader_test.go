package channels_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// note is how the provider of these tests writes a message.
type note struct {
	ID   channels.Written `json:"id"`
	Text string           `json:"text"`
	File string           `json:"file"`
}

var reader = channels.Reader(func(s channels.Stamp, element []byte) (channels.Reading, error) {
	var n note
	if err := json.Unmarshal(element, &n); err != nil {
		return channels.Reading{}, errors.New("no note")
	}
	r := channels.Reading{Keys: []string{string(n.ID)}, Message: ingest.Message{Text: n.Text}}
	switch n.Text {
	case "panic":
		panic(n)
	case "bad":
		return r, errors.New("a bad\x00 note")
	}
	r.Message.From.Identity = ingest.Identity{Kind: "external", Value: s.Product, How: ingest.Verified}
	place, err := channels.Location{Latitude: "1.5", Longitude: "2"}.File()
	r.Files = []channels.File{{URL: n.File, Attachment: ingest.Attachment{Filename: "a.png"}}, place}
	return r, err
})

var stamp = channels.Stamp{At: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Product: "p"}

func TestReaderGivesTheSameAgain(t *testing.T) {
	a := reader.Arrival(stamp, []byte(`{"id": 90071992547409931, "text": "hello", "file": "https://media.example.com/a.png"}`))
	if a.Keys[0] != "90071992547409931" || a.Problem != "" || !a.Derived {
		t.Fatalf("%+v", a)
	}
	m, err := reader.Reread(a.Raw)
	if err != nil || !reflect.DeepEqual(m, a.Message) {
		t.Errorf("read again %+v, %v\nwas %+v", m, err, a.Message)
	}
	if m.ReplyText != "hello" || m.Thread != a.Keys[0] || m.ReceivedAt != stamp.At || len(m.Identities) != 1 || m.Auto != ingest.AutoNone {
		t.Errorf("%+v", m)
	}
	if m.Attachments[0].Status != "pending" || m.Attachments[1].Status != "stored" || m.Attachments[1].Index != 1 {
		t.Errorf("%+v", m.Attachments)
	}
	if f, err := reader.File(a.Raw, 0); err != nil || f.URL != "https://media.example.com/a.png" {
		t.Errorf("%+v %v", f, err)
	}
	if b, err := reader.Attachment(a.Raw, 1); err != nil || !json.Valid(b) {
		t.Errorf("%s %v", b, err)
	}
	if m, err := reader.Reread(reader.Arrival(stamp, []byte(`{"id":1,"text":"a file from nowhere"}`)).Raw); err != nil || m.Attachments[0].Status != ingest.FileFailed {
		t.Errorf("a file that nobody says where it is would wait for ever: %+v %v", m.Attachments, err)
	}
	for _, none := range []int{-1, 0, 2} { // the first is with the provider
		if _, err := reader.Attachment(a.Raw, none); !errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("attachment %d: %v", none, err)
		}
	}
}

// What cannot be read is dead with its bytes, under its id if it has one: the
// provider's repeat is a repeat.
func TestReaderKeepsWhatItCannotRead(t *testing.T) {
	later := stamp
	later.At = stamp.At.Add(time.Hour)
	for element, key := range map[string]string{
		`{"id":"7","text":"bad"}`: "7", `{"text":"panic"}`: "body:", `{"text":"no id"}`: "body:", `[`: "body:",
	} {
		a, again := reader.Arrival(stamp, []byte(element)), reader.Arrival(later, []byte(element))
		if a.Problem != ingest.ReasonUnreadable || a.Note == "" || strings.Contains(a.Note, "\x00") || !strings.HasSuffix(string(a.Raw), element) {
			t.Errorf("%s: %+v", element, a)
		}
		if !strings.HasPrefix(a.Keys[0], key) || a.Keys[0] != again.Keys[0] || a.Content != again.Content {
			t.Errorf("%s: keys %q, then %q", element, a.Keys, again.Keys)
		}
		if _, err := reader.Reread(a.Raw); err == nil {
			t.Errorf("%s can be read after all", element)
		}
	}
}

func TestWritten(t *testing.T) {
	for text, want := range map[string]string{
		`"a b"`: "a b", `12345678901234567890`: "12345678901234567890", `-1.50e3`: "-1.50e3", `null`: "", `"7"`: "7",
	} {
		var w channels.Written
		if err := json.Unmarshal([]byte(text), &w); err != nil || string(w) != want {
			t.Errorf("%s: %q %v", text, w, err)
		}
	}
	for _, text := range []string{`{}`, `[]`, `true`} {
		if err := json.Unmarshal([]byte(text), new(channels.Written)); err == nil {
			t.Errorf("%s is no id", text)
		}
	}
	at := time.Date(2026, 11, 21, 12, 0, 0, 123e6, time.UTC)
	if got := channels.Written("1795262400123").Unix(time.Millisecond); got == nil || !got.Equal(at) {
		t.Errorf("%v, want %v", got, at)
	}
	for _, none := range []channels.Written{"", "0", "-5", "x", "1e9", "99999999999999999999", "9223372036854775807"} {
		if got := none.Unix(time.Second); got != nil {
			t.Errorf("%q is %v", none, got)
		}
	}
	for text, want := range map[channels.Written]int64{"2138": 2138, "0": 0, "": 0, "-5": 0, "1e9": 0, "99999999999999999999": 0} {
		if got := text.Size(); got != want {
			t.Errorf("%q is %d octets, want %d", text, got, want)
		}
	}
}

func TestElementsKeepTheirBytes(t *testing.T) {
	got, err := channels.Elements([]byte(` [ {"a" : 1.0, "a": "\u00e4"} ,2 ] `))
	if err != nil || len(got) != 2 || string(got[0]) != `{"a" : 1.0, "a": "\u00e4"}` {
		t.Errorf("%q %v", got, err)
	}
	for _, none := range []string{``, `{}`, `"x"`, `[1,`} {
		if _, err := channels.Elements([]byte(none)); err == nil {
			t.Errorf("%q is a list", none)
		}
	}
}
