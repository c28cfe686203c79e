package httpapi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestWireSaysWhatEncodingJSONSays(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("", 3600))
	for name, v := range map[string]any{
		"message": ingest.Record{}, "contact": ingest.Contact{Fields: map[string]string{"b": "<2>", "a": "1"}, CreatedAt: at},
		"rule": ingest.Rule{ID: 7, Target: ingest.Target{Kind: "email", Value: "a@example.com"}, ExpiresAt: &at},
		"nil":  nil, "list": ingest.List[ingest.Job]{Items: []ingest.Job{{ID: 1, HeldAgain: []ingest.HeldAgain{{Rule: 2, N: 3}}}}},
		"settings": ingest.DefaultSettings(), "technical": &ingest.Technical{Page: &ingest.Page{}}, "bytes": []byte("abc"),
		"event": ingest.Event{Data: json.RawMessage(`{"rule":"7"}`)}, "text": "a \"quote\" & <tag> \u2028",
	} {
		var ours bytes.Buffer
		if err := writeJSON(&ours, v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		theirs, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := plainly(t, ours.Bytes()), plainly(t, theirs); !reflect.DeepEqual(a, b) {
			t.Errorf("%s:\nours   %s\ntheirs %s", name, ours.Bytes(), theirs)
		}
	}
}

// plainly decodes JSON, with what we write in another way made the same: null
// lists and objects are empty, times are moments, no number is none.
func plainly(t *testing.T, b []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return plain(v)
}

func plain(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			if p := plain(e); p != nil {
				out[k] = p
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		if len(x) == 0 {
			return nil
		}
		for i := range x {
			x[i] = plain(x[i])
		}
	case string:
		if x == "0" { // no number, which we write as null
			return nil
		}
		if at, err := time.Parse(time.RFC3339, x); err == nil {
			return at.UTC().Format(timeFormat)
		}
	}
	return v
}

func FuzzWireText(f *testing.F) {
	f.Add("plain")
	f.Add("\x00\xff\u2028</script>\"\\")
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := writeJSON(&b, map[string]any{s: []string{s}}); err != nil {
			t.Fatal(err)
		}
		var back map[string][]string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back) != 1 {
			t.Fatalf("%q: %v", b.Bytes(), err)
		}
	})
}

func TestMonday(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-11-21T12:00:00Z": "2026-11-16T00:00:00+01:00", // a Saturday
		"2026-11-15T23:30:00Z": "2026-11-16T00:00:00+01:00", // Monday there already
		"2026-11-15T22:30:00Z": "2026-11-09T00:00:00+01:00", // still Sunday
		"2026-10-25T12:00:00Z": "2026-10-19T00:00:00+02:00", // the clock went back
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := monday(at.In(berlin)).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}
