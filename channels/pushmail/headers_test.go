package pushmail_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels/pushmail"
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
