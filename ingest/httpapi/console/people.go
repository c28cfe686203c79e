package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var peoplePages = []page{
	{pattern: "GET /people", show: (*visit).people},
	{pattern: "POST /people", show: (*visit).invite},
	{pattern: "POST /people/{id}", show: (*visit).changeUser},
	{pattern: "POST /tokens", show: (*visit).makeToken},
}

// peopleView is who may come in: people, and programs by their tokens.
type peopleView struct {
	Users  ingest.List[ingest.User]
	Tokens ingest.List[ingest.Token]
	// Made is what was just made and is shown this once: an invitation's address, or
	// a token's secret.
	Invitation, Secret string
}

func (v *visit) people() error { return v.showPeople(peopleView{}) }

func (v *visit) showPeople(view peopleView) error {
	if err := v.get("/users", url.Values{"limit": {"200"}}, &view.Users); err != nil {
		return err
	}
	if err := v.get("/tokens", url.Values{"limit": {"200"}}, &view.Tokens); err != nil {
		return err
	}
	return v.render(http.StatusOK, "people", view)
}

// invite makes a user, and shows the address that lets them choose a password.
func (v *visit) invite() error {
	var made struct {
		Invitation struct {
			Invitation string `json:"invitation"`
		} `json:"invitation"`
	}
	body := map[string]string{"login": v.r.PostFormValue("login"), "name": v.r.PostFormValue("name"), "role": v.r.PostFormValue("role")}
	if err := v.change(http.MethodPost, "/users", body, &made); err != nil {
		return err
	}
	scheme := "http"
	if v.r.TLS != nil || v.r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	at := url.URL{Scheme: scheme, Host: v.r.Host, Path: "/invitation", RawQuery: url.Values{"invitation": {made.Invitation.Invitation}}.Encode()}
	return v.showPeople(peopleView{Invitation: at.String()})
}

// makeToken makes a token, and shows its secret once.
func (v *visit) makeToken() error {
	var made ingest.Token
	body := map[string]any{"name": v.r.PostFormValue("name"), "role": v.r.PostFormValue("role")}
	if ends := v.r.PostFormValue("expires_in"); ends != "" {
		body["expires_in"] = ends
	}
	if err := v.change(http.MethodPost, "/tokens", body, &made); err != nil {
		return err
	}
	return v.showPeople(peopleView{Secret: made.Secret})
}

// changeUser gives a user another role, or shuts them out and in again.
func (v *visit) changeUser() error {
	body := map[string]any{}
	if role := v.r.PostFormValue("role"); role != "" {
		body["role"] = role
	}
	if disabled := v.r.PostFormValue("disabled"); disabled != "" {
		body["disabled"] = disabled == "true"
	}
	if err := v.change(http.MethodPatch, "/users/"+url.PathEscape(v.r.PathValue("id")), body, nil); err != nil {
		return err
	}
	v.to("/people")
	return nil
}
