package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"gatehouse/ingest/httpapi"
)

var errNoPage = &httpapi.Problem{Type: "not-found", Status: http.StatusNotFound, Detail: "There is no such page."}

// fail shows what went wrong, and what to do. Who is not signed in is asked to,
// and comes back to where they were.
func (v *visit) fail(err error) {
	var p *httpapi.Problem
	if !errors.As(err, &p) {
		v.Log.Error("page failed", "page", v.path, "error", err)
		p = &httpapi.Problem{Type: "internal", Status: http.StatusInternalServerError}
	}
	if p.Status == http.StatusUnauthorized {
		v.sendToSignIn()
		return
	}
	if v.r.Method == http.MethodGet && aboutID(p) {
		p = errNoPage
	}
	if v.again(p) {
		v.w.Header().Set("Refresh", "5")
	}
	if err := v.render(p.Status, "failed", failure{p, heading(p), advice(p), v.again(p), v.sent(p)}); err != nil {
		v.Log.Error("page failed", "page", v.path, "error", err)
		http.Error(v.w, "This page could not be made. Try again.", http.StatusInternalServerError)
	}
}

// fault shows that a page panicked; the log has it under the id.
func (c *console) fault(w http.ResponseWriter, r *http.Request, id string) {
	v := &visit{console: c, w: w, r: r, path: r.Pattern}
	if err := v.greet(); err != nil {
		v.Me = httpapi.Me{}
	}
	v.fail(&httpapi.Problem{Type: "internal", Status: http.StatusInternalServerError, Fault: id})
}

// aboutID reports whether the page's own address is what is wrong.
func aboutID(p *httpapi.Problem) bool {
	return len(p.Errors) > 0 && !slices.ContainsFunc(p.Errors, func(e httpapi.FieldError) bool { return e.Field != "id" })
}

type failure struct {
	*httpapi.Problem
	Heading string
	Do      string // what the reader can do about it
	Again   bool   // the page tries again by itself
	Sent    *sent  // what they sent, to be sent once more
}

// again reports whether the browser should ask once more: the program cannot
// reach its database, or just starts. What was sent is not sent again by itself.
func (v *visit) again(p *httpapi.Problem) bool {
	return p.Status == http.StatusServiceUnavailable && v.r.Method == http.MethodGet
}

// heading is what happened, in few words.
func heading(p *httpapi.Problem) string {
	switch p.Status {
	case http.StatusNotFound, http.StatusGone:
		return "Not found"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusConflict, http.StatusPreconditionFailed:
		return "Somebody was quicker"
	case http.StatusTooManyRequests:
		return "Too often"
	case http.StatusServiceUnavailable:
		return "Gatehouse cannot reach its database"
	}
	if p.Status >= http.StatusInternalServerError {
		return "This did not work"
	}
	return "Not done"
}

// advice is what to do about a problem that says it to programs only.
func advice(p *httpapi.Problem) string {
	switch {
	case p == errNoPage:
		return "Part of the address may be missing. Take another way from the menu, or search."
	case p.Type == "role":
		return "Ask an administrator, if this is part of your work."
	case p.Type == "cross-origin" || p.Type == "csrf":
		return "Go back, load the page again, and try once more."
	case p.Status == http.StatusNotFound || p.Status == http.StatusGone:
		return "It may have been released, deleted or merged meanwhile. Search for the person or the address."
	case p.Status == http.StatusConflict || p.Status == http.StatusPreconditionFailed:
		return "Load the page again to see how it stands now, then decide."
	case p.Status == http.StatusTooManyRequests:
		return "Wait a little before you try again."
	case p.Status == http.StatusLocked:
		return "An administrator can lift the legal hold on the person's page."
	case p.Status == http.StatusServiceUnavailable:
		return "Mail and messages wait where they are; nothing is lost. If this lasts, tell whoever runs Gatehouse."
	case p.Fault != "":
		return "The fault is ours. Try again; if it stays, tell whoever runs Gatehouse that its log has it under " + p.Fault + "."
	case p.Status >= http.StatusInternalServerError:
		return "Nothing was changed. Try again in a moment."
	}
	return "Go back, mend what is named above, and send it again."
}

// correctable is the problem that a person can put right in the form that they
// sent; nil for others.
func correctable(err error) *httpapi.Problem {
	var p *httpapi.Problem
	if !errors.As(err, &p) {
		return nil
	}
	switch p.Status {
	case http.StatusUnprocessableEntity, http.StatusConflict, http.StatusPreconditionFailed:
		return p
	}
	return nil
}

// sendToSignIn asks who it is. What was sent when the session was over is kept
// in the page, to be sent after signing in.
func (v *visit) sendToSignIn() {
	if v.r.Method == http.MethodGet {
		v.to("/sign-in?" + url.Values{"next": {v.r.URL.RequestURI()}}.Encode())
		return
	}
	says := "You were signed out meanwhile. Sign in, and nothing of what you wrote is lost."
	if v.kept() == nil && v.form() == nil {
		says = "You were signed out meanwhile, and what you sent was not done. It is not kept: passwords, files and what is longer than 64 kB are not. Sign in, and send it anew."
	}
	if err := v.showSignIn(http.StatusUnauthorized, &httpapi.Problem{Detail: says}); err != nil {
		v.fail(err)
	}
}

// to sends the browser to another page.
func (v *visit) to(page string) { http.Redirect(v.w, v.r, page, http.StatusSeeOther) }

// address is a page as browsers anywhere reach it.
func (v *visit) address(page string) *url.URL {
	if at, err := url.Parse(v.PublicURL); err == nil && at.Host != "" {
		return &url.URL{Scheme: at.Scheme, Host: at.Host, Path: page}
	}
	at := &url.URL{Scheme: "http", Host: v.r.Host, Path: page}
	if v.r.TLS != nil || v.r.Header.Get("X-Forwarded-Proto") == "https" {
		at.Scheme = "https"
	}
	return at
}
