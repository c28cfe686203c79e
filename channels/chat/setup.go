package chat

import (
	"strings"

	"gatehouse/channels"
)

// setup says what the site must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s := defaults()
	if err := decode(&s); err != nil {
		return nil, err
	}
	lines := []string{host.PublicURL + "/messages", `the widget posts {"id","visitor_id","text",…} there as JSON, or as a form with files (docs/chat.md)`}
	if len(s.Origins) == 0 {
		lines = append(lines, "origins is empty: a widget in a browser is refused, only servers may post")
	} else {
		lines = append(lines, "pages of "+strings.Join(s.Origins, ", ")+" may call, and servers")
	}
	if len(s.VisitorSecret) > 0 {
		lines = append(lines, "visitor_hash is wanted: the hexadecimal HMAC-SHA256 of visitor_id under visitor_secret, made by the site's server")
	}
	return lines, nil
}
