package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var channelPages = []page{
	{pattern: "GET /channels", show: lists[ingest.ChannelHealth]("channels", "/channels")},
	{pattern: "GET /channels/{name}", show: (*visit).channel},
	{pattern: "GET /dead", show: lists[ingest.Record]("dead", "/dead", "channel", "reason")},
}

func (v *visit) channel() error {
	var c ingest.ChannelDetail
	if err := v.get("/channels/"+url.PathEscape(v.r.PathValue("name")), nil, &c); err != nil {
		return err
	}
	return v.render(http.StatusOK, "channel", c)
}
