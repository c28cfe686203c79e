package smpp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
)

func TestSettings(t *testing.T) {
	for text, want := range map[string]string{
		"{addresses: a.example.com, system_id: d, password: p}":                                          "[a.example.com:2775]",
		"{addresses: [a.example.com, 'b.example.com:99'], system_id: d, password: p, tls: true}":         "[a.example.com:3550 b.example.com:99]",
		"{addresses: '[2001:db8::1]', system_id: d, password: p}":                                        "[[2001:db8::1]:2775]",
		"{addresses: a.example.com, system_id: d, password: p, default_charset: GSM7}":                   "[a.example.com:2775]",
		"{system_id: d, password: p}":                                                                    "addresses must",
		"{addresses: 'smpp://a', system_id: d, password: p}":                                             "want host",
		"{addresses: [a, 'a:2775'], system_id: d, password: p}":                                          "twice",
		"{addresses: a, password: p}":                                                                    "system_id and password",
		"{addresses: a, system_id: d, password: ''}":                                                     "empty secret",
		"{addresses: a, system_id: d, password: p, system_type: abcdefghijklm}":                          "at most 12",
		"{addresses: a, system_id: d, password: p, bind: transmitter}":                                   "want transceiver",
		"{addresses: a, system_id: d, password: p, default_charset: ebcdic}":                             "ebcdic",
		"{addresses: a, system_id: d, password: p, binds: 11}":                                           "binds 11",
		"{addresses: a, system_id: d, password: p, window: 0}":                                           "window 0",
		"{addresses: a, system_id: d, password: p, enquire_every: 1ms}":                                  "enquire_every",
		"{addresses: a, system_id: d, password: p, redelivered_within: 1000h}":                           "redelivered_within",
		"{addresses: a, system_id: d, password: p, ca_file: x}":                                          "without tls",
		"{addresses: a, system_id: d, password: p, tls: true, ca_file: testdata/settings.yaml}":          "no certificate",
		"{addresses: a, system_id: d, password: p, tls: true, ca_file: testdata/none}":                   "ca_file",
		"{addresses: a, system_id: d, password: p, bind: x, binds: 0, answer_timeout: 2h, window: 2000}": "answer_timeout",
	} {
		c, err := readConfig(channeltest.Settings([]byte(text)))
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(c.Addresses)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestPlacesAndSetup(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "settings.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	places, err := Kind.Places(channeltest.Settings(text))
	if got := fmt.Sprint(places); err != nil || got != "[smpp://desk@smsc1.example.com:2775/ smpp://desk@smsc2.example.com:2775/]" {
		t.Errorf("%s, %v", got, err)
	}
	lines, err := Kind.Setup(channeltest.Settings(text), channeltest.Host())
	all := strings.Join(lines, "\n")
	if err != nil || lines[0] != "smpp://desk@smsc1.example.com:2775" || !strings.Contains(all, "in the clear") || strings.Contains(all, "old") {
		t.Errorf("%s, %v", all, err)
	}
	for _, none := range []string{"{}", "{addresses: a, no_such: 1}"} {
		_, err := Kind.Places(channeltest.Settings([]byte(none)))
		_, err2 := Kind.Setup(channeltest.Settings([]byte(none)), channeltest.Host())
		if err == nil || err2 == nil {
			t.Errorf("%s: %v, %v", none, err, err2)
		}
	}
}
