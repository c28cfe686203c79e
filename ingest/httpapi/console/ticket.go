package console

import (
	"net/http"
	"net/url"
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// ticketView is a ticket with its messages, and whose they are.
type ticketView struct {
	httpapi.OpenedTicket
	Contact ingest.Contact
	History ingest.List[ingest.Record]
	Notes   ingest.List[ingest.Note]
	Way     neighbours
	Orders  []jobView
	After   string
}

func (v *visit) ticket() error {
	var view ticketView
	if err := v.follow(&view.After, &view.Orders); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	var err error
	if view.Way, err = v.around(id); err != nil { // before it is opened: the reader may go through what is not
		return err
	}
	if err := v.get("/blocked/"+url.PathEscape(id), v.filters([]string{"cursor"}), &view.OpenedTicket); err != nil {
		return err
	}
	if err := v.readPerson(&view); err != nil {
		return err
	}
	return v.render(http.StatusOK, "ticket", view)
}

// readPerson reads whose ticket it is, and what was written by them and of them.
func (v *visit) readPerson(view *ticketView) error {
	contact := "/contacts/" + view.Ticket.ContactID.String()
	if err := v.get(contact, nil, &view.Contact); err != nil {
		return err
	}
	if err := v.get(contact+"/notes", url.Values{"limit": {"100"}}, &view.Notes); err != nil {
		return err
	}
	return v.get(contact+"/history", url.Values{"limit": {"10"}}, &view.History)
}

// messageHTML is a message's html alone, for a frame that may run nothing. It is
// safe as the API gives it out; the page's own rules keep it apart all the same.
func (v *visit) messageHTML() error {
	var m ingest.Record
	if err := v.get("/messages/"+url.PathEscape(v.r.PathValue("id")), nil, &m); err != nil {
		return err
	}
	from, html := "data:", m.HTML
	if v.Images() {
		from, html = "data: https: http:", strings.ReplaceAll(html, remoteSource, "src=")
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "+
		"img-src "+from+"; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("Referrer-Policy", "no-referrer")
	_, err := v.w.Write([]byte(`<!doctype html><html lang="mul"><meta charset="utf-8"><title>Message</title><base target="_blank">` +
		`<style>body{font:15px/1.5 system-ui,sans-serif;margin:12px;overflow-wrap:anywhere}img{max-width:100%;height:auto}</style>` + html))
	return err
}

// Images reports whether the reader asked for pictures from elsewhere.
func (v *visit) Images() bool { return v.r.FormValue("images") == "true" }

// remoteSource stands where a picture's address was, if it is elsewhere.
const remoteSource = "data-remote-src="
