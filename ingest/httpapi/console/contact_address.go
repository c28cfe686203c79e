package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var addressPages = []page{
	{pattern: "GET /contacts/{id}/identities", show: (*visit).askAddress},
	{pattern: "POST /contacts/{id}/identities", show: (*visit).addAddress},
	{pattern: "GET /contacts/{id}/identities/{identity}", show: (*visit).askAddress},
	{pattern: "POST /contacts/{id}/identities/{identity}", show: (*visit).changeAddress},
}

// addressView asks for an address, or what becomes of one.
type addressView struct {
	ingest.Contact
	Address *ingest.ContactIdentity // nil: a new one
	Said    string
	Problem string
	Taken   *ingest.ID // whose it is
}

func (v *visit) askAddress() error { return v.showAddress(http.StatusOK, addressView{}) }

func (v *visit) showAddress(status int, view addressView) error {
	if err := v.get(contactPath(v.r.PathValue("id")), nil, &view.Contact); err != nil {
		return err
	}
	id := v.r.PathValue("identity")
	for _, i := range view.Identities {
		if number(i.ID) == id {
			view.Address = &i
		}
	}
	if id != "" && view.Address == nil {
		return errNoPage
	}
	if view.Address != nil && view.Said == "" {
		view.Said = view.Address.Key()
	}
	return v.render(status, "address", view)
}

func (v *visit) addAddress() error {
	return v.putAddress(http.MethodPost, "")
}

func (v *visit) changeAddress() error {
	at := "/" + url.PathEscape(v.r.PathValue("identity"))
	if v.r.PostFormValue("do") == "delete" {
		return v.changePerson(http.MethodDelete, "/identities"+at, nil)
	}
	return v.putAddress(http.MethodPatch, at)
}

func (v *visit) putAddress(method, at string) error {
	said := v.r.PostFormValue("identity")
	err := v.changePerson(method, "/identities"+at, map[string]string{"identity": targetMeant(said)})
	if p := correctable(err); p != nil {
		return v.showAddress(p.Status, addressView{Said: said, Problem: p.Detail, Taken: p.ContactID})
	}
	return err
}
