package httpapi

import (
	"context"

	"gatehouse/ingest"
)

// GroupsInput asks for groups of the blocked list.
type GroupsInput struct {
	Paging
	TicketChoice
	By   ingest.GroupBy    `query:"by" enum:"rule,contact,domain,channel,reason" default:"rule"`
	Sort ingest.TicketSort `query:"sort" enum:"messages,likely_wrong" default:"messages" doc:"the most messages first, or before that the most tickets that are likely held in error; a cursor goes on in the order that gave it"`
}

func (a *api) groupBlocked(ctx context.Context, in *GroupsInput) (*Body[ingest.Groups], error) {
	f, err := a.filterOf(ctx, in.TicketChoice)
	if err != nil {
		return nil, err
	}
	f.Part, f.Sort = in.part(), in.Sort
	return body(a.Store.TicketGroups(ctx, f, in.By))
}
