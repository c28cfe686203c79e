package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var peoplePages = []page{
	{pattern: "GET /people", show: (*visit).people},
	{pattern: "POST /people", show: (*visit).invite},
	{pattern: "POST /people/{id}", show: (*visit).changeUser},
	{pattern: "GET /people/{id}/reset", show: (*visit).askReset},
	{pattern: "POST /people/{id}/reset", show: (*visit).resetUser},
	{pattern: "POST /tokens", show: (*visit).makeToken},
}

// peopleView is who may come in: people, and programs by their tokens.
type peopleView struct {
	Users  ingest.List[ingest.User]
	Tokens ingest.List[ingest.Token]
	// Made is what was just made and is shown this once: an invitation's address, or
	// a token's secret.
	Invitation, Secret string
	Who                string            // the invitation is for
	Typed              map[string]string // what was wrong with it is said in Problem
	Problem            *httpapi.Problem
}

func (v *visit) people() error { return v.showPeople(http.StatusOK, peopleView{}) }

func (v *visit) showPeople(status int, view peopleView) error {
	all := url.Values{"limit": {"200"}}
	if err := v.get("/users", all, &view.Users); err != nil {
		return err
	}
	if err := v.get("/tokens", all, &view.Tokens); err != nil {
		return err
	}
	return v.render(status, "people", view)
}

// wrongly shows the page again with what was typed, or passes on what is no
// fault of that.
func (v *visit) wrongly(err error, names ...string) error {
	p := correctable(err)
	if p == nil {
		return err
	}
	view := peopleView{Problem: p, Typed: map[string]string{}}
	for _, name := range names {
		view.Typed[name] = v.r.PostFormValue(name)
	}
	return v.showPeople(p.Status, view)
}

// invite makes a user, and shows the address that lets them choose a password.
func (v *visit) invite() error {
	var made struct {
		Invitation ingest.Invitation `json:"invitation"`
	}
	body := map[string]string{"login": v.r.PostFormValue("login"), "name": v.r.PostFormValue("name"), "role": v.r.PostFormValue("role")}
	if err := v.change(http.MethodPost, "/users", body, &made); err != nil {
		return v.wrongly(err, "login", "name", "role")
	}
	return v.handOver(made.Invitation, body["login"])
}

// askReset asks whether a password is to be taken away.
func (v *visit) askReset() error {
	if err := v.mustBe(ingest.RoleAdmin); err != nil {
		return err
	}
	says := "Their password works no more, and they are signed out everywhere. You get an address to hand over, by which they choose another."
	return v.render(http.StatusOK, "deed", deedView{v.r.URL.Path, "Take the password away", says, v.r.FormValue("login"), "/people", true})
}

// resetUser takes a password away, and shows the address to choose another.
func (v *visit) resetUser() error {
	var made ingest.Invitation
	if err := v.change(http.MethodPost, "/users/"+url.PathEscape(v.r.PathValue("id"))+"/reset", nil, &made); err != nil {
		return v.wrongly(err)
	}
	return v.handOver(made, v.r.PostFormValue("id"))
}

// handOver shows an invitation as the address to give to whom it is for. Without
// one they sign in by the organisation's own way.
func (v *visit) handOver(made ingest.Invitation, login string) error {
	if made.Secret == "" {
		v.to("/people")
		return nil
	}
	at := v.address("/invitation")
	at.RawQuery = url.Values{"invitation": {made.Secret}}.Encode()
	return v.showPeople(http.StatusOK, peopleView{Invitation: at.String(), Who: login})
}

// makeToken makes a token, and shows its secret once.
func (v *visit) makeToken() error {
	var made ingest.Token
	body := map[string]any{"name": v.r.PostFormValue("name"), "role": v.r.PostFormValue("role")}
	if ends := v.r.PostFormValue("expires_in"); ends != "" {
		body["expires_in"] = ends
	}
	if err := v.change(http.MethodPost, "/tokens", body, &made); err != nil {
		return v.wrongly(err, "name", "role", "expires_in")
	}
	return v.showPeople(http.StatusOK, peopleView{Secret: made.Secret})
}

// changeUser gives a user another role, or shuts them out and in again.
func (v *visit) changeUser() error {
	body := map[string]any{}
	if disabled := v.r.PostFormValue("disabled"); disabled != "" {
		body["disabled"] = disabled == "true"
	}
	for _, name := range []string{"role", "time_zone"} {
		if v.r.PostForm.Has(name) {
			body[name] = v.r.PostFormValue(name)
		}
	}
	if err := v.change(http.MethodPatch, "/users/"+url.PathEscape(v.r.PathValue("id")), body, nil); err != nil {
		return v.wrongly(err)
	}
	v.to("/people")
	return nil
}
