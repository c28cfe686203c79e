package imap

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels/channeltest"
)

// TestMain lets the test program read mails apart, as the real one does.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == ChildCommand {
		if err := ParseChild(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
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
