package discord

import (
	"cmp"
	"regexp"
	"strconv"
	"time"

	"gatehouse/channels"
)

// content is what a message says and carries; one that was passed on has that
// below itself.
type content struct {
	Content   string `json:"content"`
	Mentions  []user `json:"mentions"`
	Files     []file `json:"attachments"`
	Snapshots []struct {
		Message struct {
			Content  string `json:"content"`
			Mentions []user `json:"mentions"`
			Files    []file `json:"attachments"`
		} `json:"message"`
	} `json:"message_snapshots"`
	Stickers []struct {
		Name string `json:"name"`
	} `json:"sticker_items"`
	Poll *struct {
		Question text `json:"question"`
		Answers  []struct {
			Media text `json:"poll_media"`
		} `json:"answers"`
	} `json:"poll"`
}

type text struct {
	Text string `json:"text"`
}

// words is all that a person can read of it.
func (c content) words() string {
	lines := []string{plain(c.Content, c.Mentions)}
	for _, s := range c.Snapshots {
		lines = append(lines, plain(s.Message.Content, s.Message.Mentions))
	}
	for _, s := range c.Stickers {
		lines = append(lines, "["+channels.Line(s.Name, 100)+"]")
	}
	if c.Poll != nil {
		lines = append(lines, c.Poll.Question.Text)
		for _, a := range c.Poll.Answers {
			lines = append(lines, "– "+a.Media.Text)
		}
	}
	return channels.Joined("\n", lines...)
}

// files are the message's, and those of what it passes on.
func (c content) files() []file {
	all := c.Files
	for _, s := range c.Snapshots {
		all = append(all, s.Message.Files...)
	}
	return all
}

// reference stands for somebody, a role, a channel, an emoji of a server's own, a
// command, or a moment.
var reference = regexp.MustCompile(`<(?:(@)[!&]?|(#)|a?(:\w+:)|(/[^:<>\n]+):|t:)(-?\d+)(?::[a-zA-Z])?>`)

// plain is what people read of a text: names for references. Stars and underlines
// stay as they were typed.
func plain(text string, mentioned []user) string {
	return reference.ReplaceAllStringFunc(text, func(whole string) string {
		part := reference.FindStringSubmatch(whole)
		switch person, channel, emoji, command, id := part[1], part[2], part[3], part[4], part[5]; {
		case person != "":
			return "@" + nameOf(id, mentioned)
		case emoji != "", command != "":
			return emoji + command
		case channel != "":
			return "#" + id
		default:
			return clock(id, whole)
		}
	})
}

// nameOf is what somebody who is mentioned calls themselves.
func nameOf(id string, mentioned []user) string {
	for _, u := range mentioned {
		if string(u.ID) == id && u.Name+u.Username != "" {
			return channels.Line(cmp.Or(u.Name, u.Username), 200)
		}
	}
	return id
}

// clock is a moment, which each reader of Discord sees in a zone of their own.
func clock(seconds, otherwise string) string {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 || n > 1<<37 {
		return otherwise
	}
	return time.Unix(n, 0).UTC().Format("2006-01-02 15:04 UTC")
}
