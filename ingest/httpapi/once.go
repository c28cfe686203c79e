package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

type onceStore interface {
	BeginOnce(ctx context.Context, o ingest.Once) (ingest.OnceState, error)
	FinishOnce(ctx context.Context, o ingest.Once, status int, answer []byte) error
	ForgetOnce(ctx context.Context, o ingest.Once) error
}

var onceHeader = &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
	Description: "The same key and body within a day get the same answer and have no second effect; another body gets 422."}

// maxKey bounds an Idempotency-Key, maxBody the body it stands for, in octets.
const (
	maxKey  = 200
	maxBody = 1 << 20
)

// onlyOnce lets a request with an Idempotency-Key take effect once per token,
// method and path, and repeats its answer for a day.
func (a *api) onlyOnce(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header("Idempotency-Key")
	if key == "" {
		next(ctx)
		return
	}
	sent, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), maxBody+1))
	if err != nil || len(sent) > maxBody || len(key) > maxKey {
		a.refuse(ctx, badField("Idempotency-Key", "its key is longer than 200 octets, or its body cannot be read or is longer than 1 MiB"))
		return
	}
	url := ctx.URL()
	o := ingest.Once{Token: who(ctx.Context()).ID, Method: ctx.Method(), Path: url.Path, Key: key, Body: ingest.Sum(url.RawQuery, string(sent))}
	state, err := a.Store.BeginOnce(ctx.Context(), o)
	switch {
	case err != nil:
		a.refuse(ctx, a.problemOf(ctx.Context(), err))
	case state.Fresh:
		a.firstTime(ctx, next, o, sent)
	case state.Other:
		a.refuse(ctx, badField("Idempotency-Key", "was used with another body"))
	case state.Status == 0:
		a.refuse(ctx, conflict("running", "the first request with this Idempotency-Key is still running"))
	default:
		repeat(ctx, state)
	}
}

// firstTime runs the handler and keeps its answer. A request that failed for
// the moment gives its key back.
func (a *api) firstTime(ctx huma.Context, next func(huma.Context), o ingest.Once, sent []byte) {
	r := &recorder{wrapped: ctx, sent: bytes.NewReader(sent)}
	after := context.WithoutCancel(ctx.Context())
	done := false
	defer func() {
		if !done { // the handler panicked
			_ = a.Store.ForgetOnce(after, o)
		}
	}()
	next(r)
	done = true
	finish := func() error { return a.Store.FinishOnce(after, o, r.status, r.answer.Bytes()) }
	if r.status >= http.StatusInternalServerError {
		finish = func() error { return a.Store.ForgetOnce(after, o) }
	}
	if err := finish(); err != nil {
		a.logFailure(after, err)
	}
}

func repeat(ctx huma.Context, state ingest.OnceState) {
	_, w := unwrap(ctx)
	kind := "application/json"
	if state.Status >= http.StatusBadRequest {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(state.Status)
	_, _ = w.Write(state.Answer)
}

type wrapped = huma.Context

// recorder is a request whose body was read before, and whose answer is kept.
type recorder struct {
	wrapped
	sent   io.Reader
	status int
	answer bytes.Buffer
}

func (r *recorder) BodyReader() io.Reader { return r.sent }
func (r *recorder) Unwrap() huma.Context  { return r.wrapped }
func (r *recorder) Status() int           { return r.status }
func (r *recorder) BodyWriter() io.Writer { return io.MultiWriter(r.wrapped.BodyWriter(), &r.answer) }

func (r *recorder) SetStatus(code int) {
	r.status = code
	r.wrapped.SetStatus(code)
}
