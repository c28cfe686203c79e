package smtp

import (
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
)

const least = "listen: 127.0.0.1:0\nrecipients: {support@example.org: \"\"}\n"

func TestSettings(t *testing.T) {
	for text, says := range map[string]string{
		least:                                            "",
		"{}":                                             "",
		"{listen: '127.0.0.1:25'}":                       "recipients is missing",
		"{recipients: {'*': ''}}":                        "for a channel with listen",
		least + "protocol: esmtp":                        "protocol",
		least + "banned: bounce":                         "banned",
		least + "oversized: cut":                         "oversized",
		least + "tls_cert: a.pem":                        "belong together",
		least + "require_tls: true":                      "require_tls",
		least + "allow_from: [192.0.2]":                  "allow_from",
		least + "allow_from: []":                         "",
		least + "max_message_bytes: 100":                 "max_message_bytes",
		least + "max_connections: -1":                    "max_connections",
		least + "timeout: 1ms":                           "timeout",
		least + "hostname: two words":                    "hostname",
		"{listen: 'unix:/run/l', recipients: {'*': ''}}": "for lmtp",
		"{listen: 'unix:l', protocol: lmtp, recipients: {'*': ''}}":                  "absolute path",
		"{listen: 'unix:/run/l', protocol: lmtp, recipients: {'*': ''}}":             "",
		"{listen: 'localhost', recipients: {'*': ''}}":                               "address:port",
		"{listen: '127.0.0.1:99999', recipients: {'*': ''}}":                         "address:port",
		"{listen: '127.0.0.1:', recipients: {'*': ''}}":                              "address:port",
		"{listen: ':25', recipients: {support: ''}, allow_from: [x], timeout: 100h}": "allow_from",
	} {
		_, err := open(channeltest.Settings([]byte(text)), channeltest.Host())
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
	missing := channeltest.Settings([]byte(least + "tls_cert: /nowhere/cert.pem\ntls_key: /nowhere/key.pem"))
	if _, err := open(missing, channeltest.Host()); err == nil || !strings.Contains(err.Error(), "/nowhere/cert.pem") {
		t.Errorf("a certificate that is not there: %v", err)
	}
}

func TestPlacesAndSetup(t *testing.T) {
	s := channeltest.Settings([]byte("{listen: 'unix:/run/lmtp', protocol: lmtp, recipients: {a@example.org: '', '*': other}}"))
	at, err := places(s)
	fed, err2 := feeds(s)
	lines, err3 := setup(s, channeltest.Host())
	if err != nil || err2 != nil || err3 != nil || strings.Join(at, " ") != "lmtp://unix:/run/lmtp" || strings.Join(fed, " ") != "other" ||
		len(lines) != 3 || lines[2] != "Postfix, in transport_maps: lmtp:unix:/run/lmtp" {
		t.Errorf("%q %q %q %v %v %v", at, fed, lines, err, err2, err3)
	}
	lines, err = setup(channeltest.Settings([]byte(strings.Replace(least, ":0", ":2525", 1))), channeltest.Host())
	if err != nil || lines[2] != "Postfix, in transport_maps: smtp:[127.0.0.1]:2525" {
		t.Errorf("%q, %v", lines, err)
	}
}
