package mime

import (
	"slices"
	"testing"

	"gatehouse/ingest"
)

// A token counts wherever the mail was sent or delivered to, and nowhere else.
func TestReplyTokensOfAMail(t *testing.T) {
	s := ingest.ReplySecrets{"a secret"}
	address, err := s.Address("support@example.com", 7)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{s.Token(7)}
	for header, found := range map[string][]string{
		"To: Support <" + address + ">":                             want,
		"Cc: ann@example.org, " + address:                           want,
		"To: list@example.net\r\nDelivered-To: " + address:          want,
		"X-Original-To: " + address + "\r\nTo: " + address:          want,
		"To: " + address + "\r\nSubject: x":                         want,
		"From: " + address + "\r\nReply-To: " + address:             {},
		"To: support@example.com\r\nSubject: " + address:            {},
		"To: support+news@example.com, support+r-short@example.com": {"r-short"},
		"To: a+r-1@b.example, a+r-2@b.example, a+r-3@b.example,\r\n a+r-4@b.example, a+r-5@b.example, a+r-6@b.example": {
			"r-1", "r-2", "r-3", "r-4", "r-5"},
	} {
		raw := []byte(header + "\r\n\r\ntext\r\n")
		if got := Read(raw, Options{}).Message().Tokens; !slices.Equal(got, found) {
			t.Errorf("%s\n%q, want %q", header, got, found)
		}
		if got := ReadHeader(raw, Options{}).Message().Tokens; !slices.Equal(got, found) {
			t.Errorf("of the header alone: %s\n%q, want %q", header, got, found)
		}
	}
}
