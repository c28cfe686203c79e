package app

import (
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
)

// watch is what looks after the channels' states that nobody reports.
func (a *App) watch() *channels.Watch {
	return &channels.Watch{Store: a.Store, Now: time.Now, Zone: a.Config.Location(), Answers: a.roles.Web, Log: a.Log,
		Channels: func() map[string]channels.Watched { return *a.watched.Load() }}
}

// watchAll says which channels are watched, and which secrets their hooks have.
func (a *App) watchAll(list map[string]joined) {
	watched := make(map[string]channels.Watched, len(list))
	for name, j := range list {
		kind, _ := all.Find(j.Kind) // it has been joined
		watched[name] = channels.Watched{
			Every: j.ExpectEvery, Pushed: kind.Webhook != nil || kind.Door != nil || kind.Listener != nil,
			Lost: kind.Webhook != nil && kind.Poller == nil && kind.Lister == nil, Again: kind.Facts.Retried,
		}
		if j.endpoint != nil {
			a.notes.Secrets(name, j.secrets)
		}
	}
	a.watched.Store(&watched)
}
