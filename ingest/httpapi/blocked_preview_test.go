package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A preview names the five rules that hold the most, and counts the others
// without reading them.
func TestAPreviewNamesFiveRules(t *testing.T) {
	store := &countingStore{}
	d := open(t, store.in)
	d.blocksOn()
	d.rule(`{"kind":"block","target":"domain:example.net"}`)
	var rules []string
	for i := range 7 {
		d.receive(d.mail(fmt.Sprintf("u%d@example.net", i), "one", "hello"))
		if i < 5 {
			d.receive(d.mail(fmt.Sprintf("u%d@example.net", i), "two", "hello"))
		}
		rules = append(rules, d.ask(supervisor, "POST "+d.contactOf(fmt.Sprintf("u%d@example.net", i))+"/block", `{"target":"contact"}`).is(201).get("id"))
	}
	preview := func(says string) {
		store.asked = nil
		d.ask(supervisor, "POST /blocked/preview", `{"action":"unblock_all","scope":"rule:1"}`).is(200).has("says", says, "held_by.5.messages", "1")
		if n := len(slices.DeleteFunc(store.asked, func(what string) bool { return what != "rule" })); n != 6 { // that which goes, and five
			t.Errorf("%d rules were read", n)
		}
	}
	named := strings.Repeat("2 stay held by the rule on Ann Example, ", 5)
	preview("0 will be released, " + named + "and 2 more stay held by 2 other rules")
	d.ask(supervisor, "POST /rules/"+rules[6]+"/lift", `{"held":"keep"}`).is(204)
	preview("1 will be released, " + named + "and 1 more stays held by another rule")
}
