package mailapi

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/mime"
)

// Options are the settings of a channel, whatever its API.
type Options struct {
	Kind            string // the adapter's
	Mailbox         string
	Folders         []string
	Start           string // new, all or a date
	Touch           bool   // something is done to mail once it is stored
	MaxMessageBytes int64
	PollEvery       time.Duration
	Timeout         time.Duration // of silence
	Senders         mime.Senders
}

// The defaults of what all APIs share.
const (
	MaxMessageBytes = 50 << 20
	PollEvery       = 30 * time.Second
	Timeout         = time.Minute
)

const (
	startNew = "new"
	startAll = "all"
)

// Complete says everything that is wrong at once.
func (o *Options) Complete() error {
	return errors.Join(o.checkMailbox(), o.checkFolders(), o.checkStart(), o.checkLimits())
}

func (o *Options) checkMailbox() error {
	if o.Mailbox == "" {
		return errors.New("mailbox is missing")
	}
	if strings.ContainsAny(o.Mailbox, "/?#% \t\r\n\x00") {
		return fmt.Errorf("mailbox %q: want an address", o.Mailbox)
	}
	return nil
}

func (o *Options) checkFolders() error {
	if len(o.Folders) == 0 {
		return errors.New("nothing of the mailbox is named that is polled")
	}
	for i, f := range o.Folders {
		switch {
		case f == "":
			return errors.New("a folder or label is empty")
		case slices.Contains(o.Folders[:i], f):
			return fmt.Errorf("%q stands there twice", f)
		}
	}
	return nil
}

func (o *Options) checkStart() error {
	if o.Start == startNew || o.Start == startAll {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, o.Start); err != nil {
		return fmt.Errorf("start %q: want new, all or a date as 2026-01-31", o.Start)
	}
	return nil
}

func (o *Options) checkLimits() error {
	var errs []error
	if o.MaxMessageBytes < 1<<10 || o.MaxMessageBytes > 1<<30 {
		errs = append(errs, fmt.Errorf("max_message_bytes %d: want 1024 to %d", o.MaxMessageBytes, 1<<30))
	}
	for name, d := range map[string]time.Duration{"poll_every": o.PollEvery, "timeout": o.Timeout} {
		if d < time.Second || d > time.Hour {
			errs = append(errs, fmt.Errorf("%s %v: want 1s to 1h", name, d))
		}
	}
	return errors.Join(errs...)
}

// wanted is the moment from which on mail is taken that may have lain there
// before; zero: from the first. APIs count whole seconds.
func (o *Options) wanted(connected time.Time) time.Time {
	if o.Start == startNew {
		return connected.Truncate(time.Second)
	}
	since, err := time.Parse(time.DateOnly, o.Start)
	if err != nil {
		return time.Time{} // it says all
	}
	return since
}

// historic reports whether mail is older than the channel, and taken as history.
func (o *Options) historic(at, connected time.Time) bool {
	return o.Start != startNew && !at.IsZero() && at.Before(connected.Truncate(time.Second))
}

// Base reads the setting of an API's address: https, or this machine's own.
func Base(setting, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, fmt.Errorf("%s %q: want https://host", setting, address)
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// SendersOf is how a channel tells who sent its mail.
func SendersOf(authServID string, checkDKIM bool, forms, gateways mime.Addresses, host channels.Host) mime.Senders {
	s := mime.Senders{AuthServID: authServID, Forms: forms, Gateways: gateways, Marks: host.Marks}
	if checkDKIM {
		s.Keys = mime.NewKeys(host.LookupTXT, host.Now)
	}
	return s
}
