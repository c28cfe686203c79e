package oauthtest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// token exchanges something for an access token, unless a fault is due.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	fault := p.enter()
	defer p.with(func() { p.busy-- })
	switch fault {
	case Away:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case Stray:
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<h1>This page is blocked</h1>"))
		return
	case Cut:
		cut(w)
		return
	case Lost:
		p.exchange(httptest.NewRecorder(), r)
		cut(w)
		return
	case Slow:
		select {
		case <-p.Go:
		case <-r.Context().Done():
		}
	}
	p.exchange(w, r)
}

func (p *Provider) enter() (fault Fault) {
	p.with(func() {
		if len(p.faults) > 0 {
			fault, p.faults = p.faults[0], p.faults[1:]
		}
		p.busy++
		p.together = max(p.together, p.busy)
	})
	return fault
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

func (p *Provider) exchange(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Date", p.clock().UTC().Format(http.TimeFormat))
	kind := r.FormValue("grant_type")
	if kind == "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		p.assertion(w, r.FormValue("assertion"))
		return
	}
	if r.FormValue("client_id") != ClientID || r.FormValue("client_secret") != ClientSecret {
		refuse(w, "invalid_client", "wrong client_secret")
		return
	}
	switch kind {
	case "refresh_token":
		p.renew(w, r.FormValue("refresh_token"))
	case "authorization_code":
		p.redeem(w, r)
	case "urn:ietf:params:oauth:grant-type:device_code":
		p.deviceToken(w)
	case "client_credentials":
		p.give(w, "")
	default:
		refuse(w, "unsupported_grant_type", kind)
	}
}

func (p *Provider) renew(w http.ResponseWriter, token string) {
	good, known := p.refresh[token]
	if !good {
		if known {
			p.reused++
		}
		refuse(w, "invalid_grant", "Token has been expired or revoked.")
		return
	}
	p.renewals++
	next := ""
	if p.rotates {
		p.refresh[token] = false
		next = p.newRefresh()
	}
	p.give(w, next)
}

func (p *Provider) redeem(w http.ResponseWriter, r *http.Request) {
	c, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	if !known || c.challenge != challenge(r.FormValue("code_verifier")) || c.redirect != r.FormValue("redirect_uri") {
		refuse(w, "invalid_grant", "the code is not good")
		return
	}
	p.give(w, p.newRefresh())
}

func (p *Provider) deviceToken(w http.ResponseWriter) {
	switch p.device {
	case "grant":
		p.give(w, p.newRefresh())
	case "decline":
		refuse(w, "access_denied", "The owner said no.")
	default:
		refuse(w, "authorization_pending", "")
	}
}

// assertion takes one that is of now and an hour at most, of whoever signed it:
// the signature is for the unit tests to look at.
func (p *Provider) assertion(w http.ResponseWriter, text string) {
	var claims struct {
		Sub      string
		Iat, Exp int64
	}
	parts := strings.Split(text, ".")
	if len(parts) == 3 {
		b, _ := base64.RawURLEncoding.DecodeString(parts[1])
		_ = json.Unmarshal(b, &claims)
	}
	now := p.clock()
	issued, ends := time.Unix(claims.Iat, 0), time.Unix(claims.Exp, 0)
	if claims.Sub != p.owner || issued.After(now) || ends.Before(now) || ends.Sub(issued) > time.Hour {
		refuse(w, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
		return
	}
	p.give(w, "")
}

// give answers with a new access token, and a refresh token if there is one.
func (p *Provider) give(w http.ResponseWriter, refresh string) {
	token := "access-" + rand.Text()
	p.access[token] = time.Now().Add(p.life)
	answer := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(p.life / time.Second)}
	if refresh != "" {
		answer["refresh_token"] = refresh
	}
	write(w, http.StatusOK, answer)
}
