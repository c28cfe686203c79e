package mailgun

import (
	"encoding/json"
	"strings"

	"gatehouse/channels/pushmail"
)

// post is the form of a request.
type post struct{ pushmail.Form }

// last is the value of a name that Mailgun wrote, if it wrote one: what stands
// before is the mail's.
func (p post) last(name string) string {
	all := p.All(name)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func (p post) proof() proof {
	return proof{p.last("timestamp"), p.last("token"), p.last("signature")}
}

// header is that of the mail, as Mailgun lists it: a list of names and values.
func (p post) header() (h pushmail.Header) {
	var list [][]string
	if json.Unmarshal([]byte(p.last("message-headers")), &list) != nil {
		return nil
	}
	for _, pair := range list {
		if len(pair) == 2 {
			h = append(h, pushmail.Field{Name: pair[0], Value: pair[1]})
		}
	}
	return h
}

// own is the value that Mailgun wrote; "" if only the mail's header has a field
// of that name.
func (p post) own(h pushmail.Header, name string) string {
	theirs := 0
	for _, f := range h {
		if f.Name == name {
			theirs++
		}
	}
	if all := p.All(name); len(all) > theirs {
		return all[len(all)-1]
	}
	return ""
}

// isMail reports a form with anything of a mail in it.
func (p post) isMail() bool {
	_, whole := p.File("body-mime")
	return whole || p.last("event") == "" && p.First("from", "body-plain", "body-html", "body-mime") != "" || p.last("message-headers") != ""
}

// addresses are those of a field with one or several.
func addresses(s string) (list []string) {
	for _, address := range strings.Split(s, ",") {
		if address = strings.TrimSpace(address); address != "" {
			list = append(list, address)
		}
	}
	return list
}
