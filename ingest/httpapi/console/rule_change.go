package console

import (
	"net/http"
	"net/url"
)

// changeRule changes what the form says otherwise. If that cannot be, what was
// typed stays, and what is wrong with it is said.
func (v *visit) changeRule() error {
	said := v.terms(false)
	said.ExpiresIn = v.r.FormValue("expires_in")
	body := map[string]any{"reason": said.Reason, "comment": said.Comment}
	if said.ExpiresIn != "" {
		said.end(body, v.zone())
	}
	for name, value := range map[string]string{"on_expiry": said.OnExpiry, "kind": v.r.FormValue("kind")} {
		if value != "" {
			body[name] = value
		}
	}
	if said.Force {
		body["force"] = true
	}
	path := "/rules/" + url.PathEscape(v.r.PathValue("id"))
	err := v.change(http.MethodPatch, path, body, nil)
	if err == nil {
		v.to(path)
		return nil
	}
	p := correctable(err)
	if p == nil {
		return err
	}
	return v.showOneRule(p.Status, func(view *oneRule) { view.Problem, view.Foot, view.Said = p.Detail, p.Type == "foot-gun", said })
}
