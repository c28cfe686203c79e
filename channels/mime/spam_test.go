package mime_test

import (
	"slices"
	"testing"

	"gatehouse/channels/mime"
)

func TestSpamHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   []string
	}{
		"none":                      {"", nil},
		"flag":                      {"X-Spam-Flag: YES\n", []string{"x-spam-flag"}},
		"status with its score":     {"X-Spam-Status: Yes, score=9.1 required=5.0\n", []string{"x-spam-status"}},
		"folded":                    {"X-Spam-Status:\n Yes,\n score=9.1\n", []string{"x-spam-status"}},
		"true":                      {"X-Spam: true\n", []string{"x-spam"}},
		"no":                        {"X-Spam-Flag: NO\nX-Spam-Status: No, score=-1\n", nil},
		"words that begin like yes": {"X-Spam-Status: Yesterday\n", nil},
		"empty":                     {"X-Spam-Flag:\n", nil},
		"another header":            {"X-Spam-Level: yes\n", nil},
		"the topmost says no":       {"X-Spam-Flag: NO\nX-Spam-Flag: YES\n", nil},
		"the topmost says yes":      {"X-Spam-Flag: yes\nX-Spam-Flag: no\n", []string{"x-spam-flag"}},
		"two":                       {"X-Spam-Status: yes\nX-Spam-Flag: YES\n", []string{"x-spam-flag", "x-spam-status"}},
	} {
		raw := []byte(c.header + "From: ann@example.com\nSubject: hello\n\nX-Spam-Flag: YES\n")
		for how, m := range map[string]mime.Mail{"whole": mime.Read(raw, mime.Options{}), "header": mime.ReadHeader(raw, mime.Options{})} {
			if got := m.Message().Spam; !slices.Equal(got, c.want) {
				t.Errorf("%s, %s: %q, want %q", name, how, got, c.want)
			}
		}
	}
}
