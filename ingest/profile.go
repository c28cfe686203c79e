package ingest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Profile is what the desk says of a contact, besides name, tags and fields.
// What somebody writes never changes it.
type Profile struct {
	Nickname  string `json:"nickname" maxLength:"200"`
	Username  string `json:"username" maxLength:"200"`
	Company   string `json:"company" maxLength:"200"`
	Location  string `json:"location" maxLength:"200"`
	AvatarURL string `json:"avatar_url" maxLength:"1000"` // https
}

// Note is what somebody of the desk wrote about a contact.
type Note struct {
	ID     int64     `json:"id,string"`
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Text   string    `json:"text"`
}

// What a contact has at most: tags, and fields of the desk's own, in number;
// what each may have, in characters.
const (
	MaxTags   = 100
	MaxTag    = 100
	MaxFields = 100
	MaxField  = 64 // its name
	MaxValues = 2000
)

// ContactChange is what the desk changes of a contact; nil keeps.
type ContactChange struct {
	Contact                                                ID
	Name, Nickname, Username, Company, Location, AvatarURL *string
	Tags                                                   []string           // empty clears
	Fields                                                 map[string]*string // those that are named; nil takes one away
	Version                                                int64              // that was read; 0: any
	Actor                                                  string
}

// Apply returns the contact as it is after the change. The error begins with
// the field that cannot be so.
func (c ContactChange) Apply(to Contact) (Contact, error) {
	for _, f := range []struct{ to, from *string }{{&to.Name, c.Name}, {&to.Nickname, c.Nickname}, {&to.Username, c.Username},
		{&to.Company, c.Company}, {&to.Location, c.Location}, {&to.AvatarURL, c.AvatarURL}} {
		if f.from != nil {
			*f.to = strings.TrimSpace(*f.from)
		}
	}
	if c.Tags != nil {
		to.Tags = tagsOf(c.Tags)
	}
	to.Fields = fieldsAfter(to.Fields, c.Fields)
	return to, to.check()
}

// tagsOf are tags without blanks around them and without repeats, in their
// order; of more than a contact may have no more than show it.
func tagsOf(said []string) []string {
	tags := []string{}
	for _, tag := range said {
		if len(tags) > MaxTags {
			break
		}
		if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

func fieldsAfter(old map[string]string, said map[string]*string) map[string]string {
	fields := maps.Clone(old)
	if fields == nil {
		fields = map[string]string{}
	}
	for name, value := range said {
		if name = strings.TrimSpace(name); value == nil {
			delete(fields, name)
		} else {
			fields[name] = *value
		}
	}
	return fields
}

func (c Contact) check() error {
	long := func(s string, most int) bool { return utf8.RuneCountInString(s) > most }
	switch {
	case len(c.Tags) > MaxTags || slices.ContainsFunc(c.Tags, func(t string) bool { return long(t, MaxTag) }):
		return AsInvalid(fmt.Errorf("tags: at most %d, of %d characters", MaxTags, MaxTag))
	case len(c.Fields) > MaxFields:
		return AsInvalid(fmt.Errorf("fields: at most %d", MaxFields))
	}
	for name, value := range c.Fields {
		if name == "" || long(name, MaxField) || long(value, MaxValues) {
			return AsInvalid(fmt.Errorf("fields: a name has 1 to %d characters, a value at most %d", MaxField, MaxValues))
		}
	}
	return checkAvatar(c.AvatarURL)
}

// checkAvatar takes https alone: the address is put into pages.
func checkAvatar(address string) error {
	if address == "" {
		return nil
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return AsInvalid(fmt.Errorf("avatar_url: want an address that begins with https://"))
	}
	return nil
}

// FieldOrder lists the names of the contact's fields as they are shown: those
// that the settings name first, in their order, then the others by name.
func (s Settings) FieldOrder(fields map[string]string) []string {
	order := []string{}
	for _, name := range strings.FieldsFunc(s.ContactFields, func(r rune) bool { return r == ',' }) {
		name = strings.TrimSpace(name)
		if _, has := fields[name]; has && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return order
}

// NewContact is one that the desk makes, without a message.
type NewContact struct {
	Contact    // Name, Profile, Tags and Fields of it
	Identities []Identity
	Actor      string
}

// IdentityChange adds an address to a contact, takes one away, or both: which
// changes it.
type IdentityChange struct {
	Contact ID
	Remove  int64    // 0: none
	Add     Identity // zero: none
	Actor   string
}

// TakenError says that an address is another contact's.
type TakenError struct {
	Identity Identity
	Contact  ID
}

// Error names the contact.
func (e *TakenError) Error() string {
	return e.Identity.Key() + " belongs to contact " + e.Contact.String() + ": merge the two, or take it away there first"
}

// Is makes it a conflict.
func (e *TakenError) Is(target error) bool { return target == ErrConflict }
