package ingest

import (
	"net/netip"
	"slices"
	"strings"
)

// Matches reports whether the rule applies to the message: it is in force,
// its scope has the channel, its target means the sender, and nothing spares
// them. It says nothing of other rules.
//
// Identities that were only claimed match nothing, and an IP rule matches no
// mail: an address found in a mail's headers is not its author's. Mail that
// failed its sender check meets every kind of rule but allow, and spare_known
// does not spare it: whoever it names may not have written it.
func (r *Rule) Matches(m Message, f Facts) bool {
	switch {
	case !r.InForce(f.Now) || !r.covers(m.Channel, f.Kind):
		return false
	case r.Kind == Allow && m.Unproven:
		return false
	case r.SpareKnown && r.knew(f) && !m.Unproven:
		return false
	}
	return r.means(m, f)
}

// covers reports whether the rule's scope has the channel.
func (r *Rule) covers(channel, kind string) bool {
	if len(r.Scope) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Scope, func(s string) bool {
		k, isKind := strings.CutPrefix(s, "kind:")
		return isKind && k == kind || !isKind && s == channel
	})
}

// knew reports whether the contact talked before the rule was set.
func (r *Rule) knew(f Facts) bool {
	return !f.TalkedAt.IsZero() && f.TalkedAt.Before(r.CreatedAt)
}

// Means reports whether the target means the message's sender.
func (t Target) Means(m Message, f Facts) bool {
	switch t.Kind {
	case Everyone:
		return true
	case "contact":
		return slices.ContainsFunc(f.Persons(), func(id ID) bool { return id.String() == t.Value })
	case "ip", "cidr", "range":
		return t.Holds(m.RuleIP())
	}
	for id := range m.Joining() {
		if t.names(id) {
			return true
		}
	}
	return false
}

// names reports whether the identity is the target's or lies below it.
func (t Target) names(id Identity) bool {
	switch t.Kind {
	case "domain":
		d := id.Domain()
		return d == t.Value || strings.HasSuffix(d, "."+t.Value)
	case "phone_prefix":
		return id.Kind == "phone" && strings.HasPrefix(id.Value, t.Value)
	}
	return id.Kind == t.Kind && id.Value == t.Value && !t.Hashed()
}

// IsNet reports whether the target is an address of the net or several.
func (t Target) IsNet() bool {
	return t.Kind == "ip" && !t.Hashed() || t.Kind == "cidr" || t.Kind == "range"
}

// Holds reports whether the canonical address lies in the target.
func (t Target) Holds(a netip.Addr) bool {
	if !a.IsValid() {
		return false
	}
	switch t.Kind {
	case "ip":
		return a.String() == t.Value
	case "cidr":
		p, err := netip.ParsePrefix(t.Value)
		return err == nil && p.Contains(a)
	}
	first, last, err := span(t.Value)
	return err == nil && first.Is4() == a.Is4() && first.Compare(a) <= 0 && a.Compare(last) <= 0
}
