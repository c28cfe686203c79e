package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

type settingsStore interface {
	Settings(ctx context.Context) (ingest.Settings, int64, error)
	SetSettings(ctx context.Context, epoch int64, actor string, change func(*ingest.Settings) error) (ingest.Settings, int64, error)
}

func (a *api) settings() {
	route(a, op{does: "GET /settings", least: ingest.RoleAdmin, says: "Returns the settings; ETag is their version."}, a.getSettings)
	route(a, op{does: "PATCH /settings", least: ingest.RoleAdmin,
		says: "Changes what is given. With If-Match, 412 if somebody changed rules or settings meanwhile."}, a.patchSettings)
}

func (a *api) getSettings(ctx context.Context, _ *struct{}) (*Tagged[ingest.Settings], error) {
	settings, epoch, err := a.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return tagged(ctx, number(epoch), settings)
}

// SettingsPatch is some of the settings, as they were sent.
type SettingsPatch struct{ fields json.RawMessage }

// UnmarshalJSON keeps the fields for the moment when the settings are locked.
func (p *SettingsPatch) UnmarshalJSON(b []byte) error {
	p.fields = bytes.Clone(b)
	return nil
}

// Schema is that of the settings, with nothing required.
func (SettingsPatch) Schema(r huma.Registry) *huma.Schema {
	s := *huma.SchemaFromType(r, reflect.TypeFor[ingest.Settings]())
	s.Required = nil
	return &s
}

// SettingsInput changes settings.
type SettingsInput struct {
	IfMatch string `header:"If-Match"`
	Body    SettingsPatch
}

func (a *api) patchSettings(ctx context.Context, in *SettingsInput) (*Tagged[ingest.Settings], error) {
	epoch, err := numberIn(in.IfMatch)
	if err != nil {
		return nil, err
	}
	settings, epoch, err := a.Store.SetSettings(ctx, epoch, who(ctx).Name, in.Body.apply)
	if errors.Is(err, ingest.ErrConflict) {
		err = &Problem{Type: "stale", Status: http.StatusPreconditionFailed, Detail: clashing(err)}
	}
	if err != nil {
		return nil, err
	}
	return tagged(ctx, number(epoch), settings)
}

func (p SettingsPatch) apply(s *ingest.Settings) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(p.fields, &fields); err != nil {
		return badField("body", err.Error())
	}
	for name := range fields { // one by one: what cannot be read does not say its name
		one, _ := json.Marshal(map[string]json.RawMessage{name: fields[name]})
		if err := json.Unmarshal(one, s); err != nil {
			return badField(name, err.Error())
		}
	}
	if err := s.Check(); err != nil {
		name, says, _ := strings.Cut(err.Error(), " ")
		return badField(name, says)
	}
	return nil
}
