package console

import (
	"fmt"
	"html/template"

	"gatehouse/ingest"
)

// LookBack is what a rule would have met lately, as a sentence.
func (v *visit) LookBack(r ingest.RuleReach) string {
	since := "In the last 30 days"
	if !r.Complete {
		since = "Since " + r.Since.In(v.zone()).Format("2 January, 15:04")
	}
	if r.Messages == 0 {
		return since + " it would have met nothing."
	}
	said := fmt.Sprintf("%s it would have met %s", since, count(r.Messages, "message"))
	if r.Contacts > 0 {
		said += " of " + count(r.Contacts, "person")
	}
	switch {
	case r.AnsweredContacts == 0:
		return said + "."
	case r.AnsweredContacts == r.Contacts && r.Contacts == 1:
		return said + ", whom you answered."
	}
	return fmt.Sprintf("%s, %s of whom you answered.", said, thousands(int64(r.AnsweredContacts)))
}

// Aimed is the page with a rule on something else.
func (f frame) Aimed(target string) template.URL {
	if f.Asked("on") != "" {
		return "/rule" + f.Query("whom", target)
	}
	return "/rule" + f.Query("target", target)
}
