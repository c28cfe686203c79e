package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var endpointPages = []page{
	{pattern: "GET /endpoints", show: (*visit).endpoints},
	{pattern: "POST /endpoints", show: (*visit).addEndpoint},
	{pattern: "GET /endpoints/{id}", show: (*visit).endpoint},
	{pattern: "POST /endpoints/{id}", show: (*visit).changeEndpoint},
	{pattern: "POST /endpoints/{id}/secret", show: (*visit).rotateEndpoint},
	{pattern: "POST /endpoints/{id}/replay", show: (*visit).replayEndpoint},
	{pattern: "GET /deliveries/{id}", show: (*visit).delivery},
}

// endpointsView is where events are posted to, and what was wrong with a new one.
type endpointsView struct {
	ingest.List[ingest.Endpoint]
	URL, Description, Types string // as they were typed
	Problem                 *httpapi.Problem
}

func (v *visit) endpoints() error { return v.showEndpoints(http.StatusOK, endpointsView{}) }

func (v *visit) showEndpoints(status int, view endpointsView) error {
	if err := v.get("/endpoints", v.filters([]string{"cursor"}), &view.List); err != nil {
		return err
	}
	return v.render(status, "endpoints", view)
}

// addEndpoint adds where events are posted to, and shows its secret once.
func (v *visit) addEndpoint() error {
	var made ingest.Endpoint
	err := v.change(http.MethodPost, "/endpoints", v.endpointSaid(), &made)
	if p := correctable(err); p != nil {
		return v.showEndpoints(p.Status, endpointsView{URL: v.r.PostFormValue("url"), Description: v.r.PostFormValue("description"),
			Types: v.r.PostFormValue("types"), Problem: p})
	}
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "endpoint_made", made)
}

// endpointSaid is what the form says of an endpoint.
func (v *visit) endpointSaid() map[string]any {
	types := strings.FieldsFunc(v.r.PostFormValue("types"), func(r rune) bool { return r == ' ' || r == ',' })
	return map[string]any{"url": v.r.PostFormValue("url"), "description": v.r.PostFormValue("description"), "types": append([]string{}, types...)}
}

// endpointView is one endpoint, with what waits for it and what was given up.
type endpointView struct {
	ingest.Endpoint
	Version       string
	Waiting, Dead ingest.List[ingest.EventDelivery]
	Problem       *httpapi.Problem
}

func (v *visit) endpointPath() string { return "/endpoints/" + url.PathEscape(v.r.PathValue("id")) }

func (v *visit) endpoint() error { return v.showEndpoint(http.StatusOK, nil) }

func (v *visit) showEndpoint(status int, p *httpapi.Problem) error {
	view := endpointView{Problem: p}
	var err error
	if view.Version, err = v.tagged(v.endpointPath(), &view.Endpoint); err != nil {
		return err
	}
	of := view.ID.String()
	if err := v.get("/deliveries", url.Values{"endpoint_id": {of}, "state": {"pending"}, "limit": {"10"}}, &view.Waiting); err != nil {
		return err
	}
	q := v.filters([]string{"cursor"})
	q.Set("endpoint_id", of)
	q.Set("state", "dead")
	if err := v.get("/deliveries", q, &view.Dead); err != nil {
		return err
	}
	if p != nil {
		view.URL, view.Description = v.r.PostFormValue("url"), v.r.PostFormValue("description")
		view.Types = strings.Fields(v.r.PostFormValue("types"))
	}
	return v.render(status, "endpoint", view)
}

func (v *visit) changeEndpoint() error {
	err := v.change(http.MethodPatch, v.endpointPath(), v.endpointSaid(), nil)
	if p := correctable(err); p != nil {
		return v.showEndpoint(p.Status, p)
	}
	if err == nil {
		v.to(v.endpointPath())
	}
	return err
}

// rotateEndpoint makes another secret, and shows it once; the old one signs too for
// a while.
func (v *visit) rotateEndpoint() error {
	var made ingest.Endpoint
	if err := v.change(http.MethodPost, v.endpointPath()+"/rotate", map[string]any{"keep": v.r.PostFormValue("keep")}, &made); err != nil {
		return err
	}
	return v.render(http.StatusOK, "endpoint_made", made)
}

// replayEndpoint posts once more what happened within a time until now.
func (v *visit) replayEndpoint() error {
	ago, err := time.ParseDuration(v.r.PostFormValue("ago"))
	if err != nil || ago <= 0 {
		return &httpapi.Problem{Type: "invalid", Status: http.StatusUnprocessableEntity, Detail: "Choose how far back to begin."}
	}
	if err := v.change(http.MethodPost, v.endpointPath()+"/replay", map[string]any{"from": v.Now().Add(-ago).UTC()}, nil); err != nil {
		return err
	}
	v.to(v.endpointPath())
	return nil
}

func (v *visit) delivery() error {
	var d ingest.EventDelivery
	if err := v.get("/deliveries/"+url.PathEscape(v.r.PathValue("id")), nil, &d); err != nil {
		return err
	}
	return v.render(http.StatusOK, "delivery", d)
}
