package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// BlockedExportInput chooses what is exported.
type BlockedExportInput struct {
	TicketChoice
	Sort ingest.TicketSort `query:"sort" enum:"likely_wrong,newest,oldest" default:"likely_wrong"`
}

// exportBlocked streams the chosen tickets as CSV (RFC 4180, UTF-8, with a line
// of names), and records who took them.
func (a *api) exportBlocked(ctx context.Context, in *BlockedExportInput) (*huma.StreamResponse, error) {
	f, err := a.filterOf(ctx, in.TicketChoice)
	if err != nil {
		return nil, err
	}
	if err := a.Store.Record(ctx, who(ctx).Name, "blocked.export", "blocked"); err != nil {
		return nil, err
	}
	f.Sort = in.Sort
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		asFile(w, "text/csv; charset=utf-8; header=present", "blocked.csv")
		out := timely(w)
		_, err := out.Write(ingest.AppendCSV(nil, ingest.TicketHead))
		if err == nil {
			err = a.Store.EachTicket(r.Context(), f, func(list []ingest.Ticket) error {
				var part []byte
				for _, t := range list {
					part = ingest.AppendCSV(part, ingest.TicketCells(t))
				}
				_, err := out.Write(part)
				return err
			})
		}
		if err != nil { // cut off, so that nobody takes a part for the whole
			a.logFailure(r.Context(), err)
			panic(http.ErrAbortHandler)
		}
	}), nil
}
