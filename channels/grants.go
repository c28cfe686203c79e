package channels

import (
	"context"
	"time"

	"gatehouse/ingest"
)

// Grants keeps what the owners of mailboxes granted. A refresh token is taken
// by one process at a time, for one exchange with its provider.
type Grants interface {
	// TakeGrant takes a channel's token for ttl at most. ErrFenced: another
	// process has it now; ErrNotFound: there is none.
	TakeGrant(ctx context.Context, channel string, ttl time.Duration) (ingest.Grant, error)
	// RenewGrant stores the successor of the token that was taken. ErrConflict:
	// another took its place meanwhile, and stands.
	RenewGrant(ctx context.Context, channel string, g ingest.Grant) error
	// ReturnGrant gives back a token that has no successor; ErrConflict as above.
	ReturnGrant(ctx context.Context, channel string, g ingest.Grant, how ingest.GrantEnd) error
	// SeedGrant begins a grant with a token of the configuration, unless that
	// began it before.
	SeedGrant(ctx context.Context, channel string, token ingest.Secret) error
	// GrantVersion changes with each token; 0: there is none.
	GrantVersion(ctx context.Context, channel string) (int64, error)
}

// Consenter asks the owner of a channel's source for access. What it returns is
// the refresh token, which the source was tried with. An error that is
// ingest.Temporary may pass; any other is for the owner to read.
type Consenter interface {
	// Whose says in words what access is asked to.
	Whose() string
	// AuthURL is the provider's page where the owner consents. It leads back to
	// redirect with state and a code (RFC 6749 §4.1.1, RFC 7636).
	AuthURL(state, verifier ingest.Secret, redirect string) string
	// Redeem exchanges that code.
	Redeem(ctx context.Context, code, verifier ingest.Secret, redirect string) (ingest.Secret, error)
	// ByDevice reports whether the provider lets the owner consent on a device
	// of their own (RFC 8628).
	ByDevice() bool
	// AwaitDevice shows where to go with which code, and returns when the owner
	// has consented there, has declined, or the code has expired.
	AwaitDevice(ctx context.Context, show func(address, code string)) (ingest.Secret, error)
}

// Renewable is a Poller whose credentials somebody may replace while it waits
// after they were refused.
type Renewable interface {
	// Renewed reports whether they were replaced since.
	Renewed(ctx context.Context) (bool, error)
}

// renewedEvery is how often a poller whose credentials were refused is asked
// whether they were replaced.
const renewedEvery = 2 * time.Second

// rest waits for d after an error, or until credentials that were refused are
// replaced, which it reports.
func (r *Runner) rest(ctx context.Context, d time.Duration, err error) (renewed bool) {
	p, ok := r.Poller.(Renewable)
	if !ok || !ReauthNeeded(err) {
		sleep(ctx, d)
		return false
	}
	until := time.Now().Add(d)
	for left := d; left > 0 && sleep(ctx, min(left, renewedEvery)); left = time.Until(until) {
		yes, err := p.Renewed(ctx)
		if err != nil {
			r.Log.Debug("nobody knows whether credentials were replaced", "channel", r.Channel, "err", err)
		}
		if yes {
			return true
		}
	}
	return false
}
