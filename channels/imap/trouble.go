package imap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
)

// explained is an error that says first what whoever runs the channel can do
// about it. Its marks are those of the error.
type explained struct {
	advice string
	error
}

func (e explained) Error() string { return e.advice + ": " + e.error.Error() }

func (e explained) Unwrap() error { return e.error }

// explain puts advice before an error that has none yet and of which the
// reason can be told. folder is the one that was asked for, "": none.
func (c *config) explain(err error, folder string) error {
	if err == nil || errors.As(err, new(explained)) {
		return err
	}
	advice := c.ofNetwork(err)
	if advice == "" {
		advice = c.ofTLS(err)
	}
	if advice == "" {
		advice = c.ofServer(err, folder)
	}
	if advice == "" {
		return err
	}
	return explained{advice, err}
}

// ofNetwork advises where no server was reached, or it fell silent.
func (c *config) ofNetwork(err error) string {
	var name *net.DNSError
	var refused syscall.Errno
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("no name server knows the host %s: check host", name.Name)
	case errors.As(err, &name):
		return fmt.Sprintf("the name servers of this machine do not answer for %s: check them, not the channel", name.Name)
	case errors.As(err, &refused) && refused == syscall.ECONNREFUSED:
		return fmt.Sprintf("nothing listens on port %d there: check host and port (993 with tls: tls, 143 with tls: starttls), or start the server", c.Port)
	case errors.As(err, &refused) && (refused == syscall.ENETUNREACH || refused == syscall.EHOSTUNREACH):
		return "this machine has no way to the server: check its network"
	case errors.Is(err, errUnanswered):
		return fmt.Sprintf("the server does not answer: check host and port, a firewall between, and that port %d is one for tls: %s", c.Port, c.TLS)
	case errors.Is(err, errNoIMAP):
		return fmt.Sprintf("what answers on port %d is no IMAP server, or not with tls: %s: check host, port and tls", c.Port, c.TLS)
	case errors.Is(err, errTooMuch):
		return "the server sends more than is asked of it: ask its administrator"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "the server fell silent while it owed an answer: a router between may forget connections, or it is overloaded"
	}
	return ""
}

// ofTLS advises where the server could not be proven to be the one meant.
func (c *config) ofTLS(err error) string {
	var expired x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var other x509.HostnameError
	var noTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return "the server's certificate has expired or is not yet valid: its administrator must renew it, or this machine's clock is wrong"
	case errors.As(err, &unknown):
		return "the server's certificate is of an authority that is not trusted here: if it is your own, name its certificate in ca_file"
	case errors.As(err, &other):
		return fmt.Sprintf("the server's certificate is not for %s: set host to a name that it has", c.Host)
	case errors.As(err, &noTLS):
		return fmt.Sprintf("the server speaks no TLS on port %d: use port 993, or tls: starttls with port 143", c.Port)
	case errors.Is(err, errNoStartTLS):
		return "the server offers no STARTTLS: use tls: tls with port 993"
	}
	return ""
}

// ofServer advises about a server's own words (RFC 5530).
func (c *config) ofServer(err error, folder string) string {
	r := spoken(err)
	switch {
	case errors.Is(err, errNoValidity):
		return fmt.Sprintf("the folder %q cannot be polled: ask the server's administrator for UIDVALIDITY", folder)
	case errors.Is(err, errNoPassword):
		return "the server takes no password on this connection: use tls: tls, or another way to sign in"
	case r == nil || channels.ReauthNeeded(err) && c.OAuth2.Given():
		return ""
	case channels.ReauthNeeded(err):
		return "the server refuses user name or password: check both; where it wants a second factor, make a password for this program there"
	case r.Code == imap.ResponseCodePrivacyRequired:
		return "the server wants an encrypted connection: use tls: tls or starttls"
	case r.Code == imap.ResponseCodeContactAdmin:
		return "only the server's administrator can help"
	case r.Code == imap.ResponseCodeNoPerm && folder != "":
		return fmt.Sprintf("%s may not read the folder %q: give it the rights l and r there", c.Username, folder)
	case r.Code == imap.ResponseCodeNoPerm:
		return fmt.Sprintf("%s is not allowed to: ask the server's administrator", c.Username)
	case r.Code == imap.ResponseCodeOverQuota:
		return "the mailbox is full: make room in it"
	case tooMuch(r):
		return "the server wants to be asked less: wait, close other programs' connections to the mailbox, or set max_connections"
	case passing(r) || busy(r.Text):
		return "the server is busy or under repair: nothing is to be done but wait"
	case folder != "" && (r.Code == imap.ResponseCodeNonExistent || missing(r.Text)):
		return fmt.Sprintf("there is no folder %q: correct folders, or make it", folder)
	}
	return ""
}

// spoken is what the server says in err, be it NO, BAD or BYE; nil: nothing.
func spoken(err error) *imap.Error {
	var e *imap.Error
	errors.As(err, &e)
	return e
}

// throttle marks what says to ask less.
func throttle(err error) error {
	if r := spoken(err); r != nil && tooMuch(r) {
		return channels.Throttled(err)
	}
	return err
}

// tooMuch reports whether a refusal says that too much is asked.
func tooMuch(r *imap.Error) bool {
	return r.Code == imap.ResponseCodeLimit || says(r.Text, "too many", "bandwidth", "rate limit", "limit exceeded", "throttl")
}

// missing reads how servers without NONEXISTENT say that a folder is not there.
func missing(text string) bool {
	return says(text, "doesn't exist", "does not exist", "not exist", "no such mailbox", "no such folder", "unknown mailbox", "not found", "nonexistent")
}

// says reports whether the text has one of the phrases in it, whatever its case.
func says(text string, phrases ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(text, p) })
}
