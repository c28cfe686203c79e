package bird

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// message is the payload of an event, whatever the network.
type message struct {
	ID     string `json:"id"`
	Sender struct {
		Contact party `json:"contact"`
	} `json:"sender"`
	Receiver struct {
		Connector party `json:"connector"`
	} `json:"receiver"`
	Body      body   `json:"body"`
	CreatedAt string `json:"createdAt"`
}

// party is whoever sent a message, or the desk's own channel.
type party struct {
	Key         string `json:"identifierKey"` // phonenumber
	Value       string `json:"identifierValue"`
	Annotations struct {
		Name string `json:"name"`
	} `json:"annotations"`
}

// body has what was sent in the member that its type names.
type body struct {
	Type  string `json:"type"`
	Text  said   `json:"text"`
	Image struct {
		said
		Images []file `json:"images"`
	} `json:"image"`
	File struct {
		said
		Files []file `json:"files"`
	} `json:"file"`
	Location *struct {
		Coordinates struct {
			Latitude  json.Number `json:"latitude"`
			Longitude json.Number `json:"longitude"`
		} `json:"coordinates"`
		Location struct {
			Label   string `json:"label"`
			Address string `json:"address"`
		} `json:"location"`
	} `json:"location"`
}

type said struct {
	Text string `json:"text"`
}

type file struct {
	URL      string `json:"mediaUrl"`
	Type     string `json:"contentType"`
	Filename string `json:"filename"`
}

// read is the message of a payload, which a row of the list is, too. The
// stamp's product is its network; a row does not say it.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var m message
	if err := json.Unmarshal(element, &m); err != nil {
		return r, errors.New("the payload cannot be read")
	}
	if id := channels.Line(m.ID, 100); id != "" {
		r.Keys = []string{id}
	}
	text := cmp.Or(m.Body.Text.Text, m.Body.Image.Text, m.Body.File.Text)
	r.Content = ingest.Sum(m.Sender.Contact.Value, text)
	ids, err := identities(s.Product, m.Sender.Contact, s.Region)
	if err != nil {
		return r, fmt.Errorf("the sender cannot be read: %w", err)
	}
	r.Message = ingest.Message{
		From: ingest.Sender{
			Identity: ids[0], Name: channels.Line(m.Sender.Contact.Annotations.Name, 200), Address: channels.Line(m.Sender.Contact.Value, 200),
		},
		Identities: ids, Text: channels.Text(text),
	}
	if to := channels.Line(m.Receiver.Connector.Value, 200); to != "" {
		r.Message.To = []ingest.Mailbox{{Address: to}}
	}
	if at, err := time.Parse(time.RFC3339, m.CreatedAt); err == nil {
		at = at.UTC()
		r.Message.SentAt = &at
	}
	r.Files, err = m.Body.files()
	if err == nil && text == "" && len(r.Files) == 0 && m.Body.Type != "text" {
		err = fmt.Errorf("a message of type %q without text and files", channels.Line(m.Body.Type, 20))
	}
	return r, err
}

// identities are the sender's: a number, on WhatsApp also the account, elsewhere
// an id of the network's own.
func identities(network string, p party, region ingest.Region) ([]ingest.Identity, error) {
	switch {
	case network == "sms":
		id, err := phone.Sender(p.Value, region)
		return []ingest.Identity{id}, err
	case p.Key == "phonenumber":
		id, err := phone.Number(p.Value, region)
		if account, bad := ingest.ParseIdentity("whatsapp", strings.TrimPrefix(id.Value, "+"), ingest.Verified); bad == nil && network == "whatsapp" {
			return []ingest.Identity{id, account}, err
		}
		return []ingest.Identity{id}, err
	case p.Key == "emailaddress":
		id, err := ingest.ParseIdentity("email", p.Value, ingest.Header)
		return []ingest.Identity{id}, err
	case network == "facebook":
		network = "messenger"
	}
	id, err := ingest.ParseIdentity(network, p.Value, ingest.Verified)
	return []ingest.Identity{id}, err
}

func (b body) files() (list []channels.File, err error) {
	for _, files := range [][]file{b.Image.Images, b.File.Files} {
		for _, f := range files {
			name := f.Filename
			if name == "" {
				name = channels.URLName(f.URL)
			}
			list = append(list, channels.File{URL: f.URL, Attachment: ingest.Attachment{
				Filename: channels.Line(name, 200), ContentType: channels.Line(f.Type, 127),
			}})
		}
	}
	if b.Location == nil {
		return list, nil
	}
	at, named := b.Location.Coordinates, b.Location.Location
	f, err := channels.Location{
		Latitude: at.Latitude, Longitude: at.Longitude, Name: channels.Line(named.Label, 200), Address: channels.Line(named.Address, 500),
	}.File()
	return append(list, f), err
}
