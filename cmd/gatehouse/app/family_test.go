package app

import (
	"testing"

	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// TestFamilyOfSettings takes a mail for a mail, whoever brings it.
func TestFamilyOfSettings(t *testing.T) {
	for text, want := range map[string]ingest.Family{
		"{name: a, kind: webhook, scheme: bearer, bearer_token: t}":             ingest.Hook,
		"{name: b, kind: webhook, scheme: bearer, bearer_token: t, body: mime}": ingest.Email,
		"{name: c, kind: imap, host: mail.example.com}":                         ingest.Email,
		"{name: d, kind: twilio}":                                               ingest.SMS,
	} {
		ch, err := config.NewChannel(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := specs([]config.Channel{ch})[0].Family; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for _, k := range all.Kinds {
		if k.Family == ingest.Unknown {
			t.Errorf("%s has no family", k.Name)
		}
	}
}

// TestSampleOfMail reads a mail as a worker posts it, bare.
func TestSampleOfMail(t *testing.T) {
	ch, err := config.NewChannel("{name: b, kind: webhook, scheme: bearer, bearer_token: t, body: mime}")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ReadSample(config.Default(), ch, []byte("From: ann@example.com\r\nSubject: hello\r\n\r\nhi\r\n"))
	if err != nil || len(s.Arrivals) != 1 || s.Arrivals[0].Message.Subject != "hello" || s.Arrivals[0].Message.Family != ingest.Email {
		t.Errorf("%+v, %v", s, err)
	}
}
