package channels_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// words is a Reader of texts, and of what was joined of them.
var words channels.Reader = func(s channels.Stamp, element []byte) (channels.Reading, error) {
	pieces, err := s.Pieces(element)
	if err != nil {
		return channels.Reading{}, err
	}
	r := channels.Reading{Keys: []string{"id"}, Message: ingest.Message{Text: string(element)}}
	if pieces != nil {
		r.Message.Text, r.Message.Defects = "", s.Parts.Defects()
	}
	for _, p := range pieces {
		if string(p.Element) == "panic" {
			panic("panic")
		}
		r.Message.Text += string(p.Element)
	}
	return r, nil
}

func partOf(number int, text string) ingest.StoredPart {
	at := time.Date(2026, 11, 21, 12, number, 0, 0, time.UTC)
	raw, err := channels.Seal(channels.Stamp{At: at}, []byte(text))
	if err != nil {
		panic(err)
	}
	return ingest.StoredPart{Number: number, At: at, Raw: raw}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		set           ingest.PartSet
		text, defects string
	}{
		{ingest.PartSet{Total: 2, Parts: []ingest.StoredPart{partOf(1, "a\n"), partOf(2, "b")}}, "a\nb", ""},
		{ingest.PartSet{Total: 4, Parts: []ingest.StoredPart{partOf(2, ""), partOf(3, "c")}}, "c", "parts_missing of 4: 1, 4"},
		{ingest.PartSet{Total: 3, Late: true, Parts: []ingest.StoredPart{partOf(2, "b")}}, "b", "part_late part 2 of 3, whose message was delivered without it"},
	} {
		a := channels.Join(c.set, words.Reread)
		var defects []string
		for _, d := range a.Message.Defects {
			defects = append(defects, d.Code+" "+d.Detail)
		}
		if a.Problem != "" || a.Message.Text != c.text || strings.Join(defects, "; ") != c.defects {
			t.Errorf("%+v: %q %q, %s %s", c.set, a.Message.Text, defects, a.Problem, a.Note)
		}
		if last := c.set.At(); !a.Message.ReceivedAt.Equal(last) {
			t.Errorf("received at %s, the last part came at %s", a.Message.ReceivedAt, last)
		}
	}
}

func TestJoinKeepsWhatCannotBeRead(t *testing.T) {
	set := ingest.PartSet{Total: 1, Parts: []ingest.StoredPart{partOf(1, "panic")}}
	a := channels.Join(set, func([]byte) (ingest.Message, error) { return ingest.Message{}, errors.New("no\x00words") })
	if a.Problem != ingest.ReasonUnreadable || a.Note != "nowords" || !strings.Contains(string(a.Raw), "panic") {
		t.Errorf("%+v", a)
	}
	if a = channels.Join(set, words.Reread); a.Problem != ingest.ReasonUnreadable {
		t.Errorf("after a panic: %+v", a)
	}
}

func TestDefectsOfManyPartsAreShort(t *testing.T) {
	d := (&channels.Parts{Total: 1 << 40, Held: []channels.Held{{Number: 1}}}).Defects()
	if len(d) != 1 || len(d[0].Detail) > 200 || !strings.HasSuffix(d[0].Detail, " …") {
		t.Errorf("%+v", d)
	}
}

// FuzzPieces reads joined forms that nobody joined.
func FuzzPieces(f *testing.F) {
	for _, seed := range []string{
		`{"parts":{"total":2,"held":[{"number":1,"size":5}]}}` + "\n{}\nab", `{"parts":{"held":[{"size":-1},{"size":99}]}}` + "\n", `{"parts":{}}` + "\n", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s channels.Stamp
		element, err := channels.Unseal(raw, &s)
		if err != nil {
			return
		}
		pieces, err := s.Pieces(element)
		n := 0
		for _, p := range pieces {
			n += len(p.Element)
		}
		if n > len(element) || err == nil && s.Parts != nil && len(pieces) == 0 {
			t.Errorf("%d octets in %d pieces of %d, %v", n, len(pieces), len(element), err)
		}
	})
}
