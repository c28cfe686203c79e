package httpapi

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// AuditExportInput chooses what is exported.
type AuditExportInput struct {
	AuditChoice
	Format string `query:"format" enum:"csv,jsonl" default:"jsonl"`
}

// exportAudit streams lines of the audit and records who took them.
func (a *api) exportAudit(ctx context.Context, in *AuditExportInput) (*huma.StreamResponse, error) {
	if err := a.Store.Record(ctx, who(ctx).Name, "audit.export", "audit"); err != nil {
		return nil, err
	}
	contentType, write := "application/jsonl", auditJSON
	if in.Format == "csv" {
		contentType, write = "text/csv; charset=utf-8; header=present", auditCSV
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		asFile(w, contentType, "audit."+in.Format)
		if err := a.Store.EachAudit(r.Context(), in.filter(), write(timely(w))); err != nil { // cut off, so that nobody takes a part for the whole
			a.logFailure(r.Context(), err)
			panic(http.ErrAbortHandler)
		}
	}), nil
}

// exportedLine is a line in the order of what is hashed; all are strings, so
// that nothing of them depends on who reads them.
type exportedLine struct {
	N       string `json:"n"`
	ID      string `json:"id"`
	At      string `json:"at"`
	Actor   string `json:"actor"`
	Action  string `json:"action"`
	Subject string `json:"subject"`
	Data    string `json:"data"`
	Hash    string `json:"hash"`
}

var auditColumns = []string{"n", "id", "at", "actor", "action", "subject", "data", "hash"}

func exported(l ingest.AuditLine) exportedLine {
	return exportedLine{strconv.FormatInt(l.N, 10), strconv.FormatInt(l.ID, 10), l.At.UTC().Format(ingest.AuditTime),
		l.Actor, l.Action, l.Subject, l.Data, hex.EncodeToString(l.Hash)}
}

func auditJSON(w io.Writer) func([]ingest.AuditLine) error {
	return func(lines []ingest.AuditLine) error {
		var part []byte
		for _, l := range lines {
			b, err := json.Marshal(exported(l))
			if err != nil {
				return err
			}
			part = append(append(part, b...), '\n')
		}
		_, err := w.Write(part)
		return err
	}
}

// auditCSV writes what would be a formula to a spreadsheet as it is: another
// text would have another hash.
func auditCSV(w io.Writer) func([]ingest.AuditLine) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write(auditColumns) // Flush keeps the first error
	return func(lines []ingest.AuditLine) error {
		for _, l := range lines {
			e := exported(l)
			_ = out.Write([]string{e.N, e.ID, e.At, e.Actor, e.Action, e.Subject, e.Data, e.Hash})
		}
		out.Flush()
		return out.Error()
	}
}
