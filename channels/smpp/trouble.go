package smpp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// explained is an error that says first what whoever runs the channel can do
// about it. Its marks are those of the error.
type explained struct {
	advice string
	error
}

func (e explained) Error() string { return e.advice + ": " + e.error.Error() }

func (e explained) Unwrap() error { return e.error }

// explain puts advice before an error of which the reason can be told.
func (c *config) explain(err error) error {
	if err == nil || errors.As(err, new(explained)) {
		return err
	}
	advice := c.ofCentre(err)
	if advice == "" {
		advice = c.ofNetwork(err)
	}
	if advice == "" {
		return err
	}
	return explained{advice, err}
}

// ofCentre advises about what the centre says.
func (c *config) ofCentre(err error) string {
	var r refused
	if !errors.As(err, &r) {
		return ""
	}
	switch r.status {
	case invalidPassword:
		return "the centre refuses the password: check password"
	case invalidSystemID:
		return fmt.Sprintf("the centre does not know %s: check system_id", c.SystemID)
	case invalidSystemType:
		return "the centre refuses system_type: ask the provider which one it wants"
	case bindFailed:
		return fmt.Sprintf("the centre refuses the account: ask the provider whether it may bind as %s from this machine's address, and check system_id and password", c.Bind)
	case alreadyBound, invalidBindStatus:
		return "the account is bound already, as often as it may be: another program uses it, or the centre has not yet noticed that the last session ended; check binds"
	case throttled:
		return "the centre wants to be asked less: wait"
	case invalidCommandID:
		return fmt.Sprintf("the centre does not know bind: %s: set the other one", c.Bind)
	}
	return "the centre is busy or under repair: wait, or ask the provider"
}

// ofNetwork advises where no centre was reached, or it fell silent.
func (c *config) ofNetwork(err error) string {
	var name *net.DNSError
	var refusal syscall.Errno
	switch {
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return "the centre's certificate is not to be believed: name its authority in ca_file if it is the provider's own, and the host in addresses as the certificate has it"
	case errors.As(err, new(tls.RecordHeaderError)):
		return "the centre speaks no TLS on this port: check addresses and tls"
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("no name server knows the host %s: check addresses", name.Name)
	case errors.As(err, &refusal) && refusal == syscall.ECONNREFUSED:
		return "nothing listens there: check addresses, or ask the provider"
	case errors.As(err, &refusal) && (refusal == syscall.ENETUNREACH || refusal == syscall.EHOSTUNREACH):
		return "this machine has no way to the centre: check its network, or the private line"
	case errors.Is(err, errUnbound):
		return "the centre ended the session, as it does for repairs: nothing is to be done but wait"
	case errors.Is(err, errSilent), errors.Is(err, os.ErrDeadlineExceeded):
		return "the centre fell silent: a router between may forget connections, or the port is one for TLS"
	case errors.Is(err, errFraming):
		return "what answers there speaks no SMPP 3.4, or TLS: check addresses and tls"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the centre hung up; where it always does, it does not let this machine's address in, or tls is not set as this port wants it"
	}
	return ""
}
