package whatsapp

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// content is what a message says, under the name of its type.
type content struct {
	Text struct {
		Body string `json:"body"`
	} `json:"text"`
	Image    *file `json:"image"`
	Video    *file `json:"video"`
	Audio    *file `json:"audio"`
	Voice    *file `json:"voice"`
	Document *file `json:"document"`
	Sticker  *file `json:"sticker"`
	Location *struct {
		Latitude  json.Number `json:"latitude"`
		Longitude json.Number `json:"longitude"`
		Name      string      `json:"name"`
		Address   string      `json:"address"`
	} `json:"location"`
	Contacts []card `json:"contacts"`
	Reaction *struct {
		MessageID string `json:"message_id"`
		Emoji     string `json:"emoji"` // "": it was taken back
	} `json:"reaction"`
	Button struct {
		Text string `json:"text"`
	} `json:"button"`
	Interactive struct {
		Button choice `json:"button_reply"`
		List   choice `json:"list_reply"`
		Form   struct {
			Body     string `json:"body"`
			Response string `json:"response_json"`
		} `json:"nfm_reply"`
	} `json:"interactive"`
	Order struct {
		Text  string `json:"text"`
		Items []struct {
			ID       channels.Written `json:"product_retailer_id"`
			Quantity channels.Written `json:"quantity"`
			Price    channels.Written `json:"item_price"`
			Currency string           `json:"currency"`
		} `json:"product_items"`
	} `json:"order"`
	System struct {
		Body string `json:"body"`
	} `json:"system"`
}

type choice struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

func (c choice) text() string { return channels.Joined(": ", c.Title, c.Description) }

type file struct {
	ID       channels.Written `json:"id"`
	MIMEType string           `json:"mime_type"`
	SHA256   string           `json:"sha256"` // base64
	Filename string           `json:"filename"`
	Caption  string           `json:"caption"`
}

type card struct {
	Name struct {
		Formatted string `json:"formatted_name"`
		First     string `json:"first_name"`
	} `json:"name"`
	Org struct {
		Company string `json:"company"`
	} `json:"org"`
	Phones []struct {
		Phone string           `json:"phone"`
		WaID  channels.Written `json:"wa_id"`
	} `json:"phones"`
	Emails []struct {
		Email string `json:"email"`
	} `json:"emails"`
}

func (c card) card() channels.Card {
	out := channels.Card{Name: cmp.Or(c.Name.Formatted, c.Name.First), Company: c.Org.Company}
	for _, p := range c.Phones {
		out.Phones = append(out.Phones, cmp.Or(p.Phone, string(p.WaID)))
	}
	for _, e := range c.Emails {
		out.Mails = append(out.Mails, e.Email)
	}
	return out
}

// file is the one file that a message is, or goes with.
func (c content) file() *file {
	for _, f := range []*file{c.Image, c.Video, c.Audio, c.Voice, c.Document, c.Sticker} {
		if f != nil {
			return f
		}
	}
	return nil
}

// known reports whether the message's content is of a type that is read here.
func (m message) known() bool {
	return m.words() != "" || m.file() != nil || m.Location != nil || m.Contacts != nil || m.Reaction != nil
}

// words is all that a person can read of it.
func (m message) words() string {
	caption := ""
	if f := m.file(); f != nil {
		caption = f.Caption
	}
	var cards []string
	for _, c := range m.Contacts {
		cards = append(cards, c.card().Text())
	}
	form := m.Interactive.Form
	return cmp.Or(m.Text.Body, caption, strings.Join(cards, "\n\n"), m.Button.Text, m.Interactive.Button.text(), m.Interactive.List.text(),
		channels.Joined("\n", form.Body, form.Response), m.ordered(), m.System.Body)
}

// ordered is an order out of a catalogue.
func (m message) ordered() string {
	lines := []string{m.Order.Text}
	for _, i := range m.Order.Items {
		lines = append(lines, fmt.Sprintf("%s × %s, %s %s", i.Quantity, i.ID, i.Price, i.Currency))
	}
	return channels.Joined("\n", lines...)
}

// change is a sign that somebody gave a message.
func (m message) change() *ingest.Change {
	if m.Reaction == nil || m.Reaction.MessageID == "" {
		return nil
	}
	return &ingest.Change{
		Kind: ingest.Reaction, Of: channels.Line(m.Reaction.MessageID, 300), Reaction: channels.Line(m.Reaction.Emoji, 50),
		Removed: m.Reaction.Emoji == "",
	}
}

// files are the message's file, its place and its contact cards.
func (m message) files() (list []channels.File, defects []ingest.Defect) {
	if f := m.file(); f != nil {
		list = append(list, f.file())
	}
	if l := m.Location; l != nil {
		place := channels.Location{Latitude: l.Latitude, Longitude: l.Longitude, Name: channels.Line(l.Name, 200), Address: channels.Line(l.Address, 500)}
		f, err := place.File()
		if err != nil {
			return list, []ingest.Defect{{Code: "location", Detail: err.Error()}}
		}
		list = append(list, f)
	}
	for _, c := range m.Contacts {
		list = append(list, c.card().File())
	}
	return list, nil
}

func (f file) file() channels.File {
	out := channels.File{ID: string(f.ID), Attachment: ingest.Attachment{
		Filename: channels.Line(f.Filename, 200), ContentType: channels.Line(f.MIMEType, 127),
	}}
	if sum, err := channels.Base64(f.SHA256); err == nil && len(sum) == 32 {
		out.Attachment.SHA256 = hex.EncodeToString(sum)
	}
	return out
}
