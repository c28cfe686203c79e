package console

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gatehouse/ingest"
)

// setting is one of the settings as a form has it. What it says comes from the
// settings' own description.
type setting struct {
	Name, Says, Value string
	Choices           []string // the values it may have; nil: any
	Yes               bool     // of one that is on or off
	Switch            bool
	Default           string  // what a new installation has, if it is another value
	Said              *string // what the reader wrote; nil: nothing new
	Stands            string  // what it is, where the reader wrote something else
	Clashes           bool    // a colleague changed it, too
	Wrong             string  // why it cannot be so
}

// Was is what the setting was when the page was made.
func (s setting) Was() string {
	if s.Said != nil {
		return s.Stands
	}
	return s.Value
}

// Called is its name for people.
func (s setting) Called() string { return capital(strings.ReplaceAll(s.Name, "_", " ")) }

// settingsOf lists the settings in the order of their description.
func settingsOf(now map[string]json.RawMessage) (list []setting) {
	usual := asNew()
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
		if d := plain(usual[name]); d != s.Value {
			s.Default = defaultSays(d, s.Switch)
		}
		list = append(list, s)
	}
	return list
}

func defaultSays(value string, isSwitch bool) string {
	switch {
	case isSwitch && value == "true":
		return "on"
	case isSwitch:
		return "off"
	case value == "":
		return "empty"
	}
	return value
}

// asNew are the settings of a new installation.
func asNew() (list map[string]json.RawMessage) {
	text, err := json.Marshal(ingest.DefaultSettings())
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		panic(err) // our own types
	}
	return list
}

// plain is a value as people write it: a text without its quotes, the rest as it is.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	return short(text)
}

// short is a duration without its zeros: 72h0m0s is 72h, 30m0s is 30m. What is none
// stays as it is.
func short(text string) string {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil || d == 0:
		return text
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return text
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

// settingGroup is what belongs together.
type settingGroup struct {
	Name     string
	Settings []setting
}

// subject is what settings are about.
type subject struct {
	name   string
	begins []string
}

func (s subject) has(name string) bool {
	return slices.ContainsFunc(s.begins, func(b string) bool { return strings.HasPrefix(name, b) })
}

// subjects are what settings are about, by how their names begin. What begins
// like none of them comes last.
var subjects = []subject{
	{"Who may do what", []string{"may_", "block_contact", "chat_block", "rule_alarm", "review_"}},
	{"What is held besides", []string{"unverified", "auto_reply", "bounce", "feedback", "list", "loop", "hold_size", "flood_", "spam_", "closed"}},
	{"Conversations", []string{"bot_", "reopen_", "close_", "chat_"}},
	{"Contacts and consent", []string{"opt_", "contact_", "link_"}},
	{"How long things are kept", []string{"held_keep", "conversed_keep", "raw_keep", "dead_keep", "audit_keep"}},
	{"Files", []string{"media_"}},
	{"Alerts", []string{"alert_"}},
	{"Programs", []string{"api_", "token_"}},
}

// inGroups sorts settings by subject.
func inGroups(list []setting) []settingGroup {
	groups := make([]settingGroup, len(subjects)+1)
	for i, s := range subjects {
		groups[i].Name = s.name
	}
	groups[len(subjects)].Name = "Others"
	for _, s := range list {
		at := slices.IndexFunc(subjects, func(of subject) bool { return of.has(s.Name) })
		if at < 0 {
			at = len(subjects)
		}
		groups[at].Settings = append(groups[at].Settings, s)
	}
	return slices.DeleteFunc(groups, func(g settingGroup) bool { return len(g.Settings) == 0 })
}
