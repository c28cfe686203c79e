package pushmail_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// TestHeaderObject reads headers as providers write them in JSON.
func TestHeaderObject(t *testing.T) {
	for text, want := range map[string]pushmail.Header{
		`{"B":"1","A":["2","3"],"C":null,"a":"4","D":[]}`: {{"B", "1"}, {"A", "2"}, {"A", "3"}, {"a", "4"}},
		`null`: nil, `{}`: nil,
		`[]`: nil, `"x"`: nil, `{"A":7}`: nil, `{"A":{"x":"y"}}`: nil, `{"A":[1]}`: nil,
	} {
		var got pushmail.Header
		err := json.Unmarshal([]byte(text), &got)
		bad := want == nil && text != "null" && text != "{}"
		if diff := cmp.Diff(want, got); (err != nil) != bad || diff != "" {
			t.Errorf("%s: %v, -want +got\n%s", text, err, diff)
		}
	}
}

// TestObjectHasNoOrder: a sender's own results cannot be told from the server's
// where a header does not say which stood above the other.
func TestObjectHasNoOrder(t *testing.T) {
	const real, forged = `"mx.example.net; dmarc=none header.from=example.com"`, `"MX.example.net (x); dkim=pass header.d=example.com"`
	for header, want := range map[string]ingest.Check{
		`"Authentication-Results":` + forged:                                                                      ingest.CheckPassed,
		`"Authentication-Results":["mx.example.org; dkim=fail",` + forged + `]`:                                   ingest.CheckPassed,
		`"Authentication-Results":[` + real + `,` + forged + `]`:                                                  ingest.CheckNone,
		`"Authentication-Results":` + real + `,"Received":"by mx.example.net","authentication-results":` + forged: ingest.CheckNone,
	} {
		var m pushmail.Mail
		if err := json.Unmarshal([]byte(`{"From":"ann@example.com",`+header+`}`), &m.Header); err != nil {
			t.Fatal(err)
		}
		r, err := m.Read(stamp, pushmail.Delivery{By: "acme", ID: "1", Settings: pushmail.Settings{AuthServID: "mx.example.net"}})
		if err != nil || r.Message.Origin.Check != want {
			t.Errorf("%s: %+v (%v), want %s", header, r.Message.Origin, err, want)
		}
	}
}
