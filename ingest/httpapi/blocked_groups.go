package httpapi

import (
	"context"

	"gatehouse/ingest"
)

// GroupsInput asks for groups of the blocked list.
type GroupsInput struct {
	Paging
	TicketChoice
	By ingest.GroupBy `query:"by" enum:"rule,contact,domain,channel,reason" default:"rule"`
}

func (a *api) groupBlocked(ctx context.Context, in *GroupsInput) (*Body[ingest.Groups], error) {
	f, err := a.filterOf(ctx, in.TicketChoice)
	if err != nil {
		return nil, err
	}
	f.Part = in.part()
	return body(a.Store.TicketGroups(ctx, f, in.By))
}
