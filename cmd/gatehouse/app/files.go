package app

import (
	"context"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/media"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// mayAsk is what the configuration lets the program ask where strangers say.
func mayAsk(c config.Media) safehttp.Options {
	return safehttp.Options{Allow: c.Allowed, Ports: portsOf(c.Ports)}
}

func portsOf(list []int) (ports []uint16) {
	for _, port := range list {
		ports = append(ports, uint16(port))
	}
	return ports
}

// fetcher fetches the files of all channels.
func (a *App) fetcher() *media.Fetcher {
	return &media.Fetcher{
		Store: a.Store, Client: a.outside, Banned: a.banned, Hold: a.budget.Hold, Count: a.counters.fetched, Now: time.Now, Log: a.Log,
		Settings: func() ingest.Settings { return a.Judge.Book().Settings() },
		Source: func(channel string) (media.Source, bool) {
			source, ok := (*a.sources.Load())[channel]
			return source, ok
		},
	}
}

// banned reports whether the author of a file's message is shut out by now.
func (a *App) banned(ctx context.Context, t ingest.FileTask, raw []byte) (bool, error) {
	m, err := a.readAgain(t.Kind, raw)
	if err != nil {
		return false, nil // nor will it be found where the file lies
	}
	m.Channel = t.Channel
	rule, err := a.refuses(ctx, m, t.Kind)
	return rule != 0, err
}

// fileSource is how a channel's files are fetched. It connects nowhere.
func (a *App) fileSource(kind channels.Kind, ch config.Channel) (media.Source, error) {
	s := media.Source{File: kind.File, Media: channels.MediaAt{}}
	if kind.Media == nil {
		return s, nil
	}
	var err error
	s.Media, err = kind.Media(ch.Decode, a.host(ch, ch.Name))
	return s, err
}

// setSources puts the channels' ways to their files into force.
func (a *App) setSources(joined map[string]joined) {
	sources := map[string]media.Source{}
	for name, j := range joined {
		sources[name] = j.files
	}
	a.sources.Store(&sources)
}
