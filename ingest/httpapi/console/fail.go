package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

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
	if err := v.render(p.Status, "failed", failure{p, advice(p)}); err != nil {
		v.Log.Error("page failed", "page", v.path, "error", err)
		http.Error(v.w, "This page could not be made. Try again.", http.StatusInternalServerError)
	}
}

type failure struct {
	*httpapi.Problem
	Do string // what the reader can do about it
}

// advice is what to do about a problem that says it to programs only.
func advice(p *httpapi.Problem) string {
	switch {
	case p.Type == "role":
		return "Ask an administrator, if this is part of your work."
	case p.Type == "cross-origin" || p.Type == "csrf":
		return "Go back, load the page again, and try once more."
	case p.Status == http.StatusNotFound:
		return "It may have been released, deleted or merged meanwhile. Search for the person or the address."
	case p.Status == http.StatusConflict || p.Status == http.StatusPreconditionFailed:
		return "Somebody else may have been quicker. Load the page again to see how it stands."
	case p.Status >= http.StatusInternalServerError:
		return "Nothing was changed. Try again in a moment."
	}
	return ""
}

func (v *visit) sendToSignIn() {
	next := v.r.URL.RequestURI()
	if v.r.Method != http.MethodGet {
		next = v.r.Header.Get("Referer")
	}
	v.to("/sign-in?" + url.Values{"next": {local(next)}}.Encode())
}

// to sends the browser to another page.
func (v *visit) to(page string) { http.Redirect(v.w, v.r, page, http.StatusSeeOther) }

// local is an address within the console: never one of another site.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
