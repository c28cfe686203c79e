package safehttp

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"
)

// Answer is a document on its way. It is read once, by one goroutine, and
// closed.
type Answer struct {
	Header http.Header
	body   io.ReadCloser
	watch  *watch
	left   int64 // of the limit; negative: any number
}

func newAnswer(got *http.Response, w *watch, limit int64) (*Answer, error) {
	a := &Answer{Header: got.Header, body: got.Body, watch: w, left: limit}
	if limit == 0 {
		a.left = -1
	}
	var refused *Fault
	if encoding := got.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		refused = fault(Server, nil)
	} else if limit > 0 && got.ContentLength > limit {
		refused = fault(TooLarge, nil)
	}
	if refused != nil {
		_ = a.body.Close()
		return nil, refused
	}
	return a, nil
}

// ContentType is the media type in lower case, without parameters; "" if the
// server names none.
func (a *Answer) ContentType() string {
	t, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// Read is io.Reader's. Its errors are Faults: what ends early is Network, what
// has more octets than wanted TooLarge.
func (a *Answer) Read(p []byte) (int, error) {
	if a.left == 0 { // is there more?
		var one [1]byte
		if n, err := a.read(one[:]); n == 0 {
			return 0, err
		}
		return 0, fault(TooLarge, nil)
	}
	if a.left > 0 && int64(len(p)) > a.left {
		p = p[:a.left]
	}
	n, err := a.read(p)
	if a.left > 0 {
		a.left -= int64(n)
	}
	return n, err
}

func (a *Answer) read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	a.watch.heard()
	if err != nil && err != io.EOF {
		err = a.watch.named(err)
	}
	return n, err
}

// Close ends the answer, read or not.
func (a *Answer) Close() error {
	defer a.watch.stop()
	return a.body.Close()
}

// watch ends a request that takes too long, as a whole or between two reads.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	stall  time.Duration
	whole  *time.Timer
	silent *time.Timer
}

func newWatch(ctx context.Context, whole, stall time.Duration) *watch {
	w := &watch{stall: stall}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	late := func() { w.cancel(context.DeadlineExceeded) }
	w.whole, w.silent = time.AfterFunc(whole, late), time.AfterFunc(stall, late)
	return w
}

// heard says that something came.
func (w *watch) heard() { w.silent.Reset(w.stall) }

func (w *watch) stop() {
	w.whole.Stop()
	w.silent.Stop()
	w.cancel(nil)
}

// named gives an error its code: the watch's own end is a time-out.
func (w *watch) named(err error) error {
	if cause := context.Cause(w.ctx); cause == context.DeadlineExceeded {
		err = cause
	}
	return faultOf(err)
}
