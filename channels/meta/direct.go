package meta

import (
	"cmp"
	"encoding/json"
	"errors"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Network is one on which people write to a page or a profile: Messenger or
// Instagram, which have one form.
type Network struct {
	Name   string // of the kind, and of its identities
	Object string // as its requests call it
	Place  string // of its webhook in the app's dashboard
	Fields string // that the webhook subscribes to, in the dashboard's words
}

// Kind is the network's.
func (n Network) Kind() channels.Kind {
	facts, reader := Facts(), n.reader()
	facts.Media, facts.Edits = "signed links", "unsends, reactions and edits"
	return channels.Kind{
		Name:       n.Name,
		Tried:      "requests signed as the provider's documentation says; never the real service",
		Family:     ingest.Chat,
		Facts:      facts,
		Webhook:    n.open,
		Reread:     reader.Reread,
		Attachment: reader.Attachment,
		File:       reader.File,
		Setup:      n.setup,
	}
}

func configured(decode channels.Settings, host channels.Host) (s Settings, err error) {
	if err = decode(&s); err == nil {
		err = s.Check(host)
	}
	return s, err
}

func (n Network) open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, host, n}, nil
}

// setup says what the app must be told; see channels.Kind.
func (n Network) setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in the app's dashboard, " + n.Place + ": this URL as callback, the channel's verify_token, and the fields " + n.Fields,
		"app_secret is under App settings, Basic: it signs",
	}, nil
}

// hook is a channel's webhook.
type hook struct {
	settings Settings
	host     channels.Host
	network  Network
}

// Verify returns nil if the app signed the request.
func (h *hook) Verify(r channels.Request) error { return h.settings.Verify(h.host, r) }

// happening is one element of an entry's list; what it is, is said by which of
// these is there.
type happening struct {
	Message  json.RawMessage `json:"message"`
	Postback json.RawMessage `json:"postback"`
	Reaction json.RawMessage `json:"reaction"`
	Edit     json.RawMessage `json:"message_edit"`
	Delivery *struct {
		MIDs []string `json:"mids"`
	} `json:"delivery"`
	Read *struct {
		MID string `json:"mid"`
	} `json:"read"`
	Timestamp channels.Written `json:"timestamp"`
}

// Parse reads the messages of all entries, and counts the rest.
func (h *hook) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	if reply, asked := Challenge(r); asked {
		return nil, reply, nil
	}
	entries, err := Entries(r.Raw, h.network.Object)
	if err != nil {
		return nil, reply, err
	}
	for _, e := range entries {
		for _, list := range [][]json.RawMessage{e.Messaging, changed(e.Changes, &reply), e.Standby} {
			for _, element := range list {
				if a := h.happened(e, element, &reply); a != nil {
					arrivals = append(arrivals, *a)
				}
			}
		}
	}
	return arrivals, reply, nil
}

// changed are the messages of an entry that has them as changes of a field;
// changes of other fields are counted.
func changed(changes []Change, reply *channels.Reply) (list []json.RawMessage) {
	for _, c := range changes {
		switch c.Field {
		case "messages", "messaging_postbacks", "message_reactions", "message_edit":
			list = append(list, c.Value)
		default:
			reply.Ignored++
		}
	}
	return list
}

// happened is the arrival of an element, nil for what is only counted.
func (h *hook) happened(e Entry, element json.RawMessage, reply *channels.Reply) *ingest.Arrival {
	var x happening
	err := json.Unmarshal(element, &x)
	ours := h.settings.Ours(string(e.ID))
	switch isMessage := err != nil || x.Message != nil || x.Postback != nil || x.Reaction != nil || x.Edit != nil; {
	case !isMessage && ours:
		h.receipts(x, reply)
	case !isMessage:
		reply.Ignored++
	case !ours:
		reply.Foreign++
	case err == nil && isEcho(x.Message):
		reply.Ignored++
	default:
		a := h.network.reader().Arrival(h.host.Stamp(), element)
		return &a
	}
	return nil
}

// receipts are how far messages of the desk's came.
func (h *hook) receipts(x happening, reply *channels.Reply) {
	var reports []ingest.DeliveryReport
	if x.Delivery != nil {
		for _, id := range x.Delivery.MIDs {
			reports = append(reports, ingest.DeliveryReport{ID: id, Status: ingest.Delivered})
		}
	}
	if x.Read != nil && x.Read.MID != "" {
		reports = append(reports, ingest.DeliveryReport{ID: x.Read.MID, Status: ingest.Read})
	}
	if reports == nil {
		reply.Ignored++
	}
	reply.Reports = append(reply.Reports, reports...)
}

// isEcho reports whether the page itself wrote a message.
func isEcho(raw json.RawMessage) bool {
	var m struct {
		Echo bool `json:"is_echo"`
	}
	return json.Unmarshal(raw, &m) == nil && m.Echo
}

var errElement = errors.New("the message cannot be read")
