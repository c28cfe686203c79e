package httpapi

import (
	"context"
	"time"

	"gatehouse/ingest"
)

type accountStore interface {
	Accounts(ctx context.Context) ([]ingest.Account, error)
	Hours(ctx context.Context, channel string, since time.Time) ([]ingest.HourAccount, error)
}

func (a *api) stats() {
	route(a, op{does: "GET /stats", least: ingest.RoleAgent,
		says: "Returns the account of each channel: what was accepted, and where it is."}, a.getStats)
	route(a, op{does: "GET /stats/hours", least: ingest.RoleAgent,
		says: "Returns, by channel and hour of receipt, what came in the last hours and where it is now. Hours in which nothing came are left out."}, a.getHours)
}

// Stats is the account of each channel.
type Stats struct {
	Channels []ingest.Account `json:"channels"`
}

func (a *api) getStats(ctx context.Context, _ *struct{}) (*Body[Stats], error) {
	list, err := a.Store.Accounts(ctx)
	return body(Stats{list}, err)
}

// HoursInput chooses hours.
type HoursInput struct {
	Hours   int    `query:"hours" minimum:"1" maximum:"168" default:"24" doc:"how many, with the one that runs"`
	Channel string `query:"channel" doc:"of this channel alone"`
}

// Hours is what came in some hours, and what became of it.
type Hours struct {
	From     time.Time      `json:"from" doc:"the beginning of the first hour"`
	To       time.Time      `json:"to" doc:"the end of the last one, which runs"`
	Channels []ChannelHours `json:"channels" doc:"those on which something came"`
}

// ChannelHours is a channel's part of it.
type ChannelHours struct {
	Name  string               `json:"name"`
	Hours []ingest.HourAccount `json:"hours"`
}

func (a *api) getHours(ctx context.Context, in *HoursInput) (*Body[Hours], error) {
	if err := a.onChannel(ctx, "channel", in.Channel); err != nil {
		return nil, err
	}
	to := a.Now().Truncate(time.Hour).Add(time.Hour)
	h := Hours{From: to.Add(-time.Duration(in.Hours) * time.Hour), To: to}
	list, err := a.Store.Hours(ctx, in.Channel, h.From)
	h.Channels = byChannel(list)
	return body(h, err)
}

// byChannel parts what is sorted by channel.
func byChannel(list []ingest.HourAccount) (channels []ChannelHours) {
	for _, hour := range list {
		if n := len(channels); n == 0 || channels[n-1].Name != hour.Channel {
			channels = append(channels, ChannelHours{Name: hour.Channel})
		}
		last := &channels[len(channels)-1]
		last.Hours = append(last.Hours, hour)
	}
	return channels
}
