package sinch

import (
	"encoding/json"
	"errors"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// conversation is the product whose callbacks have a message of any network.
const conversation = "conversation"

// event is a callback of the Conversation API.
type event struct {
	Message struct {
		ID        string          `json:"id"`
		Direction string          `json:"direction"`
		Contact   *contactMessage `json:"contact_message"`
		Identity  struct {
			Channel  string           `json:"channel"`
			Identity channels.Written `json:"identity"`
		} `json:"channel_identity"`
		AcceptTime string           `json:"accept_time"`
		Sender     channels.Written `json:"sender_id"` // whom it was sent to: what the app sends from
	} `json:"message"`
	AcceptedTime string `json:"accepted_time"`
}

// contactMessage has one of its members, and what it answers beside.
type contactMessage struct {
	Text *struct {
		Text string `json:"text"`
	} `json:"text_message"`
	Media     *mediaMessage `json:"media_message"`
	MediaCard *mediaMessage `json:"media_card_message"`
	Location  *struct {
		Title       string `json:"title"`
		Label       string `json:"label"`
		Coordinates struct {
			Latitude  json.Number `json:"latitude"`
			Longitude json.Number `json:"longitude"`
		} `json:"coordinates"`
	} `json:"location_message"`
	Choice *struct {
		Message string `json:"message_id"` // that offered the choice
		Data    string `json:"postback_data"`
	} `json:"choice_response_message"`
	Product *struct {
		Products []struct {
			ID       string           `json:"id"`
			Quantity channels.Written `json:"quantity"`
		} `json:"products"`
		Title string `json:"title"`
	} `json:"product_response_message"`
	ReplyTo *struct {
		Message string `json:"message_id"`
	} `json:"reply_to"`
}

type mediaMessage struct {
	URL     string `json:"url"`
	Caption string `json:"caption"`
	Name    string `json:"filename_override"`
}

// isIncoming tells what a contact wrote from what the app sent.
func isIncoming(message json.RawMessage) bool {
	var m struct {
		Direction string           `json:"direction"`
		Contact   *json.RawMessage `json:"contact_message"`
		App       *json.RawMessage `json:"app_message"`
	}
	if json.Unmarshal(message, &m) != nil {
		return true // it cannot be read, and is kept
	}
	return m.Direction != "TO_CONTACT" && (m.Contact != nil || m.App == nil)
}

func readConversation(element []byte, region ingest.Region) (r channels.Reading, err error) {
	var e event
	if err := json.Unmarshal(element, &e); err != nil {
		return r, errors.New("the message is not as Sinch writes them")
	}
	m := e.Message
	r.Keys = []string{channels.Line(m.ID, 100)}
	if m.Contact == nil {
		return r, errors.New("the message has nothing of the contact's")
	}
	r.Message.From, r.Message.Identities, err = contact(m.Identity.Channel, string(m.Identity.Identity), region)
	if err != nil {
		return r, err
	}
	r.Message.To = phone.Recipients(string(m.Sender), region)
	r.Message.SentAt = instant(m.AcceptTime, e.AcceptedTime)
	m.Contact.body(&r)
	r.Content = ingest.Sum(m.Identity.Channel, string(m.Identity.Identity), r.Message.Text)
	return r, nil
}

// body reads what was written, or sent instead. What no one here has words for
// is a message without text, which says so.
func (c contactMessage) body(r *channels.Reading) {
	m := &r.Message
	switch {
	case c.Text != nil:
		m.Text = channels.Text(c.Text.Text)
	case c.Media != nil:
		c.Media.add(r)
	case c.MediaCard != nil:
		c.MediaCard.add(r)
	case c.Location != nil:
		c.place(r)
	case c.Choice != nil:
		m.Text = channels.Text(c.Choice.Data)
		m.Answers = answers(m.Answers, c.Choice.Message)
	case c.Product != nil:
		lines := []string{c.Product.Title}
		for _, p := range c.Product.Products {
			lines = append(lines, string(p.Quantity)+" × "+p.ID)
		}
		m.Text = channels.Text(strings.TrimSpace(strings.Join(lines, "\n")))
	default:
		m.Defects = append(m.Defects, ingest.Defect{Code: "unsupported", Detail: "what was sent has no form that Sinch or Gatehouse reads"})
	}
	if c.ReplyTo != nil {
		m.Answers = answers(m.Answers, c.ReplyTo.Message)
	}
}

func (f mediaMessage) add(r *channels.Reading) {
	r.Message.Text = channels.Text(f.Caption)
	if f.URL != "" {
		r.Files = append(r.Files, linked(f.URL, "", f.Name))
	}
}

func (c contactMessage) place(r *channels.Reading) {
	l := c.Location
	place := channels.Location{
		Latitude: l.Coordinates.Latitude, Longitude: l.Coordinates.Longitude,
		Name: channels.Line(l.Title, 200), Address: channels.Line(l.Label, 500),
	}
	f, err := place.File()
	if err != nil {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "location", Detail: err.Error()})
		return
	}
	r.Files = append(r.Files, f)
}

// answers are the ids of messages that are answered.
func answers(ids []string, id string) []string {
	if id = channels.Line(id, 100); id != "" {
		ids = append(ids, id)
	}
	return ids
}
