package ingest

import (
	"fmt"
	"strings"
	"testing"
)

// specs reads "name:kind" or, of known ones, "name:kind:retired", with the
// names it had behind an equals sign.
func specs(text string) (list []ChannelSpec) {
	for _, field := range strings.Fields(text) {
		field, was, _ := strings.Cut(field, "=")
		name, kind, _ := strings.Cut(field, ":")
		kind, family, _ := strings.Cut(kind, "/")
		c := ChannelSpec{Name: name, Kind: kind, Family: Family(family)}
		if was != "" {
			c.Was = strings.Split(was, ",")
		}
		list = append(list, c)
	}
	return list
}

func knowns(text string) (list []KnownChannel) {
	for n, field := range strings.Fields(text) {
		part := strings.Split(field, ":")
		kind, family, _ := strings.Cut(part[1], "/")
		list = append(list, KnownChannel{ID: int32(n), Name: part[0], Kind: kind, Family: Family(family), Retired: len(part) > 2})
	}
	return list
}

func TestArrange(t *testing.T) {
	for _, c := range []struct{ name, known, configured, retired, want string }{
		{"a new house", "", "a:imap b:chat=o", "r", "add a b"},
		{"nothing new", "a:imap r:chat:retired", "a:imap", "r", ""},
		{"one more", "a:imap", "a:imap b:chat", "", "add b"},
		{"renamed", "o:imap", "a:imap=o", "", "rename o>a"},
		{"renamed before", "a:imap", "a:imap=o", "", ""},
		{"renamed twice", "p:imap", "a:imap=o,p", "", "rename p>a"},
		{"renamed and one that takes its place", "o:imap", "a:imap=o", "r", "rename o>a"},
		{"retired", "a:imap b:chat", "a:imap", "b", "retire b"},
		{"again in use", "a:imap:retired", "a:imap", "", "reinstate a"},
		{"again in use under another name", "o:imap:retired", "a:imap=o", "", "rename o>a reinstate a"},
		{"another kind", "a:imap", "a:chat", "", "error a: in the database a is of kind imap, not chat"},
		{"another kind and name", "o:imap", "a:chat=o", "", "error a: in the database o is of kind imap, not chat"},
		{"of one family still", "a:webhook/email", "a:webhook/email", "", ""},
		{"another family", "a:webhook/webhook", "a:webhook/email", "", "error a: in the database a holds messages of another family, webhook, not email"},
		{"gone", "a:imap b:chat c:chat", "a:imap", "", "error b: the database has it, and it is neither configured nor retired; error c: the database has it"},
		{"gone, retired before", "a:imap b:chat:retired", "a:imap", "", "error b: the database has it"},
		{"both", "a:imap o:imap", "a:imap=o", "", "error a: was: the database has messages of a and of o"},
		{"both old ones", "p:imap o:imap", "a:imap=o,p", "", "error a: was: the database has messages of o and of p"},
	} {
		a, err := Arrange(knowns(c.known), specs(c.configured), strings.Fields(c.retired))
		if got := outcome(a, err); c.want != got && !(err != nil && agrees(got, c.want)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if (err == nil) != !strings.HasPrefix(c.want, "error") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// agrees reports whether each error wanted begins one that came.
func agrees(got, want string) bool {
	g, w := strings.Split(got, "\n"), strings.Split(want, "; ")
	if len(g) != len(w) {
		return false
	}
	for i := range g {
		if !strings.HasPrefix("error "+strings.TrimPrefix(g[i], "channel "), w[i]) {
			return false
		}
	}
	return true
}

func outcome(a Arrangement, err error) string {
	if err != nil {
		return err.Error()
	}
	var does []string
	add := func(verb string, names ...string) {
		if len(names) > 0 {
			does = append(does, verb+" "+strings.Join(names, " "))
		}
	}
	var added, renamed []string
	for _, c := range a.Add {
		added = append(added, c.Name)
	}
	for _, r := range a.Rename {
		renamed = append(renamed, fmt.Sprintf("%s>%s", r.Was, r.Channel))
	}
	add("add", added...)
	add("rename", renamed...)
	add("retire", a.Retire...)
	add("reinstate", a.Reinstate...)
	return strings.Join(does, " ")
}
