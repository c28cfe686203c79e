package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"gatehouse/ingest"
)

var settingsPages = []page{
	{pattern: "GET /audit", show: lists[ingest.AuditEntry]("audit", "/audit", "actor", "action", "subject")},
	{pattern: "GET /settings", show: (*visit).settings},
	{pattern: "POST /settings", show: (*visit).saveSettings},
}

// setting is one of the settings as a form has it. What it says comes from the
// settings' own description.
type setting struct {
	Name, Says, Value string
	Choices           []string // the values it may have; nil: any
	Yes               bool     // of one that is on or off
	Switch            bool
}

func (v *visit) settings() error {
	var now map[string]json.RawMessage
	if err := v.get("/settings", nil, &now); err != nil {
		return err
	}
	return v.render(http.StatusOK, "settings", settingsOf(now))
}

// settingsOf lists the settings in the order of their description.
func settingsOf(now map[string]json.RawMessage) (list []setting) {
	t := reflect.TypeFor[ingest.Settings]()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		value, ok := now[name]
		if !ok {
			continue
		}
		s := setting{Name: name, Says: f.Tag.Get("doc"), Value: plain(value), Switch: f.Type.Kind() == reflect.Bool}
		s.Yes = s.Switch && s.Value == "true"
		if enum := f.Tag.Get("enum"); enum != "" {
			s.Choices = strings.Split(enum, ",")
		}
		list = append(list, s)
	}
	return list
}

// plain is a value as people write it: a text without its quotes, the rest as it is.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// saveSettings sends what the reader changed, and nothing else.
func (v *visit) saveSettings() error {
	var now map[string]json.RawMessage
	if err := v.get("/settings", nil, &now); err != nil {
		return err
	}
	changed := map[string]json.RawMessage{}
	for _, s := range settingsOf(now) {
		said := v.r.PostFormValue(s.Name)
		if s.Switch {
			said = fmt.Sprint(said == "true")
		}
		if said != s.Value {
			changed[s.Name] = written(now[s.Name], said)
		}
	}
	if len(changed) > 0 {
		if err := v.change(http.MethodPatch, "/settings", changed, nil); err != nil {
			return err
		}
	}
	v.to("/settings")
	return nil
}

// written is what a reader wrote, in the shape that the setting has: a text, or
// a number, a switch or an object as it stands.
func written(now json.RawMessage, said string) json.RawMessage {
	if len(now) > 0 && now[0] != '"' && json.Valid([]byte(said)) {
		return json.RawMessage(said)
	}
	text, _ := json.Marshal(said) // texts always can be
	return text
}
