package httpapi

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// ExportInput chooses rules.
type ExportInput struct {
	Format string `query:"format" enum:"jsonl,csv" default:"jsonl"`
	Kind   string `query:"kind" enum:"ban,block,blacklist,allow"`
	State  string `query:"state" enum:"standing,expired,lifted" default:"standing"`
}

func (a *api) exportRules(ctx context.Context, in *ExportInput) (*huma.StreamResponse, error) {
	f := ingest.RuleFilter{Part: ingest.Part{Limit: 200}, Kind: ingest.RuleKind(in.Kind), State: in.State}
	part, err := a.Store.ListRules(ctx, f) // an error here is still an answer
	if err != nil {
		return nil, err
	}
	write := writeRuleLines
	if in.Format == listCSV {
		write = writeRuleCells
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		out := timely(w)
		for first := true; ; first = false {
			if err := write(w, out, part.Items, first); err != nil {
				return // the client has gone
			}
			if f.After = part.Next; f.After == "" {
				return
			}
			if part, err = a.Store.ListRules(r.Context(), f); err != nil {
				a.logFailure(r.Context(), err)
				panic(http.ErrAbortHandler) // cut short must not look whole
			}
		}
	}), nil
}

func writeRuleLines(w http.ResponseWriter, out io.Writer, rules []ingest.Rule, first bool) error {
	if first {
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("Content-Disposition", `attachment; filename="rules.jsonl"`)
	}
	for _, rule := range rules {
		if err := writeJSON(out, lineOf(rule)); err != nil {
			return err
		}
	}
	return nil
}

func lineOf(r ingest.Rule) RuleLine {
	return RuleLine{r.Kind, r.Target.String(), r.Reason, r.Comment, r.Scope, r.SpareKnown, r.ExpiresAt, r.OnExpiry,
		r.LiftedAt != nil, r.CreatedBy, &r.CreatedAt}
}

var ruleHead = []string{"kind", "target", "reason", "comment", "scope", "spare_known", "expires_at", "on_expiry", "lifted", "created_by", "created_at",
	"id", "hits", "last_hit_at", "released_wrong", "false_share"}

// writeRuleCells writes rules as CSV, which spreadsheets and an import read.
func writeRuleCells(w http.ResponseWriter, out io.Writer, rules []ingest.Rule, first bool) error {
	var part []byte
	if first {
		asFile(w, "text/csv; charset=utf-8; header=present", "rules.csv")
		part = ingest.AppendCSV([]byte(ingest.ByteOrderMark), ruleHead)
	}
	for _, r := range rules {
		part = ingest.AppendCSV(part, []string{string(r.Kind), r.Target.String(), r.Reason, r.Comment, strings.Join(r.Scope, " "),
			strconv.FormatBool(r.SpareKnown), timeCell(r.ExpiresAt), string(r.OnExpiry), strconv.FormatBool(r.LiftedAt != nil), r.CreatedBy,
			timeCell(&r.CreatedAt), strconv.FormatInt(r.ID, 10), strconv.FormatInt(r.Hits, 10), timeCell(r.LastHitAt),
			strconv.FormatInt(r.Figures.ReleasedWrong, 10), shareCell(r.Figures.FalseShare)})
	}
	_, err := out.Write(part)
	return err
}

func shareCell(share *float64) string {
	if share == nil {
		return ""
	}
	return strconv.FormatFloat(*share, 'f', 3, 64)
}

func timeCell(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(timeFormat)
}
