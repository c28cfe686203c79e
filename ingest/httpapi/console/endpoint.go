package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

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
	{pattern: "POST /endpoints/{id}/test", show: (*visit).testEndpoint},
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
	return map[string]any{"url": v.r.PostFormValue("url"), "description": v.r.PostFormValue("description"), "types": v.typesSaid()}
}

// typesSaid are the events that the form names, with commas or without; never nil,
// for none are all.
func (v *visit) typesSaid() []string {
	between := func(r rune) bool { return unicode.IsSpace(r) || r == ',' }
	return append([]string{}, strings.FieldsFunc(v.r.PostFormValue("types"), between)...)
}

// endpointView is one endpoint, with what waits for it and what was given up.
type endpointView struct {
	ingest.Endpoint
	Version       string
	Waiting, Dead ingest.List[ingest.EventDelivery]
	Replays       ingest.List[ingest.Replay]
	Made          string          // when the page was
	Tested        *httpapi.Tested // what came of a test just now
	Problem       *httpapi.Problem
}

func (v *visit) endpointPath() string { return "/endpoints/" + url.PathEscape(v.r.PathValue("id")) }

func (v *visit) endpoint() error { return v.showEndpoint(http.StatusOK, endpointView{}) }

func (v *visit) showEndpoint(status int, view endpointView) error {
	var err error
	view.Made = v.Now().UTC().Format(time.RFC3339)
	if view.Version, err = v.tagged(v.endpointPath(), &view.Endpoint); err != nil {
		return err
	}
	if err := v.deliveries(&view); err != nil {
		return err
	}
	if view.Problem != nil {
		view.URL, view.Description = v.r.PostFormValue("url"), v.r.PostFormValue("description")
		view.Types = v.typesSaid()
	}
	return v.render(status, "endpoint", view)
}

// deliveries asks for what waits for the endpoint, what was given up, and what is
// posted once more.
func (v *visit) deliveries(view *endpointView) error {
	dead := v.filters([]string{"cursor"})
	dead.Set("endpoint_id", view.ID.String())
	dead.Set("state", ingest.DeliveryDead)
	waiting := url.Values{"endpoint_id": {view.ID.String()}, "state": {ingest.DeliveryPending}, "limit": {"10"}}
	if err := v.get("/deliveries", waiting, &view.Waiting); err != nil {
		return err
	}
	if err := v.get("/deliveries", dead, &view.Dead); err != nil {
		return err
	}
	err := v.get(v.endpointPath()+"/replays", nil, &view.Replays)
	view.Replays.Items = view.Replays.Items[:min(3, len(view.Replays.Items))]
	return err
}

func (v *visit) changeEndpoint() error {
	err := v.change(http.MethodPatch, v.endpointPath(), v.endpointSaid(), nil)
	if p := correctable(err); p != nil {
		return v.showEndpoint(p.Status, endpointView{Problem: p})
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

// replayEndpoint posts once more what happened within a time until the page was
// made: so the same form sent twice asks for the same.
func (v *visit) replayEndpoint() error {
	ago, err := time.ParseDuration(v.r.PostFormValue("ago"))
	made, wrong := time.Parse(time.RFC3339, v.r.PostFormValue("made"))
	if err != nil || wrong != nil || ago <= 0 {
		return &httpapi.Problem{Type: "invalid", Status: http.StatusUnprocessableEntity, Detail: "Choose how far back to begin."}
	}
	if err := v.change(http.MethodPost, v.endpointPath()+"/replay", map[string]any{"from": made.Add(-ago)}, nil); err != nil {
		return err
	}
	v.to(v.endpointPath())
	return nil
}

// testEndpoint posts a test event, and says what came of it.
func (v *visit) testEndpoint() error {
	var view endpointView
	if err := v.change(http.MethodPost, v.endpointPath()+"/test", nil, &view.Tested); err != nil {
		return err
	}
	return v.showEndpoint(http.StatusOK, view)
}

func (v *visit) delivery() error {
	var d ingest.EventDelivery
	if err := v.get("/deliveries/"+url.PathEscape(v.r.PathValue("id")), nil, &d); err != nil {
		return err
	}
	return v.render(http.StatusOK, "delivery", d)
}
