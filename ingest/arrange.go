package ingest

import (
	"errors"
	"fmt"
	"slices"
)

// ChannelSpec is a channel as the configuration names it.
type ChannelSpec struct {
	Name, Kind string
	Family     Family
	Was        []string // names that it had before
}

// KnownChannel is a channel as the store has it, under the number that its
// messages, keys and cursors carry.
type KnownChannel struct {
	ID      int32
	Name    string
	Kind    string
	Family  Family
	Retired bool
}

// Rename is a channel that goes by another name.
type Rename struct {
	Channel string `json:"channel"`
	Was     string `json:"was"`
}

// Arrangement is what makes the channels that a store knows those of a
// configuration.
type Arrangement struct {
	Add       []ChannelSpec
	Rename    []Rename
	Retire    []string
	Reinstate []string // retired ones that are configured again, by their new names
}

// Empty reports whether nothing is to be done.
func (a Arrangement) Empty() bool {
	return len(a.Add)+len(a.Rename)+len(a.Retire)+len(a.Reinstate) == 0
}

// ChannelError says why a channel cannot be as it is configured.
type ChannelError struct {
	Channel string
	Says    string
}

// Error names the channel.
func (e *ChannelError) Error() string { return "channel " + e.Channel + ": " + e.Says }

// Arrange compares what a store knows with what is configured. A name stands
// for one source and its messages for ever: so a channel is of one kind, takes
// its messages along to another name, and does not just vanish. The error is
// made of a ChannelError for each that does.
func Arrange(known []KnownChannel, configured []ChannelSpec, retired []string) (Arrangement, error) {
	a := arranging{known: map[string]KnownChannel{}, claimed: map[string]bool{}}
	for _, k := range known {
		a.known[k.Name] = k
	}
	for _, c := range configured {
		a.place(c)
	}
	for _, name := range retired {
		a.claimed[name] = true
		if k, ok := a.known[name]; ok && !k.Retired {
			a.Retire = append(a.Retire, name)
		}
	}
	for _, k := range known {
		if !a.claimed[k.Name] {
			a.refuse(k.Name, "the database has it, and it is neither configured nor retired: put it back under channels,"+
				" or list it under retired; if it has another name now, say was: [%s] there", k.Name)
		}
	}
	return a.Arrangement, errors.Join(a.errs...)
}

type arranging struct {
	Arrangement
	known   map[string]KnownChannel
	claimed map[string]bool
	errs    []error
}

func (a *arranging) refuse(channel, format string, args ...any) {
	a.errs = append(a.errs, &ChannelError{channel, fmt.Sprintf(format, args...)})
}

// place finds what a configured channel is known as.
func (a *arranging) place(c ChannelSpec) {
	a.claimed[c.Name] = true
	k, ok := a.known[c.Name]
	for _, was := range c.Was {
		old, there := a.known[was]
		a.claimed[was] = true
		switch {
		case there && ok:
			a.refuse(c.Name, "was: the database has messages of %s and of %s, and two channels do not become one:"+
				" take %s out of was and list it under retired", k.Name, was, was)
			return
		case there:
			k, ok = old, true
		}
	}
	switch {
	case !ok:
		a.Add = append(a.Add, c)
		return
	case k.Kind == c.Kind && k.Family != c.Family:
		a.refuse(c.Name, "in the database %s holds messages of another family, %s, not %s: a channel of another one needs a name of its own,"+
			" and %s goes under retired", k.Name, k.Family, c.Family, k.Name)
		return
	case k.Kind != c.Kind:
		a.refuse(c.Name, "in the database %s is of kind %s, not %s: a channel of another kind needs a name of its own,"+
			" and %s goes under retired", k.Name, k.Kind, c.Kind, k.Name)
		return
	}
	if k.Name != c.Name {
		a.Rename = append(a.Rename, Rename{Channel: c.Name, Was: k.Name})
	}
	if k.Retired {
		a.Reinstate = append(a.Reinstate, c.Name)
	}
}

// Reloaded says what a reload of the configuration did.
type Reloaded struct {
	Added     []string `json:"added"`
	Changed   []string `json:"changed"`
	Renamed   []Rename `json:"renamed"`
	Retired   []string `json:"retired"`
	Unchanged []string `json:"unchanged"`
	Restart   []string `json:"restart"` // keys that changed and take effect at the next start
}

// Whole is r with its lists sorted, and none of them nil.
func (r Reloaded) Whole() Reloaded {
	for _, list := range []*[]string{&r.Added, &r.Changed, &r.Retired, &r.Unchanged, &r.Restart} {
		*list = append([]string{}, slices.Sorted(slices.Values(*list))...)
	}
	r.Renamed = append([]Rename{}, r.Renamed...)
	return r
}
