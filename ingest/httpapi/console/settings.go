package console

import (
	"encoding/json"
	"errors"
	"net/http"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var settingsPages = []page{
	{pattern: "GET /audit", show: (*visit).audit},
	{pattern: "GET /erasures", show: lists[ingest.Erasure]("erasures", "/erasures")},
	{pattern: "GET /settings", show: (*visit).settings},
	{pattern: "POST /settings", show: (*visit).saveSettings},
}

// settingsView is the settings by subject, with what came of saving them.
type settingsView struct {
	Groups  []settingGroup
	Saved   bool
	Problem string
}

func (v *visit) settings() error {
	var now map[string]json.RawMessage
	if err := v.get("/settings", nil, &now); err != nil {
		return err
	}
	return v.render(http.StatusOK, "settings", settingsView{Groups: inGroups(settingsOf(now)), Saved: v.r.FormValue("saved") != ""})
}

const clashed = "A colleague changed the same settings while you were here. Nothing was saved. What you wrote is still in the form: look at what stands now, and save again if you mean it."

// saveSettings sends what the reader changed, and nothing else: what a colleague
// changed of the rest meanwhile stays. Where both changed the same, nothing is
// saved and the reader is shown both.
func (v *visit) saveSettings() error {
	for range 3 {
		var now map[string]json.RawMessage
		version, err := v.tagged("/settings", &now)
		if err != nil {
			return err
		}
		list := settingsOf(now)
		changed, clash := v.changed(list, now)
		if clash {
			return v.showSettings(http.StatusPreconditionFailed, list, clashed)
		}
		if len(changed) == 0 {
			break
		}
		v.r.PostForm.Set("version", version)
		var p *httpapi.Problem
		err = v.change(http.MethodPatch, "/settings", changed, nil)
		switch {
		case err == nil:
			v.to("/settings?saved=true")
			return nil
		case errors.As(err, &p) && p.Status == http.StatusUnprocessableEntity:
			blame(list, p.Errors)
			return v.showSettings(p.Status, list, "Nothing was saved: what is marked below cannot be.")
		case !errors.As(err, &p) || p.Status != http.StatusPreconditionFailed:
			return err
		}
	}
	v.to("/settings")
	return nil
}

// changed are the settings that the reader gave another value than the page had.
// Clash is whether one of them has a third one by now. What the reader wrote is put
// into the list.
func (v *visit) changed(list []setting, now map[string]json.RawMessage) (changed map[string]json.RawMessage, clash bool) {
	changed = map[string]json.RawMessage{}
	for i := range list {
		s := &list[i]
		was, said := v.r.PostFormValue("was."+s.Name), v.r.PostFormValue(s.Name)
		if s.Switch && said != "true" {
			said = "false"
		}
		if !v.r.PostForm.Has("was."+s.Name) || said == was || said == s.Value {
			continue
		}
		changed[s.Name] = written(now[s.Name], said)
		if s.Stands = s.Value; was != s.Value {
			s.Clashes, clash = true, true
		}
		s.Said = &said
	}
	return changed, clash
}

// showSettings shows the form again with what the reader wrote.
func (v *visit) showSettings(status int, list []setting, problem string) error {
	for i := range list {
		if said := list[i].Said; said != nil {
			list[i].Value, list[i].Yes = *said, *said == "true"
		}
	}
	return v.render(status, "settings", settingsView{Groups: inGroups(list), Problem: problem})
}

// blame tells settings what is wrong with them.
func blame(list []setting, faults []httpapi.FieldError) {
	for i := range list {
		for _, f := range faults {
			if f.Field == list[i].Name {
				list[i].Wrong = f.Says
			}
		}
	}
}
