package ingest

import "testing"

func TestScopesLet(t *testing.T) {
	for _, c := range []struct {
		scope       Scope
		area        string
		read, write bool
	}{
		{"*", "contacts", true, true}, {"read", "contacts", true, false},
		{"contacts", "contacts", true, true}, {"contacts", "blocked", false, false},
		{"contacts:read", "contacts", true, false}, {"contacts:read", "blocked", false, false},
		{"contacts:write", "contacts", false, true}, {"contacts:write", "blocked", false, false},
		{"", "contacts", false, false}, {"", "", false, false},
	} {
		some := []Scope{c.scope}
		if r, w := Let(some, c.area, false), Let(some, c.area, true); c.area != "" && (r != c.read || w != c.write) {
			t.Errorf("%q in %s: read %v, write %v", c.scope, c.area, r, w)
		}
	}
	if Let(nil, "contacts", false) {
		t.Error("no scope lets read")
	}
	if both := []Scope{"blocked:read", "contacts:write"}; Let(both, "blocked", true) || !Let(both, "contacts", true) {
		t.Error("scopes are mixed up")
	}
}

func TestScopesWithinOthers(t *testing.T) {
	for _, c := range []struct {
		some, all []Scope
		want      bool
	}{
		{[]Scope{"*"}, []Scope{"*"}, true},
		{[]Scope{"read", "contacts"}, []Scope{"*"}, true},
		{[]Scope{"*"}, []Scope{"read", "contacts"}, false},
		{[]Scope{"read"}, []Scope{"contacts", "tokens"}, false},
		{[]Scope{"read"}, []Scope{"read"}, true},
		{[]Scope{"contacts:read"}, []Scope{"read"}, true},
		{[]Scope{"contacts"}, []Scope{"read"}, false},
		{[]Scope{"contacts"}, []Scope{"contacts:read", "contacts:write"}, true},
		{[]Scope{"contacts:write"}, []Scope{"contacts:read"}, false},
		{[]Scope{"contacts:read", "blocked"}, []Scope{"contacts"}, false},
	} {
		if got := Within(c.some, c.all); got != c.want {
			t.Errorf("%q within %q: %v", c.some, c.all, got)
		}
	}
}

func TestScopesThatAreNone(t *testing.T) {
	areas := []string{"blocked", "contacts"}
	for _, good := range [][]Scope{{"*"}, {"read"}, {"contacts", "blocked:read"}, {"contacts:write"}} {
		if err := CheckScopes(good, areas); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range [][]Scope{{}, {""}, {"write"}, {"nonsense"}, {"contacts:delete"}, {"contacts:read:write"}, {":read"}, {"*:read"}, {"read", "read"}, {"Contacts"}} {
		if err := CheckScopes(bad, areas); !Invalid(err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
