package httpapi

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
)

// Described makes the description with the answers in files, as YAML and JSON.
func Described(files fs.FS) (asYAML, asJSON []byte, err error) {
	answers, err := AnswersIn(files)
	if err != nil {
		return nil, nil, err
	}
	o := Options{Version: "unreleased", Ready: func(context.Context) error { return nil }}
	o.defaults()
	d := register(http.NewServeMux(), o).huma.OpenAPI()
	mend(d)
	answered(d, answers)
	if asYAML, err = d.YAML(); err != nil {
		return nil, nil, err
	}
	asJSON, err = json.Marshal(d)
	return asYAML, asJSON, err
}
