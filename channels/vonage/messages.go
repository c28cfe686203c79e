package vonage

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// inbound is a callback of the Messages API, version 1; in version 0.1, which old
// accounts have, what was written lies deeper.
type inbound struct {
	UUID      channels.Written `json:"message_uuid"`
	Channel   string           `json:"channel"`
	From      party            `json:"from"`
	To        party            `json:"to"`
	Timestamp string           `json:"timestamp"`
	Type      string           `json:"message_type"`
	body
	Message struct {
		Content struct {
			Type string `json:"type"`
			body
		} `json:"content"`
	} `json:"message"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
	Context struct {
		UUID channels.Written `json:"message_uuid"`
	} `json:"context"`
	Status string `json:"status"`
	Error  struct {
		Title channels.Written `json:"title"` // a code, in version 1
		Code  channels.Written `json:"code"`
	} `json:"error"`
}

// party is one end: an address, and in version 0.1 what kind of one.
type party struct{ network, address string }

// UnmarshalJSON reads either form.
func (p *party) UnmarshalJSON(b []byte) error {
	var address channels.Written
	if err := json.Unmarshal(b, &address); err == nil {
		p.address = string(address)
		return nil
	}
	var deep struct {
		Type   string           `json:"type"`
		Number channels.Written `json:"number"`
		ID     channels.Written `json:"id"`
	}
	err := json.Unmarshal(b, &deep)
	p.network, p.address = deep.Type, string(cmp.Or(deep.Number, deep.ID))
	return err
}

// body is what was written.
type body struct {
	Text     string `json:"text"`
	Image    *file  `json:"image"`
	Audio    *file  `json:"audio"`
	Video    *file  `json:"video"`
	File     *file  `json:"file"`
	Sticker  *file  `json:"sticker"`
	VCard    *file  `json:"vcard"`
	Content  *mixed `json:"content"`
	Location *place `json:"location"`
	Reply    choice `json:"reply"`
	Button   choice `json:"button"`
	Reaction *sign  `json:"reaction"`
}

// file is something that is still with Vonage.
type file struct {
	URL     string `json:"url"`
	Caption string `json:"caption"`
	Name    string `json:"name"`
}

// mixed are several files and texts in one message.
type mixed []struct {
	file
	Text string `json:"text"`
}

// place is a location; its numbers are as they are written.
type place struct {
	Lat     json.Number `json:"lat"`
	Long    json.Number `json:"long"`
	Name    string      `json:"name"`
	Address string      `json:"address"`
}

// choice is what somebody pressed.
type choice struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// sign is an answer without words.
type sign struct {
	Emoji  string `json:"emoji"`
	Action string `json:"action"` // react or unreact
}

// kind is what a message is, "" if the callback is about none.
func (m inbound) kind() string { return cmp.Or(m.Type, m.Message.Content.Type) }

// written is what was written, in either version.
func (m inbound) written() body {
	if m.Type == "" {
		return m.Message.Content.body
	}
	return m.body
}

// messageStates are those of what was sent.
var messageStates = map[string]ingest.Delivery{
	"submitted": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read,
	"rejected": ingest.Failed, "undeliverable": ingest.Failed, "failed": ingest.Failed,
}

func (m inbound) report() ingest.DeliveryReport {
	r := ingest.DeliveryReport{ID: string(m.UUID), Status: messageStates[m.Status]}
	if r.Status == ingest.Failed {
		r.Code = string(cmp.Or(m.Error.Code, m.Error.Title))
	}
	if at := sentAt(m.Timestamp); at != nil {
		r.At = *at
	}
	return r
}

// readMessage is a message of the Messages API. Its content is not compared with
// the list's, which does not say what kind of message it lists.
func readMessage(s channels.Stamp, element []byte) (channels.Reading, error) {
	var m inbound
	err := json.Unmarshal(element, &m)
	r := keyed(string(m.UUID))
	r.Content = content(m.From.address, m.To.address, "")
	if err != nil {
		return r, errors.New("this is no message in JSON")
	}
	network := cmp.Or(m.Channel, m.From.network)
	if r.Message, err = message(network, m.From.address, m.To.address, s.Region); err != nil {
		return r, err
	}
	r.Message.From.Name = channels.Line(m.Profile.Name, 200)
	r.Message.SentAt = sentAt(m.Timestamp)
	answered := channels.Line(string(m.Context.UUID), 100)
	if answered != "" {
		r.Message.Answers = []string{answered}
	}
	if m.Reaction != nil && answered != "" {
		r.Message.Change = m.Reaction.change(answered)
		return r, nil
	}
	r.Message.Text, r.Files, r.Message.Defects = m.written().says(m.kind())
	return r, nil
}

// change is a sign given to an earlier message, or taken back.
func (s sign) change(of string) *ingest.Change {
	emoji := channels.Line(s.Emoji, 50)
	return &ingest.Change{Kind: ingest.Reaction, Of: of, Reaction: emoji, Removed: emoji == "" || s.Action == "unreact"}
}

// says is what a person reads of a body, with its files.
func (b body) says(kind string) (text string, files []channels.File, defects []ingest.Defect) {
	texts := []string{b.Text, cmp.Or(b.Reply.Title, b.Reply.Text), cmp.Or(b.Button.Text, b.Button.Title)}
	for _, f := range []*file{b.Image, b.Audio, b.Video, b.File, b.Sticker, b.VCard} {
		if f != nil {
			texts, files = append(texts, f.Caption), append(files, f.listed()...)
		}
	}
	if b.Content != nil {
		for _, f := range *b.Content {
			texts, files = append(texts, f.Text, f.Caption), append(files, f.listed()...)
		}
	}
	if b.Reaction != nil {
		texts = append(texts, b.Reaction.Emoji)
	}
	if b.Location != nil {
		place, err := b.Location.file()
		if err != nil {
			defects = append(defects, ingest.Defect{Code: "location", Detail: err.Error()})
		} else {
			files = append(files, place)
		}
	}
	text = channels.Text(joined(texts))
	if text == "" && files == nil && defects == nil && kind != "text" {
		defects = []ingest.Defect{{Code: "unsupported", Detail: channels.Line(kind, 100)}}
	}
	return text, files, defects
}

// joined are the texts that there are, a line each.
func joined(texts []string) (all string) {
	for _, text := range slices.DeleteFunc(texts, func(t string) bool { return t == "" }) {
		if all != "" {
			all += "\n"
		}
		all += text
	}
	return all
}

func (f file) listed() []channels.File {
	if f.URL == "" {
		return nil
	}
	name := channels.Line(cmp.Or(f.Name, channels.URLName(f.URL)), 200)
	return []channels.File{{URL: f.URL, Attachment: ingest.Attachment{Filename: name}}}
}

func (p place) file() (channels.File, error) {
	return channels.Location{
		Latitude: p.Lat, Longitude: p.Long, Name: channels.Line(p.Name, 200), Address: channels.Line(p.Address, 500),
	}.File()
}
