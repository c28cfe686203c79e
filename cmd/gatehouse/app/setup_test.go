package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// The desk sees where a channel looks and what its provider is to call, and
// none of its secrets.
func TestSetupOfAChannelHasNoSecrets(t *testing.T) {
	ch, err := config.NewChannel("{name: mail, kind: imap, host: mail.example.com, username: support, password: hush, folders: [INBOX, Sales]}")
	if err != nil {
		t.Fatal(err)
	}
	got := setupOf(ch, []string{"https://support.example.com/hooks/mail", "say so there"})
	want := ingest.ChannelSetup{URL: "https://support.example.com/hooks/mail", Steps: []string{"say so there"},
		Settings: []ingest.ChannelSetting{{Name: "host", Value: "mail.example.com"}, {Name: "username", Value: "support"}, {Name: "folders", Value: "INBOX, Sales"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := setupOf(ch, []string{"point the MX record here"}); got.URL != "" || len(got.Steps) != 1 {
		t.Errorf("%+v", got)
	}
}
