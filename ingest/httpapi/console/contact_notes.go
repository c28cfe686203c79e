package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

// addNote keeps what a colleague writes about somebody.
func (v *visit) addNote() error {
	return v.changePerson(http.MethodPost, "/notes", map[string]string{"text": v.r.PostFormValue("text")})
}

func (v *visit) deleteNote() error {
	return v.changePerson(http.MethodDelete, "/notes/"+url.PathEscape(v.r.PathValue("note")), nil)
}

// changePerson asks for a change of a contact, and shows it again.
func (v *visit) changePerson(method, what string, body any) error {
	path := contactPath(v.r.PathValue("id"))
	if err := v.change(method, path+what, body, nil); err != nil {
		return err
	}
	v.to(path)
	return nil
}

func (v *visit) askReview() error { return v.aboutContact("review", nil) }

// review asks the supervisors for a second look.
func (v *visit) review() error {
	if v.r.PostFormValue("do") == "close" {
		return v.changePerson(http.MethodDelete, "/review", nil)
	}
	return v.changePerson(http.MethodPost, "/review", map[string]string{"reason": v.r.PostFormValue("reason")})
}

// contactForm is a page that asks something about a contact.
type contactForm struct {
	ingest.Contact
	Problem string
	Said    map[string]string // what was typed, where it was wrong
	More    any
}

// aboutContact shows such a page.
func (v *visit) aboutContact(view string, more any) error {
	form := contactForm{More: more, Said: map[string]string{}}
	if err := v.get(contactPath(v.r.PathValue("id")), nil, &form.Contact); err != nil {
		return err
	}
	return v.render(http.StatusOK, view, form)
}

// amiss shows such a page again with what was typed and what is wrong with it,
// unless nobody can put that right.
func (v *visit) amiss(view string, err error, names ...string) error {
	p := correctable(err)
	if p == nil {
		return err
	}
	form := contactForm{Problem: p.Detail, Said: map[string]string{}}
	for _, name := range names {
		form.Said[name] = v.r.FormValue(name)
	}
	if err := v.get(contactPath(v.r.PathValue("id")), nil, &form.Contact); err != nil {
		return err
	}
	return v.render(p.Status, view, form)
}

// Called is what people call a contact.
func (f frame) Called(c ingest.Contact) string { return called(c) }

// Shut reports whether a rule keeps something of the contact that the part of
// the page is about.
func (f frame) Shut() bool {
	c, _ := f.Data.(ingest.Contact)
	return c.Standing.Rule != nil && c.Standing.Rule.Kind != ingest.Allow
}
