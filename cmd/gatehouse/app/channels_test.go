package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/config"
)

// configured are channels of the given settings.
func configured(t *testing.T, texts ...string) config.Config {
	t.Helper()
	var c config.Config
	for _, text := range texts {
		ch, err := config.NewChannel(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Channels = append(c.Channels, ch)
	}
	return c
}

func mailbox(name, host, user, more string) string {
	return fmt.Sprintf("{name: %s, kind: imap, host: %s, username: %s, password: secret%s}", name, host, user, more)
}

func TestOneMailboxUnderTwoNames(t *testing.T) {
	for text, refused := range map[string]bool{
		mailbox("second", "mail.example.com", "support", ""):                           true,
		mailbox("second", "MAIL.example.com", "support", ", folders: [Forms, inbox]"):  true,
		mailbox("second", "mail.example.com", "support", ", port: 143, tls: starttls"): true,
		mailbox("second", "mail.example.com", "support", ", folders: [Forms]"):         false,
		mailbox("second", "mail.example.com", "billing", ""):                           false,
		mailbox("second", "mail.example.net", "support", ""):                           false,
		"{name: second, kind: chat}":                                                   false,
	} {
		err := Check(configured(t, mailbox("first", "mail.example.com", "support", ""), text))
		if refused != (err != nil) || err != nil && !(strings.Contains(err.Error(), "first") && strings.Contains(err.Error(), "second")) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := Check(configured(t, "{name: a, kind: imap}", "{name: b, kind: imap}")); err == nil || !strings.Contains(err.Error(), "host is missing") {
		t.Errorf("settings that cannot be read: %v", err)
	}
}

func TestReadAgainByKind(t *testing.T) {
	c := configured(t, mailbox("one", "mail.example.com", "one", ""), mailbox("two", "mail.example.com", "two", ", auth_serv_id: mx.example.org"))
	read, err := Rereader(c.Channels)
	if err != nil {
		t.Fatal(err)
	}
	m, err := read("imap", []byte("Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\r\nFrom: a@example.com\r\n\r\nHello"))
	if err != nil || !m.Unproven || m.Text != "Hello" {
		t.Errorf("%+v, %v", m, err)
	}
	m, err = read("chat", []byte(`{"at":"2026-11-21T12:00:00Z","post":{"id":"1","visitor_id":"v","text":"hello"}}`))
	if err != nil || m.Text != "hello" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := read("pigeon", nil); !errors.Is(err, errCannot) {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestANumberOfAnAccountThatIsAskedWhole(t *testing.T) {
	sms := func(name, more string) string {
		return fmt.Sprintf("{name: %s, kind: twilio, account_sid: AC1, auth_token: t%s}", name, more)
	}
	const whole, one, other = ", backfill: 5m", `, backfill: 5m, numbers: ["+15550109686"]`, `, backfill: 5m, numbers: ["+15550109687"]`
	for pair, refused := range map[[2]string]bool{
		{whole, one}: true, {one, whole}: true, {whole, whole}: true, {one, one}: true, {one, other}: false, {"", one}: false, {whole, ""}: false,
	} {
		err := Distinct(configured(t, sms("first", pair[0]), sms("second", pair[1])).Channels)
		if refused != (err != nil) {
			t.Errorf("%q: %v", pair, err)
		}
	}
}
