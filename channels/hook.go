package channels

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gatehouse/ingest"
)

// hookLimit is the largest body of a webhook request, if the kind's Facts do not
// say otherwise.
const hookLimit = 32 << 20

// hook answers a provider: read, verify, parse, store, and only then reply.
func (s *Server) hook(w http.ResponseWriter, r *http.Request, e *Endpoint) {
	if e.paused() {
		e.again(w, retryPaused, "paused")
		return
	}
	memory := e.intake.Share()
	defer memory.Release()
	body, err := ReadBody(w, r, cmp.Or(e.kind.Facts.Largest, hookLimit), memory.Grow)
	if err != nil {
		e.unread(w, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), e.kind.Facts.deadline())
	defer cancel()
	req := Request{Request: r.WithContext(ctx), Raw: body, grow: memory.Grow}
	if err := e.webhook.Verify(req); err != nil {
		s.unproven(w, e, req, err)
		return
	}
	if len(body) > 0 || r.URL.RawQuery != "" { // a probe with nothing in it proves nobody
		s.Notes.believed(e.channel)
	}
	arrivals, reply, err := e.parse(req)
	if err != nil {
		s.Log.Warn("not read whole", "channel", e.channel, "err", err)
		e.again(w, retryStore, "not read whole, try again")
		return
	}
	if _, err := e.intake.Receive(ctx, arrivals); err != nil {
		s.Log.Warn("not stored", "channel", e.channel, "err", err)
		e.again(w, retryStore, "not stored, try again")
		return
	}
	if err := s.count(ctx, e, reply.besides()); err != nil {
		e.again(w, retryStore, "not stored, try again")
		return
	}
	reply.write(w)
}

// unread answers a request whose body could not be read.
func (e *Endpoint) unread(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrTooLarge):
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
	case isFault(err):
		e.again(w, retryStore, "busy, try again")
	default:
		http.Error(w, "the body ended early or came too slowly", http.StatusBadRequest)
	}
}

// again tells the provider that this is our fault and will pass, as it wants to
// hear it.
func (e *Endpoint) again(w http.ResponseWriter, after time.Duration, says string) {
	tryAgain(w, cmp.Or(e.kind.Facts.Again, http.StatusServiceUnavailable), after, says)
}

// unproven answers a request that nobody has proven: it is refused, unless it is
// a probe, or what proves it cannot be had now.
func (s *Server) unproven(w http.ResponseWriter, e *Endpoint, req Request, err error) {
	switch {
	case errors.Is(err, ErrProbe):
		return
	case !ingest.Temporary(err):
		s.refuse(w, e, req, err)
		return
	}
	s.Log.Warn("not verified", "channel", e.channel, "err", err)
	e.again(w, retryStore, "not verified, try again")
}

func (s *Server) refuse(w http.ResponseWriter, e *Endpoint, req Request, err error) {
	if s.Refused != nil {
		s.Refused(e.channel, req.Request, err)
	}
	if s.Notes != nil {
		s.Notes.refused(e.channel, e.refusal(req, err))
	}
	status := cmp.Or(e.kind.Facts.Refused, http.StatusUnauthorized)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		status = cmp.Or(refusal.Status, status)
		if refusal.Challenge != "" {
			w.Header().Set("WWW-Authenticate", refusal.Challenge)
		}
	}
	http.Error(w, http.StatusText(status), status)
}

// Read is what would be stored of a request, whoever sent it, and what would be
// counted of it besides. For channels with a Webhook.
func (e *Endpoint) Read(req Request) ([]ingest.Arrival, Reply) {
	arrivals, reply, _ := e.parse(req)
	address(arrivals, e.channel, e.kind.Family)
	return arrivals, reply
}

// parse is Webhook.Parse, with whatever cannot be read as one dead arrival: it
// is verified, so it is kept and acknowledged. The error is temporary.
func (e *Endpoint) parse(req Request) (arrivals []ingest.Arrival, reply Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			arrivals, reply, err = e.unreadable(req.Raw, fmt.Sprintf("reader panicked: %T", p)), Reply{}, nil
		}
	}()
	arrivals, reply, err = e.webhook.Parse(req)
	switch {
	case err == nil:
		reply.Ignored += len(reply.Reports) + len(reply.Opts)
		return arrivals, reply, nil
	case ingest.Temporary(err):
		return nil, Reply{}, err
	case len(bytes.TrimSpace(req.Raw)) == 0 && req.URL.RawQuery == "":
		return nil, Reply{Ignored: 1}, nil // somebody tries whether we are there
	}
	return e.unreadable(req.Raw, err.Error()), Reply{}, nil
}

// unreadable keeps a whole body. Its hash is its key: the provider's repeat is
// a repeat.
func (e *Endpoint) unreadable(body []byte, why string) []ingest.Arrival {
	sum := sha256.Sum256(body)
	return []ingest.Arrival{{
		Message: ingest.Message{ReceivedAt: e.host.Now(), Auto: ingest.AutoNone},
		Raw:     body, Keys: []string{"body:" + hex.EncodeToString(sum[:])},
		Problem: ingest.ReasonUnreadable, Note: plain(why),
	}}
}

// besides is what the request had in it besides messages.
func (r Reply) besides() ingest.Besides {
	return ingest.Besides{Ignored: r.Ignored, Foreign: r.Foreign, Reports: r.Reports, Opts: r.Opts, Missed: r.Missed}
}

// count stores what was in the request besides messages. The messages are stored
// by now: only what says something is worth that the provider sends all again.
func (s *Server) count(ctx context.Context, e *Endpoint, b ingest.Besides) error {
	if s.Count == nil || b.Ignored+b.Foreign == 0 {
		return nil
	}
	err := s.Count(ctx, e.channel, b)
	if err != nil {
		s.Log.Warn("not counted", "channel", e.channel, "ignored", b.Ignored, "foreign", b.Foreign, "err", err)
	}
	if len(b.Reports)+len(b.Opts)+len(b.Missed) == 0 {
		return nil
	}
	return err
}

func (r Reply) write(w http.ResponseWriter) {
	if r.Type != "" {
		w.Header().Set("Content-Type", r.Type)
	}
	if r.Status != 0 {
		w.WriteHeader(r.Status)
	}
	_, _ = w.Write(r.Body) // the peer may have gone: all is stored
}
