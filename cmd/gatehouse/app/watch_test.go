package app

import (
	"testing"

	"gatehouse/channels/all"
	"gatehouse/channels/channeltest"
)

// What nobody asks for by itself is lost while nobody answers, whether or not it
// could be asked for.
func TestWhoAsksForWhatWasMissed(t *testing.T) {
	for _, c := range []struct {
		kind, settings string
		asks           bool
	}{
		{"twilio", `{account_sid: AC1, auth_token: t, backfill: 5m}`, true},
		{"twilio", `{account_sid: AC1, auth_token: t}`, false},
		{"clickatell", `{basic_user: u, basic_password: p}`, false},
		{"telegram", `{token: "7:t"}`, true},
		{"telegram", `{token: "7:t", secret_token: s}`, false},
	} {
		k, _ := all.Find(c.kind)
		if got := asks(k, channeltest.Settings([]byte(c.settings))); got != c.asks {
			t.Errorf("%s %s: %v", c.kind, c.settings, got)
		}
	}
}
