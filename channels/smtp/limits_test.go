package smtp_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/smtp"
	"gatehouse/ingest"
)

func TestStrangersAreTurnedAway(t *testing.T) {
	for networks, want := range map[string]string{
		"[192.0.2.0/24, '2001:db8::/32']": "554 5.7.1", "[]": "554 5.7.1", "[127.0.0.1/32]": "220 ", "['::/0', 0.0.0.0/0]": "220 ",
	} {
		p := listen(t, "allow_from: "+networks)
		c := on(t, p.Dial())
		c.want(want)
		if want != "220 " {
			c.want("")
		}
	}
}

func TestTooManyConnections(t *testing.T) {
	for _, limit := range []string{"max_connections: 2", "max_per_client: 2"} {
		p := listen(t, limit)
		dial(t, p)
		second := dial(t, p)
		third := on(t, p.Dial())
		third.want("421 4.3.2")
		third.want("")
		second.says("QUIT", "221")
		second.want("") // its place is free when the server has closed
		again := dial(t, p)
		again.opens("support@example.org").says(mail(1), "250")
	}
}

func TestTooLarge(t *testing.T) {
	p := listen(t, "max_message_bytes: 65536")
	c := dial(t, p)
	if hello := c.says("EHLO client.example.com", "250"); !strings.Contains(hello, "SIZE 65536\r\n") {
		t.Errorf("it says %q", hello)
	}
	c.says("MAIL FROM:<ann@example.com> SIZE=65537", "552 5.3.4")
	c.opens("support@example.org").says(mail(1)[:20]+strings.Repeat("Large.\r\n", 10000)+".", "552 5.3.4")
	c.opens("support@example.org").says(mail(2), "250")
	if n := len(p.Store.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// A mail that is too large is held where the settings say so, known by all that
// came though only its header is kept.
func TestTooLargeIsHeld(t *testing.T) {
	p := listen(t, "max_message_bytes: 65536", "oversized: hold")
	large := strings.Replace(mail(1), "\r\n\r\n", "\r\n\r\n"+strings.Repeat("Large.\r\n", 50000), 1)
	c := dial(t, p)
	c.says("EHLO client.example.com", "250")
	c.says("MAIL FROM:<ann@example.com> SIZE=400000", "250")
	for _, text := range []string{large, large, strings.Replace(large, "Text 1", "Text 2", 1)} {
		c.opens("support@example.org").says(text, "250")
	}
	stored := p.Store.Messages()
	if len(stored) != 2 {
		t.Fatalf("%d messages, want 2", len(stored))
	}
	for _, s := range stored {
		m := s.Arrival.Message
		if !strings.HasSuffix(string(s.Arrival.Raw), "Subject: Question 1\r\n\r\n") || m.Subject != "Question 1" || len(m.Defects) == 0 ||
			m.Defects[len(m.Defects)-1].Code != "limit_size" || !strings.HasPrefix(m.Text, "This mail is too large") {
			t.Errorf("%q, %+v", s.Arrival.Raw, m)
		}
	}
}

func TestLongLines(t *testing.T) {
	p := listen(t)
	c := dial(t, p).opens("support@example.org")
	c.says("From: ann@example.com\r\n\r\n"+strings.Repeat("x", 60000)+"\r\n.", "250")
	c.opens("support@example.org").says("From: ann@example.com\r\n\r\n"+strings.Repeat("x", 70000)+"\r\n.", "554 5.6.0")
	c = dial(t, p)
	c.sends("NOOP " + strings.Repeat("x", 70000))
	c.want("500 ")
	if n := len(p.Store.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// A mail that breaks off is none, nor where the library takes the end of the
// connection for that of the last chunk.
func TestCutOff(t *testing.T) {
	for name, text := range map[string]string{
		"in its data":       "DATA\r\nFrom: ann@example.com\r\n\r\nHalf a",
		"before the end":    "DATA\r\nFrom: ann@example.com\r\n\r\nWhole.\r\n.\r",
		"in the last chunk": "BDAT 100 LAST\r\nFrom: ann@example.com\r\n\r\nHalf a",
		"between chunks":    "BDAT 5\r\nFrom:BDAT 10 LAST\r\n",
		"in a chunk":        "BDAT 100\r\nFrom: ann@example.com",
		"before the last":   "BDAT 5\r\nFrom:",
		"by a reset":        "BDAT 5\r\nFrom:RSET\r\n",
	} {
		p := listen(t)
		c := dial(t, p)
		c.says("EHLO client.example.com", "250")
		c.says("MAIL FROM:<ann@example.com>", "250")
		c.says("RCPT TO:<support@example.org>", "250")
		c.sends(text)
		if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		for c.hears() != "" {
		}
		p.Stop()
		if n := len(p.Store.Messages()); n != 0 {
			t.Errorf("%s: %d messages", name, n)
		}
	}
}

func TestSilence(t *testing.T) {
	p := listen(t, "timeout: 1s")
	dial(t, p).want("421 4.4.2")
	c := dial(t, p).opens("support@example.org")
	c.sends("From: ann@example.com\r\n")
	c.want("") // no word: the library's would be that of a permanent failure
	if n := len(p.Store.Messages()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// A mail that there is no memory for is asked for again, and others go on.
func TestMemory(t *testing.T) {
	hold, begun := make(chan struct{}), make(chan struct{})
	begin, release := sync.OnceFunc(func() { close(begun) }), sync.OnceFunc(func() { close(hold) })
	s := channeltest.NewStore()
	p := channeltest.ListenOn(t, smtp.Kind, settings, s, 512<<10)
	t.Cleanup(release)
	large := func(n int) string {
		return strings.Replace(mail(n), "\r\n\r\n", "\r\n\r\n"+strings.Repeat("Large.\r\n", 50000), 1)
	}
	s.Before(func(ingest.Batch) { begin(); <-hold })
	one := dial(t, p).opens("support@example.org")
	one.sends(large(1) + "\r\n") // takes all memory until it is stored
	<-begun
	two := dial(t, p).opens("support@example.org")
	two.says(large(2), "452 4.3.1")
	three := dial(t, p).opens("support@example.org")
	three.sends(mail(3) + "\r\n")
	release()
	one.want("250")
	three.want("250")
	two.opens("support@example.org").says(large(2), "250")
	if n := len(s.Messages()); n != 3 {
		t.Errorf("%d messages", n)
	}
}

// At the end a mail on its way is taken, and who only waits is told to come again.
func TestShutdown(t *testing.T) {
	p := listen(t)
	hold, begun := make(chan struct{}), make(chan struct{})
	p.Store.Before(func(ingest.Batch) { close(begun); <-hold })
	idle, sending, late := dial(t, p), dial(t, p).opens("support@example.org"), dial(t, p)
	late.says("EHLO client.example.com", "250")
	sending.sends(mail(1) + "\r\n")
	<-begun
	stopped := make(chan struct{})
	go func() { p.Stop(); close(stopped) }()
	idle.want("421 4.")
	late.want("421 4.")
	if c, err := net.Dial("tcp", p.At.String()); err == nil {
		_ = c.Close()
		t.Error("it still listens")
	}
	close(hold)
	sending.want("250 2.0.0 Stored")
	sending.want("421 4.")
	<-stopped
	if n := len(p.Store.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// The answer gets lost with the connection: the same mail again is no second one.
func TestAnswerLost(t *testing.T) {
	s := channeltest.NewStore()
	p := channeltest.ListenOn(t, smtp.Kind, settings, s, 64<<20)
	c := dial(t, p).opens("support@example.org", "sales@example.org")
	s.Before(func(ingest.Batch) { _ = c.Close() })
	c.sends(mail(1) + "\r\n")
	p.Stop()
	s.Before(nil)
	if n := len(s.Messages()); n != 2 {
		t.Fatalf("%d messages, want one a channel", n)
	}
	p = channeltest.ListenOn(t, smtp.Kind, settings, s, 64<<20)
	dial(t, p).opens("sales@example.org").says(mail(1), "250")
	dial(t, p).opens("support@example.org", "sales@example.org").says(mail(1), "250")
	s.FailNext(ingest.AsTemporary(errors.New("the database is away")))
	dial(t, p).opens("support@example.org").says(mail(2), "451 4.3.0")
	dial(t, p).opens("support@example.org").says(mail(2), "250")
	if n := len(s.Messages()); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	unix := "listen: unix:" + path + "\nprotocol: lmtp\nrecipients: {support@example.org: \"\"}\n"
	left, err := net.Listen("unix", path) // as a killed program leaves it
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = left.Close()
	p := channeltest.Listen(t, smtp.Kind, unix)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("%v, %v", info, err)
	}
	c := dial(t, p)
	c.says("LHLO client.example.com", "250")
	c.says("MAIL FROM:<>", "250")
	c.says("RCPT TO:<support@example.org>", "250")
	c.says("DATA", "354")
	c.says(mail(1), "250 2.0.0 <support@example.org> Stored")
	second, err := smtp.Kind.Listener(channeltest.Settings([]byte(unix)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Serve(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "somebody listens there") {
		t.Errorf("a second one: %v", err)
	}
	p.Stop()
	if err := os.WriteFile(path, []byte("a file of somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := second.Serve(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("where there is a file: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file: %v", err)
	}
}
