package e2e

import (
	"os"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

func TestCheckAsksTheMailbox(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Put(0, 3)
	mail := b.Channel("mail")
	h := newHouse(t, mail, housetest.SiteChat)
	house, err := os.ReadFile(h.Config)
	must(t, err)
	with := func(channels ...string) (config string) {
		return write(t, strings.Replace(string(house), mail, strings.Join(channels, "\n  - "), 1))
	}
	wrong := with(strings.Replace(mail, "password: secret", "password: wrong", 1))
	lost := with(strings.Replace(mail, "start: all", "start: all, folders: [Nowhere]", 1))
	away := with(housetest.ChannelAt("mail", 1))
	twice := with(mail, strings.Replace(mail, "name: mail", "name: post", 1))
	for _, c := range []struct {
		config string
		trial
	}{
		{h.Config, trial{"check --config %s", 0, "channel mail: kind imap, ok: INBOX has 3 messages, UIDVALIDITY "}},
		{h.Config, trial{"check --config %s", 0, "channel site-chat: kind chat, settings ok\n"}},
		{h.Config, trial{"check --offline --config %s", 0, "channel mail: kind imap, settings ok\n"}},
		{wrong, trial{"check --config %s", 1, "sign-in refused"}},
		{wrong, trial{"check --channel site-chat --config %s", 0, "site-chat"}},
		{lost, trial{"check --config %s", 1, `folder "Nowhere"`}},
		{away, trial{"check --config %s", 3, "connect to 127.0.0.1:1"}},
		{away, trial{"check --offline --config %s", 0, "settings ok"}},
		{twice, trial{"check --config %s", 1, "is polled by channel mail already"}},
		{twice, trial{"check --offline --channel site-chat --config %s", 1, "is polled by channel mail already"}},
		{twice, trial{"serve --config %s", 1, "is polled by channel mail already"}},
	} {
		c.run(t, c.config)
	}
}
