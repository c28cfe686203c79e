package safehttp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// Code says in a word why something was not fetched. It is fit for the
// database and the log: no address and no content is in it.
type Code string

// What goes wrong.
const (
	Address   Code = "address"   // the URL, or where it leads, is none that may be asked
	Redirects Code = "redirects" // too many of them, or from https to http
	Denied    Code = "denied"    // 401 or 403
	NotFound  Code = "not_found" // 404 or 410
	Rejected  Code = "rejected"  // another answer 4xx
	Server    Code = "server"    // an answer 5xx, or one that makes no sense
	Busy      Code = "busy"      // 408, 425 or 429
	TooLarge  Code = "too_large" // more octets than wanted
	Type      Code = "type"      // of a type that is not wanted
	Timeout   Code = "timeout"   // no answer, or none to its end, in time
	Network   Code = "network"   // no connection, or one that broke
	TLS       Code = "tls"       // no certificate that is trusted
)

// Fault is why something was not fetched. Its text names no URL: secrets may be
// in one.
type Fault struct {
	Code   Code
	Status int           // of the answer, 0: none
	After  time.Duration // for how long the server asks to be left alone, 0: it does not say
	Err    error         // what lies beneath; nil: nothing more to say. It may name hosts.
}

func (f *Fault) Error() string {
	if f.Status != 0 {
		return fmt.Sprintf("fetch: %s, answer %d", f.Code, f.Status)
	}
	return "fetch: " + string(f.Code)
}

func (f *Fault) Unwrap() error { return f.Err }

// Temporary reports whether another try may help. A denial is not final: a new
// secret mends it.
func (f *Fault) Temporary() bool {
	switch f.Code {
	case NotFound, Rejected, TooLarge, Type, Redirects, Address:
		return false
	}
	return true
}

func fault(code Code, err error) *Fault { return &Fault{Code: code, Err: err} }

// faultOf names an error of the network. One that is a Fault already stays.
func faultOf(err error) error {
	var f *Fault
	var untrusted *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f // without what is around it, which names addresses
	case errors.As(err, &untrusted), errors.As(err, &record), errors.As(err, &alert):
		return fault(TLS, err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return fault(Timeout, err)
	}
	return fault(Network, err)
}

// faultOfStatus is that of an answer which is not 200.
func faultOfStatus(w *http.Response) *Fault {
	f := &Fault{Code: Server, Status: w.StatusCode, After: retryAfter(w.Header)}
	switch s := w.StatusCode; {
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		f.Code = Denied
	case s == http.StatusNotFound, s == http.StatusGone:
		f.Code = NotFound
	case s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		f.Code = Busy
	case s >= 400 && s < 500:
		f.Code = Rejected
	}
	return f
}

// retryAfter reads Retry-After (RFC 9110 §10.2.3): seconds, or a date, which is
// compared with the server's own. A day at most.
func retryAfter(h http.Header) time.Duration {
	const most = 24 * time.Hour
	said := h.Get("Retry-After")
	if n, err := strconv.Atoi(said); err == nil {
		return min(time.Duration(min(max(n, 0), 1<<20))*time.Second, most)
	}
	at, err := http.ParseTime(said)
	now, other := http.ParseTime(h.Get("Date"))
	if err != nil || other != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), most)
}
