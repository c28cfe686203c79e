package httpapi

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// BlockedExportInput chooses what is exported.
type BlockedExportInput struct {
	TicketChoice
	Sort ingest.TicketSort `query:"sort" enum:"likely_wrong,newest,oldest" default:"likely_wrong"`
}

var exportHead = []string{"ticket_id", "contact_id", "channel", "sender", "subject", "preview", "messages", "held_by", "rule", "reason",
	"expired", "held_at", "opened_at", "opened_by", "likely_wrong", "why_likely_wrong", "review_at", "review_by"}

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
		out := csv.NewWriter(timely(w))
		out.UseCRLF = true
		err := out.Write(exportHead)
		if err == nil {
			err = a.Store.EachTicket(r.Context(), f, func(list []ingest.Ticket) error {
				for _, t := range list {
					_ = out.Write(exportLine(t)) // Flush keeps the first error
				}
				out.Flush()
				return out.Error()
			})
		}
		if err != nil { // cut off, so that nobody takes a part for the whole
			a.logFailure(r.Context(), err)
			panic(http.ErrAbortHandler)
		}
		out.Flush()
	}), nil
}

func exportLine(t ingest.Ticket) []string {
	heldBy, rule, reason := "system", "", string(t.Reason)
	if t.Rule != nil {
		heldBy, rule, reason = string(t.Rule.Kind)+" "+t.Rule.Target.String(), strconv.FormatInt(t.Rule.ID, 10), t.Rule.Reason
	}
	var reviewAt, reviewBy string
	if t.Review != nil {
		reviewAt, reviewBy = exportTime(&t.Review.At), t.Review.By
	}
	line := []string{t.ID.String(), t.ContactID.String(), t.Channel, t.Sender, t.Subject, t.Preview, strconv.Itoa(t.Messages), heldBy, rule, reason,
		strconv.FormatBool(t.Expired), exportTime(&t.HeldAt), exportTime(t.OpenedAt), t.OpenedBy, strconv.FormatBool(t.LikelyWrong),
		strings.Join(t.WhyLikelyWrong, " "), reviewAt, reviewBy}
	for i, cell := range line {
		line[i] = harmless(cell)
	}
	return line
}

func exportTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(timeFormat)
}

// harmless keeps a spreadsheet from reading a stranger's words as a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
