package console

import (
	"errors"
	"net/http"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var ownPages = []page{
	{pattern: "GET /me", show: (*visit).own},
	{pattern: "POST /me/password", show: (*visit).changePassword},
}

// ownView is the reader themself, and where they are signed in.
type ownView struct {
	Sessions ingest.List[ingest.Session]
	Zone     string
	Changed  bool
	Problem  *httpapi.Problem
}

func (v *visit) own() error {
	return v.showOwn(http.StatusOK, ownView{Changed: v.r.FormValue("changed") != ""})
}

func (v *visit) showOwn(status int, view ownView) error {
	view.Zone = v.zone().String()
	if err := v.get("/sessions", nil, &view.Sessions); err != nil {
		return err
	}
	return v.render(status, "me", view)
}

// changePassword gives the reader another password, and ends their other sessions.
func (v *visit) changePassword() error {
	var p *httpapi.Problem
	said := map[string]string{"old": v.r.PostFormValue("old"), "new": v.r.PostFormValue("new")}
	err := v.change(http.MethodPost, "/session/password", said, nil)
	switch {
	case err == nil:
		v.to("/me?changed=true")
		return nil
	case errors.As(err, &p) && p.Status != http.StatusUnauthorized && p.Status < http.StatusInternalServerError:
		return v.showOwn(p.Status, ownView{Problem: p})
	}
	return err
}
