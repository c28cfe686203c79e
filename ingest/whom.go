package ingest

import "cmp"

// Whom is whom the rule is on, as people say it: a person by their name, where
// the rule says whose it is.
func (r *Rule) Whom() string {
	if r.Person != nil {
		return cmp.Or(r.Person.Name, r.Person.Address, "a person without a name")
	}
	return r.Target.Whom()
}

// Whom is whom the target means, as people say it.
func (t Target) Whom() string {
	switch {
	case t.Kind == Everyone:
		return "everybody"
	case t.Hashed():
		return "somebody who was erased"
	}
	switch t.Kind {
	case "contact":
		return "this person"
	case "email", "phone":
		return t.Value
	case "domain":
		return "everybody at " + t.Value
	case "phone_prefix":
		return "numbers that begin with " + t.Value
	case "ip":
		return "the network address " + t.Value
	case "cidr", "range":
		return "the network " + t.Value
	}
	return t.Kind + " " + t.Value
}
