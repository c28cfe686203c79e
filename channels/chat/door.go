package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// door serves one channel.
type door struct {
	settings settings
	host     channels.Host
	in       channels.Intake

	perIP, perVisitor, signalling, typing *limiter
	large                                 *turnstile
}

func newDoor(s settings, host channels.Host, in channels.Intake) http.Handler {
	d := &door{
		settings: s, host: host, in: in,
		perIP:      newLimiter(s.IPRate, s.IPBurst),
		perVisitor: newLimiter(s.VisitorRate, s.VisitorBurst),
		signalling: newLimiter(s.VisitorRate, s.VisitorBurst),
		typing:     newLimiter(1/typingPause.Seconds(), 1),
		large:      &turnstile{most: largeAtOnce, inside: map[string]int{}},
	}
	if s.IPRate == 0 {
		d.large.most = 0
	}
	mux := http.NewServeMux()
	mux.Handle("POST /messages", d.guard(d.messages))
	mux.Handle("POST /signals", d.guard(d.signals))
	mux.Handle("GET /standing", d.guard(d.standing))
	for _, path := range []string{"/messages", "/signals", "/standing"} {
		mux.HandleFunc("OPTIONS "+path, d.preflight)
	}
	return mux
}

// handler answers a request, or returns the problem that is the answer.
type handler func(w http.ResponseWriter, r *http.Request) error

// guard lets only our sites' pages through, and nobody too fast.
func (d *door) guard(next handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := d.admit(w, r)
		if err == nil {
			err = next(w, r)
		}
		if err != nil {
			d.problem(err).write(w)
		}
	})
}

func (d *door) admit(w http.ResponseWriter, r *http.Request) error {
	if !d.allowOrigin(w, r) {
		return trouble(http.StatusForbidden, "this origin may not call")
	}
	return d.pace(d.perIP, network(d.host.ClientIP(r)))
}

func (d *door) pace(l *limiter, caller string) error {
	if wait, ok := l.allow(caller, d.host.Now()); !ok {
		return tryAgain(http.StatusTooManyRequests, wait, "too many requests")
	}
	return nil
}

// problem is what to answer for err: our own faults ask for another try, and
// say no more.
func (d *door) problem(err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, channels.ErrPaused):
		return tryAgain(http.StatusServiceUnavailable, time.Minute, "paused, try again")
	}
	d.host.Log.Warn("chat message not stored", "channel", d.host.Channel, "err", err)
	return tryAgain(http.StatusServiceUnavailable, 5*time.Second, "not stored, try again")
}

// body reads a request's body, in memory that release gives back.
func (d *door) body(w http.ResponseWriter, r *http.Request, limit int64) (raw []byte, release func(), err error) {
	m := &memory{share: d.in.Share(), large: d.large, caller: network(d.host.ClientIP(r))}
	raw, err = channels.ReadBody(w, r, limit, m.grow)
	if err != nil {
		m.release()
		return nil, nil, unread(err)
	}
	return raw, m.release, nil
}

// unread is what to answer where the body could not be read.
func unread(err error) error {
	var p *problem
	switch {
	case errors.As(err, &p), ingest.Temporary(err):
		return err
	case errors.Is(err, channels.ErrTooLarge):
		return trouble(http.StatusRequestEntityTooLarge, "the body is too large")
	}
	return trouble(http.StatusBadRequest, "the body ended early or came too slowly")
}

// verified checks a visitor's hash. Without a secret nothing is proven and
// nothing asked for.
func (d *door) verified(visitor, hash string) (bool, error) {
	if len(d.settings.VisitorSecret) == 0 {
		return false, nil
	}
	if !d.signed(visitor, hash) {
		return false, trouble(http.StatusUnauthorized, "visitor_hash is wrong or missing")
	}
	return true, nil
}

// emailVerified checks the hash that the site may give with an address. It is of
// the visitor too: whoever sees another's cannot use it. The line feed is in
// no visitor's id.
func (d *door) emailVerified(p *post) (bool, error) {
	if len(d.settings.VisitorSecret) == 0 || p.EmailHash == "" || p.Email == "" {
		return false, nil
	}
	if !d.signed(p.VisitorID+"\n"+p.Email, p.EmailHash) {
		return false, trouble(http.StatusUnauthorized, "email_hash is wrong")
	}
	return true, nil
}

// signed reports whether hash is the hexadecimal HMAC-SHA256 of what, under one
// of the secrets.
func (d *door) signed(what, hash string) bool {
	given, err := hex.DecodeString(hash)
	return err == nil && d.host.Any(d.settings.VisitorSecret, func(secret string) bool {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(what))
		return hmac.Equal(given, mac.Sum(nil))
	})
}

// allowOrigin grants a page of one of our sites access to the answer (Fetch
// standard, CORS), and reports whether the request may go on.
func (d *door) allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if !slices.Contains(d.settings.Origins, origin) {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	return true
}

func (d *door) preflight(w http.ResponseWriter, r *http.Request) {
	if !d.allowOrigin(w, r) {
		trouble(http.StatusForbidden, "this origin may not call").write(w)
		return
	}
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
