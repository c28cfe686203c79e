package console

import (
	"net/http"
	"net/url"
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var profilePages = []page{
	{pattern: "GET /contacts/new", show: func(v *visit) error { return v.render(http.StatusOK, "profile", profileView{New: true}) }},
	{pattern: "POST /contacts/new", show: (*visit).makeContact},
	{pattern: "GET /contacts/{id}/edit", show: (*visit).editContact},
	{pattern: "POST /contacts/{id}/edit", show: (*visit).saveContact},
}

// profileView is what the desk says of a person, as a form.
type profileView struct {
	New       bool
	ID        ingest.ID
	Version   string
	Said      profile
	Addresses string     // of a new one, one a line
	Now       *profile   // what a colleague wrote meanwhile
	Taken     *ingest.ID // whose an address is
	Problem   string
}

// profile is what PATCH takes, as a form has it.
type profile struct {
	Name, Nickname, Username, Company, Location, AvatarURL string
	Tags                                                   string // with commas between
	Fields                                                 []field
}

// field is one of the desk's own.
type field struct{ Name, Value string }

// Texts are the simple ones, for the form: the name of each, what it is called
// and what it says.
func (p profile) Texts() []struct{ Name, Label, Value string } {
	return []struct{ Name, Label, Value string }{{"name", "Real name", p.Name}, {"nickname", "Nickname", p.Nickname}, {"username", "Username", p.Username},
		{"company", "Company", p.Company}, {"location", "Location", p.Location}, {"avatar_url", "Picture, an address with https", p.AvatarURL}}
}

func profileOf(c ingest.Contact) profile {
	p := profile{c.Name, c.Nickname, c.Username, c.Company, c.Location, c.AvatarURL, strings.Join(c.Tags, ", "), nil}
	for _, name := range c.FieldOrder {
		p.Fields = append(p.Fields, field{name, c.Fields[name]})
	}
	return p
}

// profileSaid is what the form says.
func (v *visit) profileSaid() profile {
	said := v.r.FormValue
	p := profile{said("name"), said("nickname"), said("username"), said("company"), said("location"), said("avatar_url"), said("tags"), nil}
	values := v.r.PostForm["field_value"]
	for i, name := range v.r.PostForm["field_name"] {
		if i < len(values) && (name != "" || values[i] != "") {
			p.Fields = append(p.Fields, field{name, values[i]})
		}
	}
	return p
}

// patch is what changes a contact to the profile. Fields that the form had and
// that are empty now are taken away.
func (p profile) patch() httpapi.ContactPatch {
	patch := httpapi.ContactPatch{Name: &p.Name, Nickname: &p.Nickname, Username: &p.Username, Company: &p.Company, Location: &p.Location,
		AvatarURL: &p.AvatarURL, Tags: []string{}, Fields: map[string]*string{}}
	for tag := range strings.SplitSeq(p.Tags, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			patch.Tags = append(patch.Tags, tag)
		}
	}
	for i := range p.Fields {
		patch.Fields[p.Fields[i].Name] = &p.Fields[i].Value
		if p.Fields[i].Value == "" {
			patch.Fields[p.Fields[i].Name] = nil
		}
	}
	return patch
}

func (v *visit) editContact() error {
	var c ingest.Contact
	version, err := v.tagged(contactPath(v.r.PathValue("id")), &c)
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "profile", profileView{ID: c.ID, Version: version, Said: profileOf(c)})
}

// saveContact changes the contact. If a colleague was quicker, what they wrote is
// shown beside what was typed, which stays.
func (v *visit) saveContact() error {
	path := contactPath(v.r.PathValue("id"))
	view := profileView{Said: v.profileSaid()}
	err := v.change(http.MethodPatch, path, view.Said.patch(), nil)
	if err == nil {
		v.to(path)
		return nil
	}
	p := correctable(err)
	if p == nil {
		return err
	}
	var now ingest.Contact
	if view.Version, err = v.tagged(path, &now); err != nil {
		return err
	}
	view.ID, view.Problem = now.ID, p.Detail
	if p.Status == http.StatusPreconditionFailed {
		theirs := profileOf(now)
		view.Now, view.Problem = &theirs, strings.TrimSuffix(p.Detail, ": read it again")
	}
	return v.render(p.Status, "profile", view)
}

// Theirs is what a colleague wrote meanwhile, where it is another thing.
func (p profileView) Theirs(name, said string) string {
	if p.Now == nil {
		return ""
	}
	for _, t := range p.Now.Texts() {
		if t.Name == name && t.Value != said {
			return t.Value
		}
	}
	if name == "tags" && p.Now.Tags != said {
		return p.Now.Tags
	}
	return ""
}

// makeContact makes somebody who never wrote.
func (v *visit) makeContact() error {
	view := profileView{New: true, Said: v.profileSaid(), Addresses: v.r.FormValue("identities")}
	body := struct {
		httpapi.ContactPatch
		Identities []string `json:"identities"`
	}{view.Said.patch(), []string{}}
	for line := range strings.Lines(view.Addresses) {
		if line = strings.TrimSpace(line); line != "" {
			body.Identities = append(body.Identities, targetMeant(line))
		}
	}
	var c ingest.Contact
	err := v.change(http.MethodPost, "/contacts", body, &c)
	if err == nil {
		v.to("/contacts/" + url.PathEscape(c.ID.String()))
		return nil
	}
	p := correctable(err)
	if p == nil {
		return err
	}
	view.Problem, view.Taken = p.Detail, p.ContactID
	return v.render(p.Status, "profile", view)
}
