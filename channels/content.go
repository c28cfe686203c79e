package channels

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// contentTime is how long what a request does not carry itself is waited for, if
// nothing bounds the request.
const contentTime = 7 * time.Second

// within is a part of the time that is left of a request's: there must be some for
// the commit, before the provider waits no longer.
func (r Request) within() (context.Context, context.CancelFunc) {
	left := contentTime
	if end, bounded := r.Context().Deadline(); bounded {
		left = time.Until(end) * 2 / 3
	}
	return context.WithTimeout(r.Context(), left)
}

// Fetch reads with client what the request names and does not carry, so that it
// is stored together with the request: of at most ask.Limit octets, within the
// time that the provider waits and the memory of this request. A want of memory
// is ingest.Temporary; any other failure is a *safehttp.Fault, of which a Denied
// says that the channel's credentials are wrong.
func (r Request) Fetch(client MediaClient, ask safehttp.Ask) ([]byte, error) {
	if client == nil {
		return nil, &safehttp.Fault{Code: safehttp.Address, Err: errors.New("nobody can ask")} // nor later, by this client
	}
	ctx, cancel := r.within()
	defer cancel()
	answer, err := client.Get(ctx, ask)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	return r.readWhole(ctx, answer)
}

// readWhole takes memory as octets come, besides that of the body.
func (r Request) readWhole(ctx context.Context, from io.Reader) ([]byte, error) {
	buf := make([]byte, 0, firstBuffer)
	for {
		if len(buf) == cap(buf) {
			size := 2 * cap(buf)
			if err := r.hold(ctx, int64(size+len(r.Raw))); err != nil {
				return nil, err
			}
			buf = slices.Grow(buf, size-len(buf))
		}
		n, err := from.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (r Request) hold(ctx context.Context, n int64) error {
	if r.grow == nil || n <= freeBuffer {
		return nil
	}
	return r.grow(ctx, n)
}

// contentPatience is for how long a provider is asked to send again what it does
// not carry, counted from when it first could: few try for long, and what is
// known is better stored than lost.
const contentPatience = 30 * time.Second

// Lacking decides of a failure to fetch what belongs to a request that the
// provider first sent at since: a temporary error means that it shall send the
// request again, nil that what is known is to be stored without the rest.
func (h Host) Lacking(since time.Time, err error) error {
	var fault *safehttp.Fault
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &fault):
		return err
	case fault.Temporary() && h.Now().Sub(since) < contentPatience:
		return ingest.AsTemporary(err)
	}
	if h.Log != nil {
		h.Log.Warn("stored without its content, which is fetched later", "channel", h.Channel, "why", fault.Code, "status", fault.Status)
	}
	return nil
}
