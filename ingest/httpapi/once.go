package httpapi

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

type onceStore interface {
	Once(ctx context.Context, o ingest.Once, effect func(context.Context) (ingest.Outcome, error)) (ingest.Outcome, error)
	FindOnce(ctx context.Context, o ingest.Once) (ingest.OnceState, error)
}

var onceHeader = &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
	Description: "The same key and body within a day have no second effect and are answered with what the first came to; " +
		"another body gets 422, and 409 while the first is running. A request that failed keeps no key."}

// maxKey bounds an Idempotency-Key, maxBody the body it stands for, in octets;
// maxOnce how many requests with a key take effect at once: each holds a
// connection to the database and needs another.
const (
	maxKey  = 200
	maxBody = 1 << 20
	maxOnce = 8
)

type onceKey struct{}

// onlyOnce lets a request with an Idempotency-Key take effect once per token,
// method and path.
//
// What holds: the key is stored by the transaction of the effect, so either
// both are there or neither. A repeat within a day is answered with the same
// status, and with the rule, job or message as it is by then; of the first
// answer ids and codes are kept, and of the key its hash. A request that was
// refused or failed leaves no key: sent again it is tried again. After an
// answer 5xx the effect may have taken place; the same request finds out. While
// the first one is at work others get 409.
func (a *api) onlyOnce(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header("Idempotency-Key")
	if key == "" {
		next(ctx)
		return
	}
	most := max(ctx.Operation().MaxBodyBytes, maxBody)
	sent, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), most+1))
	if err != nil || int64(len(sent)) > most || len(key) > maxKey {
		a.refuse(ctx, badField("Idempotency-Key", "its key is longer than 200 octets, or its body cannot be read or is longer than it may be"))
		return
	}
	url, hash := ctx.URL(), ingest.Sum(key)
	o := ingest.Once{Asker: who(ctx.Context()).key(), Method: ctx.Method(), Path: url.Path, Key: hex.EncodeToString(hash[:]),
		Body: ingest.Sum(url.RawQuery, string(sent))}
	state, err := a.Store.FindOnce(ctx.Context(), o)
	switch {
	case err != nil:
		a.refuse(ctx, a.problemOf(ctx.Context(), err))
	case state.Other:
		a.refuse(ctx, badField("Idempotency-Key", "was used with another body"))
	case state.Done:
		a.repeat(ctx, state.Outcome)
	default:
		next(huma.WithValue(&readBefore{ctx, bytes.NewReader(sent)}, onceKey{}, o))
	}
}

// repeat answers with what the first request came to.
func (a *api) repeat(ctx huma.Context, out ingest.Outcome) {
	var v any
	var err error
	switch c := ctx.Context(); {
	case out.Imported != nil:
		v, err = a.imported(c, out)
	case out.Merge != 0:
		v, err = a.mergeAnswer(c, out)
	case out.Rule != 0:
		v, err = a.ruleAnswer(c, out)
	case out.Job != 0:
		v, err = a.jobAnswer(c, out)
	case !out.Message.IsZero():
		v, err = a.moved(c, out)
	case out.Backfill != 0:
		v, err = a.backfillAnswer(c, out)
	case !out.Conversation.IsZero():
		v, err = a.talkAnswer(c, out)
	case out.Note != 0:
		v, err = a.noteAnswer(c, out)
	case !out.Contact.IsZero():
		v, err = a.contactAnswer(c, out)
	case !out.Consent.IsZero():
		v, err = a.consentAnswer(c, out)
	case out.Replay != 0:
		v, err = a.replayAnswer(c, out)
	case out.Delivery != 0:
		v, err = a.deliveryAnswer(c, out)
	case !out.Alert.IsZero():
		v, err = a.alertAnswer(c, out)
	case !out.Endpoint.IsZero():
		v, err = a.endpointAnswer(c, out)
	case out.Channel != "":
		v, err = a.channelAnswer(c, out)
	}
	if err != nil {
		a.refuse(ctx, a.problemOf(ctx.Context(), err))
		return
	}
	_, w := unwrap(ctx)
	w.Header().Set("Idempotency-Replayed", "true")
	if v == nil {
		w.WriteHeader(out.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(out.Status)
	_ = writeJSON(w, v) // the client has gone: nobody to tell
}

// effect runs what a request is to do, once if it has a key, and answers with
// what it came to. Only do may change anything, by one call of the store.
func effect[T any](ctx context.Context, a *api, do func(context.Context) (ingest.Outcome, error), show func(context.Context, ingest.Outcome) (T, error)) (*Answer[T], error) {
	out, err := a.once(ctx, do)
	if err != nil {
		return nil, err
	}
	if out.Job != 0 || !out.Message.IsZero() {
		a.Wake(ctx)
	}
	v, err := show(ctx, out)
	if err != nil {
		return nil, err
	}
	return &Answer[T]{out.Status, v}, nil
}

func (a *api) once(ctx context.Context, do func(context.Context) (ingest.Outcome, error)) (ingest.Outcome, error) {
	o, ok := ctx.Value(onceKey{}).(ingest.Once)
	if !ok {
		return do(ctx)
	}
	select {
	case a.onceSlots <- struct{}{}:
		defer func() { <-a.onceSlots }()
	case <-ctx.Done():
		return ingest.Outcome{}, ingest.AsTemporary(ctx.Err())
	}
	out, err := a.Store.Once(ctx, o, do)
	switch {
	case errors.Is(err, ingest.ErrRunning):
		err = conflict("running", "the first request with this Idempotency-Key is still running")
	case err == nil:
		err = a.Store.Hear(ctx, a.Judge) // what was changed is in force only now
	}
	return out, err
}

type wrapped = huma.Context

// readBefore is a request whose body was read before.
type readBefore struct {
	wrapped
	sent io.Reader
}

func (r *readBefore) BodyReader() io.Reader { return r.sent }
func (r *readBefore) Unwrap() huma.Context  { return r.wrapped }

// statusOf is that of a rule which was set, or stood already.
func statusOf(fresh bool) int {
	if fresh {
		return http.StatusCreated
	}
	return http.StatusOK
}
