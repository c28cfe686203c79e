package imap

import (
	"context"
	"net"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

const sendersSettings = "host: mail.example.com\nusername: support\npassword: x\n"

func TestSendersSettings(t *testing.T) {
	for text, says := range map[string]string{
		"check_dkim: true\nreply_to_is_sender: true\n":                                   "",
		"reply_to_is_sender: false\nrewrites_from: lists.example.org\n":                  "",
		"reply_to_is_sender: [forms@example.org, shop.example.org]\nrewrites_from: []\n": "",
		"reply_to_is_sender: [\"@\"]\n":                                                  `"@": want a mail address or a domain`,
		"rewrites_from: {a: b}\n":                                                        "cannot unmarshal",
	} {
		_, err := New(channeltest.Settings([]byte(sendersSettings+text)), channeltest.Host())
		if says == "" {
			must(t, err)
		} else if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", text, err, says)
		}
	}
}

// TestReadAgainFromForms holds that a mail that may be of several channels is
// from whom From names, unless all of them name the same person.
func TestReadAgainFromForms(t *testing.T) {
	const raw = "From: forms@example.org\r\nReply-To: ann@example.com\r\nSubject: Form\r\n\r\nHello\r\n"
	const form, other = "reply_to_is_sender: [forms@example.org]\n", "reply_to_is_sender: [example.net]\n"
	for name, c := range map[string]struct {
		of   []string
		want string
	}{
		"one channel": {[]string{form}, "ann@example.com"}, "another": {[]string{other}, "forms@example.org"},
		"both": {[]string{form, other}, "forms@example.org"}, "two alike": {[]string{form, "reply_to_is_sender: true\n"}, "ann@example.com"},
		"none": {nil, "forms@example.org"},
	} {
		var of []channels.Settings
		for _, text := range c.of {
			of = append(of, channeltest.Settings([]byte(sendersSettings+text)))
		}
		read, err := Kind.Rereader(of...)
		must(t, err)
		if m, err := read([]byte(raw)); err != nil || m.From.Value != c.want {
			t.Errorf("%s: from %s, %v", name, m.From.Value, err)
		}
	}
}

// TestReadWithCareAsksNobody holds that a mail of which it is feared that
// reading it ends the process is not verified: its check stays unknown.
func TestReadWithCareAsksNobody(t *testing.T) {
	host, asked := channeltest.Host(), 0
	host.LookupTXT = func(_ context.Context, name string) ([]string, error) {
		asked++
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	poller, err := New(channeltest.Settings([]byte(sendersSettings+"check_dkim: true\n")), host)
	must(t, err)
	p := poller.(*Poller)
	r := reading{}
	r, err = p.inside(t.Context(), []byte(mail(1)))
	must(t, err)
	if r.Message.Origin == nil || r.Message.Origin.Check != ingest.CheckNone || asked == 0 {
		t.Errorf("%+v after %d questions", r.Message.Origin, asked)
	}
	asked = 0
	plain := reader(here).telling(p.senders.TellQuietly)
	r, err = plain(t.Context(), []byte(mail(1)))
	must(t, err)
	if r.Message.Origin == nil || r.Message.Origin.Check != ingest.CheckUnknown || asked != 0 {
		t.Errorf("with care: %+v after %d questions", r.Message.Origin, asked)
	}
}
