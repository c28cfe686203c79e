package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
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

// SettingsOutput is the settings with their version.
type SettingsOutput struct {
	ETag string `header:"ETag"`
	Body ingest.Settings
}

func (a *api) getSettings(ctx context.Context, _ *struct{}) (*SettingsOutput, error) {
	settings, epoch, err := a.Store.Settings(ctx)
	return tagged(settings, epoch, err)
}

func tagged(settings ingest.Settings, epoch int64, err error) (*SettingsOutput, error) {
	if err != nil {
		return nil, err
	}
	return &SettingsOutput{versionTag(epoch), settings}, nil
}

// versionTag is a version as an ETag.
func versionTag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

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

func (a *api) patchSettings(ctx context.Context, in *SettingsInput) (*SettingsOutput, error) {
	epoch, err := epochOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	settings, epoch, err := a.Store.SetSettings(ctx, epoch, who(ctx).Name, in.Body.apply)
	if errors.Is(err, ingest.ErrConflict) {
		err = &Problem{Type: "stale", Status: http.StatusPreconditionFailed, Detail: clashing(err)}
	}
	return tagged(settings, epoch, err)
}

// epochOf reads If-Match; 0 asks for nothing.
func epochOf(tag string) (int64, error) {
	if tag == "" || tag == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || n <= 0 {
		return 0, badField("If-Match", "not an ETag that was given")
	}
	return n, nil
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
