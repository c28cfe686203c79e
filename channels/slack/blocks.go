package slack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"gatehouse/channels"
)

// content is what a message says, in up to three forms, and carries.
type content struct {
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
	Files       []file          `json:"files"`
}

// attachment is another message that was passed on, or what an app added.
type attachment struct {
	Pretext  string  `json:"pretext"`
	Title    string  `json:"title"`
	Text     string  `json:"text"`
	Fallback string  `json:"fallback"`
	Author   string  `json:"author_name"`
	FromURL  string  `json:"from_url"`
	Share    bool    `json:"is_share"`
	Blocks   []block `json:"blocks"`
}

// block is a part of a message's layout, or a part of that: a text, or a list of
// parts. Texts stand as such, or as objects that have them.
type block struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	Style    json.RawMessage `json:"style"`
	Fields   []block         `json:"fields"`
	Elements []block         `json:"elements"`
	URL      string          `json:"url"`
	User     string          `json:"user_id"`
	Group    string          `json:"usergroup_id"`
	Channel  string          `json:"channel_id"`
	Range    string          `json:"range"`
	Name     string          `json:"name"`
	Fallback string          `json:"fallback"`
	AltText  string          `json:"alt_text"`
}

// words is all that a person can read of it.
func (c content) words() string {
	lines := []string{plain(c.Text)}
	if c.Text == "" {
		lines = []string{layout(some[block](c.Blocks))}
	}
	nothing := lines[0] == ""
	for _, a := range some[attachment](c.Attachments) {
		if a.Share || nothing {
			lines = append(lines, a.words())
		}
	}
	for _, f := range c.Files {
		if f.elsewhere() {
			lines = append(lines, strings.TrimSpace(cmp.Or(f.Title, f.Name)+" "+f.URL))
		}
	}
	return channels.Joined("\n", lines...)
}

func (a attachment) words() string {
	text := channels.Joined("\n", plain(a.Pretext), plain(a.Title), cmp.Or(plain(a.Text), layout(a.Blocks)))
	text = cmp.Or(text, plain(a.Fallback), a.FromURL)
	if a.Share && a.Author != "" {
		text = a.Author + ": " + text
	}
	return text
}

// some are the members of a list as far as they can be read: what is laid out in
// a way to come does not keep the rest from being read.
func some[T any](list json.RawMessage) (all []T) {
	_ = json.Unmarshal(list, &all)
	return all
}

// layout is what blocks say, a line each.
func layout(blocks []block) string {
	var lines []string
	for _, b := range blocks {
		lines = append(lines, b.lines())
	}
	return channels.Joined("\n", lines...)
}

// lines is what a block says that stands by itself.
func (b block) lines() string {
	switch b.Type {
	case "rich_text":
		return layout(b.Elements)
	case "rich_text_list":
		var items []string
		for i, item := range b.Elements {
			items = append(items, b.bullet(i)+item.run())
		}
		return strings.Join(items, "\n")
	case "rich_text_quote":
		return "> " + strings.ReplaceAll(b.run(), "\n", "\n> ")
	case "rich_text_section", "rich_text_preformatted":
		return b.run()
	case "image", "video":
		return b.AltText
	}
	lines := []string{b.text()}
	for _, parts := range [][]block{b.Fields, b.Elements} {
		for _, part := range parts {
			lines = append(lines, part.said())
		}
	}
	return channels.Joined("\n", lines...)
}

// bullet is what stands before an item of a list.
func (b block) bullet(i int) string {
	var style string
	if json.Unmarshal(b.Style, &style) == nil && style == "ordered" {
		return fmt.Sprintf("%d. ", i+1)
	}
	return "• "
}

// said is a part of a layout: its text, or a picture's.
func (b block) said() string { return cmp.Or(b.text(), b.AltText) }

// text is the text of a block, which may be one in Slack's markup.
func (b block) text() string {
	var s string
	if json.Unmarshal(b.Text, &s) == nil {
		if b.Type == "mrkdwn" {
			return plain(s)
		}
		return s
	}
	var inner block
	if json.Unmarshal(b.Text, &inner) != nil || len(inner.Text) == 0 || inner.Text[0] != '"' {
		return ""
	}
	return inner.text()
}

// run is what the elements of a line say, one after the other.
func (b block) run() string {
	var out strings.Builder
	for _, e := range b.Elements {
		out.WriteString(e.inline())
	}
	return out.String()
}

func (b block) inline() string {
	text := b.text()
	switch b.Type {
	case "link":
		if text == "" || same(b.URL, text) {
			return bare(b.URL, text)
		}
		return text + " (" + bare(b.URL, "") + ")"
	case "user":
		return marked("@", b.User, "")
	case "usergroup":
		return marked("@", b.Group, "")
	case "broadcast":
		return marked("@", b.Range, "")
	case "channel":
		return marked("#", b.Channel, "")
	case "emoji":
		return ":" + b.Name + ":"
	case "date":
		return b.Fallback
	}
	return text
}
