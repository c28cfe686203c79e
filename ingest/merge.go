package ingest

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// MergeRules says which rules stand once two contacts are one.
type MergeRules string

// What becomes of the rules of two contacts that are merged.
const (
	MergeKeepBoth     MergeRules = "keep_both"     // all of them stand, for all addresses of both
	MergeKeepSurvivor MergeRules = "keep_survivor" // those of the contact that goes are lifted
	MergeKeepMerged   MergeRules = "keep_merged"   // those of the contact that stays are lifted
)

// MergeOrder asks for one contact to be merged into another. Both may be ids
// that were merged before: whom they stand for is meant.
type MergeOrder struct {
	Contact, Into ID
	Rules         MergeRules // "" asks: a *MergeChoiceError if they stand differently
	Held          HeldChoice // of what the rules hold that Rules lifts; "" asks
	To            string     // where what is released goes: auto, bot or unassigned
	Actor         string
}

// Merge is one contact that was merged into another.
type Merge struct {
	ID       int64      `json:"id,string"`
	Contact  ID         `json:"contact_id"` // that went; its id goes on answering
	Into     ID         `json:"into"`       // that stayed, at that time
	At       time.Time  `json:"at"`
	By       string     `json:"by"`
	Rules    MergeRules `json:"rules"`
	Took     Taken      `json:"took"`   // what the contact that stayed has from the one that went
	Lifted   []int64    `json:"lifted"` // rules
	Closed   []ID       `json:"closed"` // conversations: only one may be unclosed
	UndoneAt *time.Time `json:"undone_at"`
	UndoneBy string     `json:"undone_by"`
	Was      *Merged    `json:"was"` // the contact that went, as it is kept for an undo
}

// Merged is what the desk had said of a contact that was merged.
type Merged struct {
	Name string `json:"name"`
	Profile
	Tags   []string          `json:"tags"`
	Fields map[string]string `json:"fields"`
}

// Taken is what a merge added to the contact that stayed: names of what was
// empty there, tags, names of fields.
type Taken struct {
	Profile []string `json:"profile"`
	Tags    []string `json:"tags"`
	Fields  []string `json:"fields"`
}

// MergeDone is what became of a MergeOrder.
type MergeDone struct {
	Merge int64
	Fresh bool  // false: they were one contact already, by this merge
	Into  ID    // that answers for both
	Job   int64 // that works off what lifted rules held; 0: nothing was
}

// MergeChoiceError says that two contacts stand differently, so that somebody
// has to say which rules are to stand for the one that they become.
type MergeChoiceError struct{ Contact, Into ID }

func (e *MergeChoiceError) Error() string {
	return fmt.Sprintf("contacts %s and %s stand differently: choose whose rules stand", e.Contact, e.Into)
}

// Is makes it a conflict.
func (e *MergeChoiceError) Is(target error) bool { return target == ErrConflict }

// profileOf names the texts of a contact that a merge may take over.
func profileOf(c *Contact) []struct {
	name string
	at   *string
} {
	return []struct {
		name string
		at   *string
	}{{"name", &c.Name}, {"nickname", &c.Nickname}, {"username", &c.Username}, {"company", &c.Company},
		{"location", &c.Location}, {"avatar_url", &c.AvatarURL}}
}

// TakeFrom returns the contact with what it has not and the other has: where
// both say something, its own stays.
func (c Contact) TakeFrom(other Contact) (Contact, Taken) {
	took := Taken{Profile: []string{}, Tags: []string{}, Fields: []string{}}
	theirs := profileOf(&other)
	for i, p := range profileOf(&c) {
		if *p.at == "" && *theirs[i].at != "" {
			*p.at = *theirs[i].at
			took.Profile = append(took.Profile, p.name)
		}
	}
	c.Tags, c.Fields = slices.Clone(c.Tags), maps.Clone(c.Fields)
	for _, t := range other.Tags {
		if !slices.Contains(c.Tags, t) && len(c.Tags) < MaxTags {
			c.Tags, took.Tags = append(c.Tags, t), append(took.Tags, t)
		}
	}
	if c.Fields == nil {
		c.Fields = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(other.Fields)) {
		if _, has := c.Fields[name]; !has && len(c.Fields) < MaxFields {
			c.Fields[name] = other.Fields[name]
			took.Fields = append(took.Fields, name)
		}
	}
	return c, took
}

// GiveBack returns the contact without what it took from another and still has
// as it was.
func (c Contact) GiveBack(took Taken, other Contact) Contact {
	theirs := profileOf(&other)
	for i, p := range profileOf(&c) {
		if slices.Contains(took.Profile, p.name) && *p.at == *theirs[i].at {
			*p.at = ""
		}
	}
	c.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(t string) bool { return slices.Contains(took.Tags, t) })
	c.Fields = maps.Clone(c.Fields)
	maps.DeleteFunc(c.Fields, func(name, value string) bool {
		return slices.Contains(took.Fields, name) && other.Fields[name] == value
	})
	return c
}

// Conflicts names what both contacts say, and differently.
func (c Contact) Conflicts(other Contact) []string {
	names := []string{}
	theirs := profileOf(&other)
	for i, p := range profileOf(&c) {
		if *p.at != "" && *theirs[i].at != "" && *p.at != *theirs[i].at {
			names = append(names, p.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(other.Fields)) {
		if mine, has := c.Fields[name]; has && mine != other.Fields[name] {
			names = append(names, "fields."+name)
		}
	}
	return names
}

// Suggestion is two contacts that may be one person.
type Suggestion struct {
	ID       int64     `json:"id,string"`
	Why      LinkWhy   `json:"why"`
	Message  ID        `json:"message_id"` // by which it is known; zero: by an address that one of them typed
	At       time.Time `json:"at"`
	Contacts [2]Person `json:"contacts"`
}

// LinkWhy says why two contacts may be one person.
type LinkWhy string

// Why contacts may be one. Only what is verified links them without being asked.
const (
	LinkVerified LinkWhy = "verified" // a message proved addresses of both
	LinkTogether LinkWhy = "together" // addresses of both came in one message
	LinkClaimed  LinkWhy = "claimed"  // one typed an address of the other's
)
