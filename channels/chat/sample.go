package chat

import (
	"errors"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Sample reads a post as the door would, of a visitor of whom nothing is
// proven; see channels.Kind.
func Sample(decode channels.Settings, host channels.Host, body []byte) ([]ingest.Arrival, error) {
	s := defaults()
	if err := decode(&s); err != nil {
		return nil, err
	}
	var p post
	if err := readPost(body, &p); err != nil {
		return nil, spelled(err)
	}
	if p.tooLarge(s, len(body)-p.encoded()) {
		return nil, trouble(413, "the message or its attachments are too large")
	}
	if errs := p.check(s); errs != nil {
		return nil, spelled(invalid(errs...))
	}
	full := received{At: host.Now().UTC().Truncate(time.Millisecond), Post: p}
	a, err := full.arrival(len(body))
	if err != nil {
		return nil, err
	}
	a.Message.Channel, a.Message.Family = host.Channel, ingest.Chat
	return []ingest.Arrival{a}, nil
}

// spelled is a problem with what it says of each field.
func spelled(err error) error {
	var p *problem
	if !errors.As(err, &p) || len(p.Errors) == 0 {
		return err
	}
	var says []string
	for _, f := range p.Errors {
		says = append(says, f.Field+" "+f.Says)
	}
	return trouble(p.Status, strings.Join(says, "; "))
}
