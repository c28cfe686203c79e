package line

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// message is one as LINE writes it: what it says, by its type.
type message struct {
	ID     channels.Written `json:"id"`
	Type   string           `json:"type"`
	Quoted channels.Written `json:"quotedMessageId"`
	Text   string           `json:"text"` // of a sticker: what its sender had written on it

	FileName string           `json:"fileName"`
	FileSize channels.Written `json:"fileSize"`
	Provider struct {
		URL string `json:"originalContentUrl"` // of what lies elsewhere
	} `json:"contentProvider"`
	Set struct {
		Index channels.Written `json:"index"`
		Total channels.Written `json:"total"`
	} `json:"imageSet"` // of pictures that were sent together

	Title     string      `json:"title"`
	Address   string      `json:"address"`
	Latitude  json.Number `json:"latitude"`
	Longitude json.Number `json:"longitude"`

	PackageID channels.Written `json:"packageId"`
	StickerID channels.Written `json:"stickerId"`
	Keywords  []string         `json:"keywords"` // what the sticker may mean
}

// words is all that a person can read of it.
func (m message) words() string {
	if m.Type != "sticker" {
		return m.Text
	}
	return "[sticker: " + cmp.Or(m.Text, strings.Join(m.Keywords, ", "), string(m.PackageID+"/"+m.StickerID)) + "]"
}

// known reports whether the message is of a type that is read here.
func (m message) known() bool {
	return m.Type == "text" || m.Type == "sticker" || m.Type == "location" || m.isFile()
}

func (m message) isFile() bool {
	return m.Type == "image" || m.Type == "video" || m.Type == "audio" || m.Type == "file"
}

// files is the message's file or its place.
func (m message) files() ([]channels.File, []ingest.Defect) {
	switch {
	case m.isFile():
		return []channels.File{m.file()}, nil
	case m.Type != "location":
		return nil, nil
	}
	f, err := channels.Location{Latitude: m.Latitude, Longitude: m.Longitude,
		Name: channels.Line(m.Title, 200), Address: channels.Line(m.Address, 500)}.File()
	if err != nil {
		return nil, []ingest.Defect{{Code: "location", Detail: err.Error()}}
	}
	return []channels.File{f}, nil
}

// file is the message as a file: LINE has it under the message's id, unless it
// says that it lies elsewhere.
func (m message) file() channels.File {
	f := channels.File{URL: m.Provider.URL, Attachment: ingest.Attachment{
		Filename: cmp.Or(channels.Line(m.FileName, 200), channels.URLName(m.Provider.URL), m.title()), Size: m.FileSize.Size(),
	}}
	if f.URL == "" {
		f.ID = name(m.ID)
	}
	return f
}

// title is what to call a file that has no name.
func (m message) title() string {
	if m.Set.Index == "" || m.Set.Total == "" {
		return m.Type
	}
	return channels.Line(fmt.Sprintf("%s %s of %s", m.Type, m.Set.Index, m.Set.Total), 100)
}
