package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var deadPages = []page{
	{pattern: "GET /dead", show: (*visit).deadList},
	{pattern: "GET /dead/{id}", show: (*visit).deadOne},
	{pattern: "GET /dead/order", show: (*visit).askDead},
	{pattern: "POST /dead/order", show: (*visit).orderDead},
}

// deadChosen are the names of a query that choose dead letters.
var deadChosen = []string{"channel", "reason"}

// deadView is a list of what could not be read or decided.
type deadView struct {
	ingest.List[ingest.Record]
	Total    int64
	Channels []string // that have any
	Chosen   url.Values
}

func (v *visit) deadList() error {
	view := deadView{Chosen: v.filters(deadChosen)}
	if err := v.get("/dead", v.filters(append(deadChosen, "cursor")), &view.List); err != nil {
		return err
	}
	var stats httpapi.Stats
	if err := v.get("/stats", nil, &stats); err != nil {
		return err
	}
	for _, a := range stats.Channels {
		if view.Total += a.Dead; a.Dead > 0 {
			view.Channels = append(view.Channels, a.Name)
		}
	}
	return v.render(http.StatusOK, "dead", view)
}

// deadLetter is one of them, with what came as far as it is shown.
type deadLetter struct {
	ingest.Record
	Raw  string // "" to whom it is not for
	Size int64
}

// Cut reports whether more came than is shown.
func (d deadLetter) Cut() bool { return d.Size > rawShown }

func (v *visit) deadOne() error {
	var view deadLetter
	id := url.PathEscape(v.r.PathValue("id"))
	if err := v.get("/messages/"+id, nil, &view.Record); err != nil {
		return err
	}
	if view.State != ingest.Dead {
		return errNoPage
	}
	if v.Me.Role.AtLeast(ingest.RoleAdmin) {
		raw, size, err := v.first("/dead/"+id+"/raw", rawShown)
		if err != nil {
			return err
		}
		view.Raw, view.Size = visible(raw), size
	}
	return v.render(http.StatusOK, "dead_one", view)
}
