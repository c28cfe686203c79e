package outbound

import (
	"encoding/json"
	"testing"

	"gatehouse/ingest"
)

// Slack is told of an alert in words, of other events what they are about.
func TestSentences(t *testing.T) {
	for _, c := range []struct{ kind, data, want string }{
		{"alert.raised", `{"says":"Channel mail is <down>.","do":"Mend it & go on."}`, `{"text":"Alert: Channel mail is &lt;down&gt;. Mend it &amp; go on."}`},
		{"alert.reminded", `{"says":"It is.","do":"Do it."}`, `{"text":"Still so: It is. Do it."}`},
		{"alert.cleared", `{"says":"It works.","do":""}`, `{"text":"Over: It works."}`},
		{"alert.raised", `{}`, `{"text":"alert.raised"}`},
		{"channel.paused", `{"channel":"mail"}`, `{"text":"channel.paused"}`},
	} {
		b, err := Body(ingest.FormatSlack, ingest.Event{Type: c.kind, Data: json.RawMessage(c.data)})
		var got, want map[string]string
		if err != nil || json.Unmarshal(b, &got) != nil || json.Unmarshal([]byte(c.want), &want) != nil || got["text"] != want["text"] {
			t.Errorf("%s: %s, want %s: %v", c.kind, b, c.want, err)
		}
	}
}
