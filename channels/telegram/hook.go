package telegram

import (
	"encoding/json"
	"errors"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// hook is one bot.
type hook struct {
	settings
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, host}, nil
}

// Verify returns nil if the request has the webhook's token.
func (h *hook) Verify(r channels.Request) error {
	given, err := r.HeaderOnce("X-Telegram-Bot-Api-Secret-Token")
	if err != nil {
		return err
	}
	return h.host.Token(given, h.SecretToken)
}

// Parse reads the one update of a request.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	var reply channels.Reply
	if !json.Valid(r.Raw) {
		return nil, reply, errors.New("the body is no update")
	}
	a, b := arrivalOf(h.host.Stamp(), r.Raw)
	reply.Ignored, reply.Opts = b.Ignored, b.Opts
	if a == nil {
		return nil, reply, nil
	}
	return []ingest.Arrival{*a}, reply, nil
}

// arrivalOf is the arrival of an update, or what else it tells.
func arrivalOf(s channels.Stamp, element []byte) (*ingest.Arrival, ingest.Besides) {
	var u update
	err := json.Unmarshal(element, &u)
	switch {
	case err == nil && u.Member != nil:
		if o, ok := u.Member.opting(); ok {
			return nil, ingest.Besides{Opts: []ingest.Opting{o}}
		}
		return nil, ingest.Besides{Ignored: 1}
	case err == nil && !u.tells():
		return nil, ingest.Besides{Ignored: 1}
	}
	a := reader.Arrival(s, element)
	return &a, ingest.Besides{}
}
