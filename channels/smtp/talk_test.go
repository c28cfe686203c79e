package smtp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/smtp"
)

const settings = "listen: 127.0.0.1:0\nhostname: mx.example.org\n" +
	"recipients: {support@example.org: \"\", sales@example.org: sales}\n"

// listen opens a channel with more settings, one a line.
func listen(t *testing.T, more ...string) *channeltest.Post {
	t.Helper()
	return channeltest.Listen(t, smtp.Kind, settings+strings.Join(more, "\n"))
}

// a client of a test, in lock-step.
type client struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

// dial connects a client that has read the greeting.
func dial(t *testing.T, p *channeltest.Post) *client {
	t.Helper()
	c := on(t, p.Dial())
	c.want("220 ")
	return c
}

func on(t *testing.T, c net.Conn) *client { return &client{t, c, bufio.NewReader(c)} }

// hears is the next answer whole; "" at the end of the connection.
func (c *client) hears() string {
	c.t.Helper()
	var all strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		all.WriteString(line)
		if err != nil || len(line) > 3 && line[3] == ' ' {
			return all.String()
		}
	}
}

func (c *client) want(prefix string) string {
	c.t.Helper()
	got := c.hears()
	if !strings.HasPrefix(got, prefix) || prefix == "" && got != "" {
		c.t.Fatalf("it answers %q, want %q", got, prefix)
	}
	return got
}

// says sends lines, as they are but for their ends, and wants an answer.
func (c *client) says(line, want string) string {
	c.t.Helper()
	c.sends(line + "\r\n")
	return c.want(want)
}

func (c *client) sends(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// opens begins a mail to some recipients and goes on to its data.
func (c *client) opens(to ...string) *client {
	c.t.Helper()
	c.says("EHLO client.example.com", "250")
	c.says("MAIL FROM:<ann@example.com>", "250")
	for _, to := range to {
		c.says("RCPT TO:<"+to+">", "250")
	}
	c.says("DATA", "354")
	return c
}

// mail is the nth of a set of small mails, with its end.
func mail(n int) string {
	return fmt.Sprintf("Message-ID: <m%d@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n"+
		"From: Ann <ann%d@example.com>\r\nSubject: Question %d\r\n\r\nText %d.\r\n.", n, n, n, n)
}
