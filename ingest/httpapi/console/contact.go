package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var contactPages = []page{
	{pattern: "GET /contacts", show: lists[ingest.Contact]("contacts", "/contacts", "q", "tag", "standing")},
	{pattern: "GET /contacts/{id}", show: (*visit).contact},
	{pattern: "POST /contacts/{id}/notes", show: (*visit).addNote},
}

// contactView is a person, and what they wrote and were written.
type contactView struct {
	ingest.Contact
	Notes   ingest.List[ingest.Note]
	History ingest.List[ingest.Record]
}

func (v *visit) contact() error {
	var view contactView
	path := "/contacts/" + url.PathEscape(v.r.PathValue("id"))
	if err := v.get(path, nil, &view.Contact); err != nil {
		return err
	}
	if err := v.get(path+"/notes", nil, &view.Notes); err != nil {
		return err
	}
	if err := v.get(path+"/history", v.filters([]string{"cursor"}), &view.History); err != nil {
		return err
	}
	return v.render(http.StatusOK, "contact", view)
}

// addNote keeps what a colleague writes about somebody.
func (v *visit) addNote() error {
	id := v.r.PathValue("id")
	if err := v.change(http.MethodPost, "/contacts/"+url.PathEscape(id)+"/notes", map[string]string{"text": v.r.PostFormValue("text")}, nil); err != nil {
		return err
	}
	v.to("/contacts/" + url.PathEscape(id))
	return nil
}
