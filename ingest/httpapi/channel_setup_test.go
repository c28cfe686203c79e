package httpapi_test

import (
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// What a channel's provider is to be told comes from the configuration; which
// orders the channel takes, from what they would be refused for.
func TestWhatAChannelIsSetUpWith(t *testing.T) {
	configured := func(o *httpapi.Options) {
		o.Setup = func(channel string) (ingest.ChannelSetup, error) {
			return ingest.ChannelSetup{URL: "https://desk.example.com/hooks/" + channel, Steps: []string{"tell the provider"},
				Settings: []ingest.ChannelSetting{{Name: "host", Value: "mail.example.com"}}}, nil
		}
	}
	d := open(t, asks, configured, func(o *httpapi.Options) { o.Listers = []string{"chat"} })
	d.ask(supervisor, "GET /channels/mail/setup", "").is(200).has("url", "https://desk.example.com/hooks/mail", "steps.0", "tell the provider",
		"settings.0.name", "host", "settings.0.value", "mail.example.com", "can", "1", "can.0", "auth")
	d.ask(supervisor, "GET /channels/chat/setup", "").is(200).has("can", "1", "can.0", "backfill")
	d.ask(admin, "POST /channels/chat/auth", "").problem(409, "no-consent")
	d.ask(supervisor, "GET /channels/post/setup", "").problem(404, "not-found")
	none := open(t)
	none.ask(supervisor, "GET /channels/chat/setup", "").is(200).has("url", "", "steps", "0", "settings", "0", "can", "0")
}
