package imap

import (
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels/channeltest"
)

// children are what the test program does instead of testing when its first
// argument says so.
var children = map[string]func() error{
	ChildCommand:    func() error { return ParseChild(os.Stdin, os.Stdout) },
	"child-dies":    func() error { _, _ = io.Copy(io.Discard, os.Stdin); os.Exit(3); return nil },
	"child-hangs":   func() error { select {} },
	"child-babbles": func() error { _, err := fmt.Println("not an answer"); return err },
	"child-eats": func() error {
		if err := limitProcess(256 << 20); err != nil {
			return nil // no limit: the test must fail
		}
		b := make([]byte, 1<<30)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		_, err := fmt.Println("{}")
		return err
	},
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && children[os.Args[1]] != nil {
		if err := children[os.Args[1]](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(stopping{m})
}

// stops ends what the tests share.
var stops []func() error

// stopping is the tests, and then the stops.
type stopping struct{ m *testing.M }

func (s stopping) Run() int {
	code := s.m.Run()
	for _, stop := range stops {
		if err := stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

func TestAdapter(t *testing.T) { channeltest.Run(t, Kind, "../imap") }

// mail is the nth of a set of small mails.
func mail(n int) string {
	return fmt.Sprintf("Message-ID: <m%d@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:%02d +0000\r\n"+
		"From: Customer %d <c%d@example.com>\r\nTo: support@example.org\r\nSubject: Question %d\r\n\r\nText of mail %d.\r\n",
		n, n%60, n, n%7, n, n)
}

// received is when the servers of the tests got the nth mail.
func received(n int) time.Time {
	return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}
