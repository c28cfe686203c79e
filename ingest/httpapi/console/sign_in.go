package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"

	"gatehouse/ingest/httpapi"
)

var signInPages = []page{
	{pattern: "GET /sign-in", open: true, show: (*visit).askToSignIn},
	{pattern: "POST /sign-in", open: true, show: (*visit).signIn},
	{pattern: "GET /invitation", open: true, show: (*visit).askForPassword},
	{pattern: "POST /invitation", open: true, show: (*visit).takeInvitation},
	{pattern: "POST /sent", show: (*visit).goOn},
	{pattern: "POST /sign-out", show: (*visit).signOut},
}

// signInView is the page to sign in on.
type signInView struct {
	Ways    httpapi.Ways
	Next    string
	Login   string
	Sent    *sent // before it showed that the session was over
	Problem *httpapi.Problem
}

func (v *visit) askToSignIn() error {
	why := v.r.FormValue("refused")
	if why == "" {
		return v.showSignIn(http.StatusOK, nil)
	}
	return v.showSignIn(http.StatusOK, &httpapi.Problem{Detail: cmp.Or(refusals[why], "Signing in did not work. Try again; if it stays, tell whoever runs Gatehouse.")})
}

// refusals are why signing in elsewhere came to nothing, and what to do, by the
// problem's type.
var refusals = map[string]string{
	"sign-in": "Your organisation did not say who you are, or it took too long. Try again.",
	"no-role": "Your organisation gives you no role here. Ask whoever looks after its accounts.",
	"no-user": "Your mail address is not proven to be yours, or somebody else here has it. Ask an administrator.",
}

func (v *visit) showSignIn(status int, p *httpapi.Problem) error {
	view := signInView{Next: httpapi.LocalPage(v.r.FormValue("next")), Sent: cmp.Or(v.kept(), v.form()), Problem: p}
	if v.path == "POST /sign-in" {
		view.Login = v.r.PostFormValue("login")
	}
	if err := v.get("/session/ways", nil, &view.Ways); err != nil {
		return err
	}
	return v.render(status, "sign_in", view)
}

func (v *visit) signIn() error {
	said := map[string]string{"login": v.r.PostFormValue("login"), "password": v.r.PostFormValue("password")}
	return v.enter("/session", said, v.showSignIn)
}

func (v *visit) askForPassword() error { return v.showInvitation(http.StatusOK, nil) }

func (v *visit) showInvitation(status int, p *httpapi.Problem) error {
	return v.render(status, "invitation", struct {
		Invitation string
		Problem    *httpapi.Problem
	}{v.r.FormValue("invitation"), p})
}

func (v *visit) takeInvitation() error {
	said := map[string]string{"invitation": v.r.PostFormValue("invitation"), "password": v.r.PostFormValue("password")}
	return v.enter("/session/invitation", said, v.showInvitation)
}

// enter signs in, or shows the form again with what is wrong.
func (v *visit) enter(path string, said any, again func(int, *httpapi.Problem) error) error {
	a, err := v.call(http.MethodPost, path, said)
	if err != nil {
		return err
	}
	if a.status >= http.StatusBadRequest {
		var p *httpapi.Problem
		if err := a.problem(); !errors.As(err, &p) {
			return err
		}
		return again(p.Status, p)
	}
	a.pass(v.w)
	if s := v.kept(); s != nil && json.Unmarshal(a.body.Bytes(), &v.Me) == nil {
		return v.resume(s)
	}
	v.to(httpapi.LocalPage(v.r.PostFormValue("next")))
	return nil
}

func (v *visit) signOut() error {
	a, err := v.call(http.MethodDelete, "/session", nil)
	if err != nil {
		return err
	}
	if a.status >= http.StatusBadRequest {
		return a.problem()
	}
	a.pass(v.w)
	v.to("/sign-in")
	return nil
}
