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
			Lost: kind.Webhook != nil && !asks(kind, j.Decode), Again: kind.Facts.Retried,
		}
		if j.endpoint != nil {
			a.notes.Secrets(name, j.secrets)
		}
	}
	a.watched.Store(&watched)
}

// asks reports whether the channel itself asks its source for what nobody
// pushed: a provider's list is only asked if the settings say how often.
func asks(k channels.Kind, decode channels.Settings) bool {
	if k.Places == nil {
		return k.Poller != nil
	}
	places, err := k.Places(decode)
	return err == nil && len(places) > 0
}
