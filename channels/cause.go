package channels

import (
	"errors"
	"fmt"
)

// Cause says why a request was refused, so that whoever set the channel up
// knows what to mend.
type Cause string

// The causes of refusals.
const (
	CauseUnsigned Cause = "no signature" // the provider does not sign, or somebody else called
	CauseSecret   Cause = "secret"       // no secret of the channel makes this signature
	CauseURL      Cause = "url differs"  // the signature is right for another URL than the channel's
	CauseClock    Cause = "clock"        // signed at another time: recorded, or one of the clocks is wrong
	CauseBody     Cause = "body differs" // the body is not the one whose hash is signed
	CauseOther    Cause = "other"
)

// ErrProbe is what Verify says of a request by which its provider sees, without
// proof, whether somebody is there: it is answered 200, and neither read nor
// counted.
var ErrProbe = errors.New("a probe")

// Refusal is an error of Verify: why, and how its provider wants to hear it.
type Refusal struct {
	Cause     Cause
	Status    int    // 0: what the kind's Facts say
	Challenge string // WWW-Authenticate, which a 401 for credentials has (RFC 9110 §11.6.1); "": none
	URL       string // that was verified, where the signature covers it
	Err       error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

// Because is a Refusal for the cause.
func (c Cause) Because(format string, args ...any) error {
	return &Refusal{Cause: c, Err: fmt.Errorf(format, args...)}
}

// CauseOf is why err refused a request.
func CauseOf(err error) Cause {
	var r *Refusal
	if errors.As(err, &r) && r.Cause != "" {
		return r.Cause
	}
	return CauseOther
}
