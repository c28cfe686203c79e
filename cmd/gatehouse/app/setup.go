package app

import (
	"strings"

	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// shown are the settings of channels that anybody at the desk may see: none that
// could be a secret or hold one.
var shown = []string{"host", "port", "tls", "username", "folders", "start", "after", "address", "addresses", "recipients", "number", "numbers",
	"product", "scheme", "origins", "backfill", "max_message_bytes", "expect_every", "listen"}

// setup is what the people of the desk may know of a channel's configuration;
// nothing of a channel that is in use no longer.
func (a *App) setup(channel string) (ingest.ChannelSetup, error) {
	c := a.current.Load()
	for _, ch := range c.Channels {
		if ch.Name == channel {
			lines, err := Setup(*c, ch)
			return setupOf(ch, lines), err
		}
	}
	return ingest.ChannelSetup{}, nil
}

func setupOf(ch config.Channel, lines []string) (s ingest.ChannelSetup) {
	if len(lines) > 0 && (strings.HasPrefix(lines[0], "https://") || strings.HasPrefix(lines[0], "http://")) {
		s.URL, lines = lines[0], lines[1:]
	}
	s.Steps = lines
	for _, name := range shown {
		if words := ch.Words(name); len(words) > 0 {
			s.Settings = append(s.Settings, ingest.ChannelSetting{Name: name, Value: strings.Join(words, ", ")})
		}
	}
	return s
}
