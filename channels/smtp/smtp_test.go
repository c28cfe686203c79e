package smtp_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/smtp"
	"gatehouse/ingest"
)

// What looks like the end of a mail to other systems is content here, and so is
// what follows it.
func TestNothingIsSmuggled(t *testing.T) {
	const second = "MAIL FROM:<eve@example.net>\r\nRCPT TO:<support@example.org>\r\nDATA\r\nFrom: eve@example.net\r\n\r\nSmuggled.\r\n"
	for _, end := range []string{
		"\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\n.\r", "\r.\n", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n", "\r\n..\r\n",
	} {
		p := listen(t)
		c := dial(t, p).opens("support@example.org")
		c.sends("From: ann@example.com\r\n\r\nHello." + end + second)
		c.says(".", "250 2.0.0 Stored")
		c.says("NOOP", "250 2.0.0 I")
		stored := p.Store.Messages()
		if len(stored) != 1 || !strings.Contains(string(stored[0].Arrival.Raw), "Smuggled.") || stored[0].Arrival.Message.From.Value != "ann@example.com" {
			t.Errorf("%q: %d messages", end, len(stored))
		}
	}
}

func TestRawIsAsItWasSent(t *testing.T) {
	p := listen(t)
	const raw = "From: ann@example.com\r\nSubject: \xff\x00\r\n\r\nA bare\nline\rend, \xfe\r\n.dot\r\n"
	dial(t, p).opens("support@example.org").says(strings.ReplaceAll(raw, "\n.", "\n..")+".", "250")
	if got := string(p.Store.Messages()[0].Arrival.Raw); got != raw {
		t.Errorf("%q, want %q", got, raw)
	}
}

// The null return path is said by the envelope alone.
func TestNullReturnPath(t *testing.T) {
	for from, want := range map[string]ingest.Auto{"": ingest.AutoBounce, "ann@example.com": ingest.AutoNone} {
		p := listen(t)
		c := dial(t, p)
		c.says("EHLO client.example.com", "250")
		c.says("MAIL FROM:<"+from+">", "250")
		c.says("RCPT TO:<support@example.org>", "250")
		c.says("DATA", "354")
		c.says("From: Ann <ann@example.com>\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n"+
			"<bob@example.net>: host mx.example.net said: 550 5.1.1 User unknown\r\n.", "250")
		m := p.Store.Messages()[0].Arrival
		if m.Message.Auto != want || m.Message.Technical.Envelope.From != from || strings.Contains(string(m.Raw), "Return-Path") {
			t.Errorf("return path %q: %s", from, m.Message.Auto)
		}
	}
}

// What the server that delivers found out of the sender is believed where the
// settings name it, and the person whom a form names.
func TestSenders(t *testing.T) {
	for more, want := range map[string]string{
		"":                             "form@example.net false",
		"auth_serv_id: mx.example.org": "form@example.net true",
		"auth_serv_id: mx.example.com": "form@example.net false",
		"reply_to_is_sender: true":     "ann@example.com false",
		"rewrites_from: [example.com]": "form@example.net false",
		"reply_to_is_sender: [a.com]":  "form@example.net false",
		"rewrites_from: [example.net]": "ann@example.com false",
		"reply_to_is_sender: [form@example.net]\nauth_serv_id: mx.example.org": "form@example.net true",
	} {
		p := listen(t, more)
		dial(t, p).opens("support@example.org").says("Authentication-Results: mx.example.org; dmarc=fail header.from=example.net\r\n"+
			"From: form@example.net\r\nReply-To: ann@example.com\r\nSubject: A form\r\n\r\nHello.\r\n.", "250")
		raw := p.Store.Messages()[0].Arrival.Raw
		again, err := smtp.Kind.Rereader(channeltest.Settings([]byte(settings+more)), channeltest.Settings([]byte("{}")))
		if err != nil {
			t.Fatal(err)
		}
		reread, err := again(raw)
		for _, m := range []ingest.Message{p.Store.Messages()[0].Arrival.Message, reread} {
			if got := fmt.Sprint(m.From.Value, " ", m.Unproven); got != want || err != nil {
				t.Errorf("%q: %s, want %s (%v)", more, got, want, err)
			}
		}
	}
}

func TestPausedAndRetired(t *testing.T) {
	p := listen(t)
	p.State("sales", channels.ErrPaused)
	c := dial(t, p)
	c.says("EHLO client.example.com", "250")
	c.says("MAIL FROM:<ann@example.com>", "250")
	c.says("RCPT TO:<sales@example.org>", "451 4.2.1")
	c.says("RCPT TO:<support@example.org>", "250")
	p.State("sales", channels.ErrRetired)
	c.says("RCPT TO:<sales@example.org>", "550 5.2.1")
	p.State(channeltest.Channel, channels.ErrPaused)
	c.says("DATA", "354")
	c.says(mail(1), "451 4.2.1")
	p.State(channeltest.Channel, nil)
	c.says("RSET", "250")
	c.opens("support@example.org").says(mail(1), "250")
	if n := len(p.Store.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestBans(t *testing.T) {
	ban := func(channel string) func(ingest.Arrival) int64 {
		return func(a ingest.Arrival) int64 {
			if channel == "" || a.Message.Channel == channel {
				return 7
			}
			return 0
		}
	}
	for _, c := range []struct{ settings, channel, answers string }{
		{"", "", "250 2.0.0 Accepted"},
		{"banned: accept", "sales", "250 2.0.0 Stored"},
		{"banned: reject", "", "550 5.7.1"},
		{"banned: reject", "sales", "250 2.0.0 Stored"},
		{"protocol: lmtp\nbanned: reject", "", "550 5.7.1,550 5.7.1"},
		{"protocol: lmtp\nbanned: reject", "sales", "250 2.0.0,550 5.7.1"},
		{"protocol: lmtp", "sales", "250 2.0.0,250 2.0.0"},
	} {
		p := listen(t, c.settings)
		p.Store.Ban(ban(c.channel))
		x := dial(t, p)
		if hello := "EHLO"; strings.Contains(c.settings, "lmtp") {
			x.says("LHLO client.example.com", "250")
		} else {
			x.says(hello+" client.example.com", "250")
		}
		x.says("MAIL FROM:<ann@example.com>", "250")
		x.says("RCPT TO:<support@example.org>", "250")
		x.says("RCPT TO:<sales@example.org>", "250")
		x.says("DATA", "354")
		x.sends(mail(1) + "\r\n")
		for want := range strings.SplitSeq(c.answers, ",") {
			x.want(want)
		}
		refused := 0
		for _, m := range p.Store.Messages() {
			if m.State == ingest.Refused {
				refused++
			}
		}
		if banned := p.Counted("mail_banned"); refused != banned || refused == 0 || len(p.Store.Messages()) != 2 {
			t.Errorf("%s, banned on %q: %d of %d refused, %d counted", c.settings, c.channel, refused, len(p.Store.Messages()), banned)
		}
	}
}

func TestManyClients(t *testing.T) {
	p := listen(t, "max_per_client: 100", "max_connections: 100")
	const clients, each = 40, 25
	var work sync.WaitGroup
	for n := range clients {
		work.Go(func() {
			c, err := gosmtp.Dial(p.At.String())
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for i := range each {
				to := []string{"support@example.org", "sales@example.org"}[:1+i%2]
				text := strings.TrimSuffix(mail(n*each+i), ".")
				if err := c.SendMail("ann@example.com", to, strings.NewReader(text)); err != nil {
					t.Errorf("mail %d of client %d: %v", i, n, err)
				}
			}
		})
	}
	work.Wait()
	seen := map[string]int{}
	for _, m := range p.Store.Messages() {
		seen[m.Arrival.Message.Channel+" "+m.Arrival.Message.Subject]++
	}
	for n := range clients * each {
		if seen[fmt.Sprintf("golden Question %d", n)] != 1 || seen[fmt.Sprintf("sales Question %d", n)] != n%each%2 {
			t.Fatalf("mail %d is not there once for each of its channels", n)
		}
	}
}

// Whatever a client says: no more is stored than what was acknowledged.
func FuzzTalk(f *testing.F) {
	for _, text := range []string{
		"EHLO a\nMAIL FROM:<a@example.com>\nRCPT TO:<support@example.org>\nDATA\nFrom: a@example.com\n\nx\n.\nQUIT\n",
		"EHLO a\nMAIL FROM:<>\nRCPT TO:<sales@example.org>\nBDAT 3\nabcBDAT 2 LAST\nxyQUIT\n",
		"HELO a\nMAIL FROM:<a@example.com> SIZE=1 BODY=8BITMIME SMTPUTF8\nRSET\nSTARTTLS\n\n\n\n\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p := listen(t)
		answers := p.Say(string(text) + "\n.\nQUIT\n")
		acknowledged := strings.Count(answers, "Stored as ")
		if n := len(p.Store.Messages()); n > 2*acknowledged {
			t.Errorf("%d messages, %d acknowledgements", n, acknowledged)
		}
	})
}
