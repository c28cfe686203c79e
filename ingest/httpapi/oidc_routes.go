package httpapi

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/oidc"
)

// OIDC signs people in elsewhere: see package oidc.
type OIDC interface {
	Begin(ctx context.Context) (url, cookie string, err error)
	// Ours says, without asking anybody, what is wrong with a try that came back.
	Ours(b oidc.Back) error
	Finish(ctx context.Context, b oidc.Back) (ingest.Vouched, error)
}

// OIDCBack is where a provider sends browsers back to.
const OIDCBack = Prefix + "/session/oidc/callback"

func (a *api) oidc(mux *http.ServeMux) {
	route(a, op{does: "GET /session/ways", open: true, says: "Says how people may sign in."}, a.ways)
	if a.SignIn.OIDC == nil {
		return
	}
	// Pages for browsers; what a provider adds to its answer is not ours to know.
	mux.HandleFunc("GET "+Prefix+"/session/oidc", a.oidcBegin)
	mux.HandleFunc("GET "+OIDCBack, a.oidcEnd)
}

// Ways is how people may sign in.
type Ways struct {
	Password bool   `json:"password"`
	OIDC     string `json:"oidc" doc:"where to send a browser to sign in by OpenID Connect; empty: it cannot be"`
}

func (a *api) ways(context.Context, *struct{}) (*Body[Ways], error) {
	w := Ways{Password: !a.SignIn.NoPasswords}
	if a.SignIn.OIDC != nil {
		w.OIDC = Prefix + "/session/oidc"
	}
	return &Body[Ways]{w}, nil
}

func (a *api) oidcBegin(w http.ResponseWriter, r *http.Request) {
	provider, flow, err := a.SignIn.OIDC.Begin(r.Context())
	if err != nil {
		a.problemOf(r.Context(), err).write(w)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.SetCookie(w, a.awayCookie(flowName, flow, int(oidc.Lasts/time.Second)))
	http.SetCookie(w, a.nextCookie(r.URL.Query().Get("next")))
	http.Redirect(w, r, provider, http.StatusFound)
}

// oidcEnd signs in who has come back, and sends them on to their page. A try
// that was begun here is used up whatever becomes of it. A browser is told what
// went wrong on the page where the next try begins.
func (a *api) oidcEnd(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.SetCookie(w, a.awayCookie(flowName, "", -1))
	session, err := a.cameBack(r)
	if err != nil {
		p := a.problemOf(r.Context(), problemOfOIDC(err))
		if !strings.Contains(r.Header.Get("Accept"), "text/html") {
			p.write(w)
			return
		}
		http.Redirect(w, r, "/sign-in?"+url.Values{"refused": {p.Type}, "next": {a.nextPage(r)}}.Encode(), http.StatusSeeOther)
		return
	}
	w.Header().Add("Set-Cookie", a.cookie(session))
	http.SetCookie(w, a.awayCookie(nextName, "", -1))
	http.Redirect(w, r, a.nextPage(r), http.StatusSeeOther)
}

func (a *api) cameBack(r *http.Request) (ingest.Session, error) {
	kept, err := r.Cookie(a.awayCookie(flowName, "", 0).Name)
	if err != nil {
		return ingest.Session{}, oidc.ErrFlow
	}
	q := r.URL.Query()
	if q.Get("error") != "" {
		return ingest.Session{}, oidc.ErrRefused
	}
	back := oidc.Back{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Cookie: kept.Value}
	if err := a.SignIn.OIDC.Ours(back); err != nil {
		return ingest.Session{}, err // of what anybody may make up nothing is written down
	}
	fresh, err := a.Store.UseState(r.Context(), sha256.Sum256([]byte(kept.Value)), a.Now().Add(oidc.Lasts))
	if err != nil {
		return ingest.Session{}, err
	}
	if !fresh {
		return ingest.Session{}, oidc.ErrFlow
	}
	claimed, err := a.SignIn.OIDC.Finish(r.Context(), back)
	if err != nil {
		return ingest.Session{}, err
	}
	user, keeps, err := a.Store.UserClaimed(r.Context(), claimed)
	if err != nil {
		return ingest.Session{}, err
	}
	if keeps {
		a.Log.WarnContext(r.Context(), "the provider takes the role from the last administrator, who keeps it: make another one", "user", user, "claimed", claimed.Role)
	}
	return a.beginSession(context.WithValue(r.Context(), callerKey{}, a.callerOf(r)), user, 0, "oidc")
}

func problemOfOIDC(err error) error {
	for is, p := range map[error]Problem{
		oidc.ErrFlow:            {Type: "sign-in", Status: http.StatusUnauthorized},
		oidc.ErrRefused:         {Type: "sign-in", Status: http.StatusUnauthorized},
		oidc.ErrRole:            {Type: "no-role", Status: http.StatusForbidden},
		ingest.ErrNobodyClaimed: {Type: "no-user", Status: http.StatusForbidden},
	} {
		if errors.Is(err, is) {
			p.Detail = is.Error()
			return &p
		}
	}
	return err
}
