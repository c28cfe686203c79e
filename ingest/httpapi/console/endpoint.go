package console

import (
	"net/http"
	"strings"

	"gatehouse/ingest"
)

var endpointPages = []page{
	{pattern: "GET /endpoints", show: lists[ingest.Endpoint]("endpoints", "/endpoints")},
	{pattern: "POST /endpoints", show: (*visit).addEndpoint},
}

// addEndpoint adds where events are posted to, and shows its secret once.
func (v *visit) addEndpoint() error {
	body := map[string]any{"url": v.r.PostFormValue("url"), "description": v.r.PostFormValue("description")}
	if types := strings.FieldsFunc(v.r.PostFormValue("types"), func(r rune) bool { return r == ' ' || r == ',' }); len(types) > 0 {
		body["types"] = types
	}
	var made ingest.Endpoint
	if err := v.change(http.MethodPost, "/endpoints", body, &made); err != nil {
		return err
	}
	return v.render(http.StatusOK, "endpoint_made", made)
}
