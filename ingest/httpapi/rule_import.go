package httpapi

import (
	"context"
	"net/http"
	"time"

	"gatehouse/ingest"
)

// What one import may take: in octets, in rules; and how many faults of it are
// listed.
const (
	maxImport = 8 << 20
	maxRules  = 10_000
	maxFaults = 100
)

const importSays = "Sets or lifts up to 10,000 rules, all or none: as JSON lines, as CSV whose first line names the columns, or as Zendesk's allow list or " +
	"block list is pasted. dry_run says of each line what would become of it, nothing is left out in silence. 422 says which lines are wrong; " +
	"409 confirm-required: a list of Zendesk's is imported after its preview; 202: a job works off what was held."

// RuleLine is a rule as a line of an export or import. Who made it when is
// written for people; an import takes no notice.
type RuleLine struct {
	Kind       ingest.RuleKind `json:"kind"`
	Target     string          `json:"target"`
	Reason     string          `json:"reason"`
	Comment    string          `json:"comment"`
	Scope      []string        `json:"scope"`
	SpareKnown bool            `json:"spare_known"`
	ExpiresAt  *time.Time      `json:"expires_at"`
	OnExpiry   ingest.OnExpiry `json:"on_expiry"`
	Lifted     bool            `json:"lifted"`
	CreatedBy  string          `json:"created_by"`
	CreatedAt  *time.Time      `json:"created_at"`
}

// ImportInput is rules, as a list.
type ImportInput struct {
	Format  string `query:"format" enum:"jsonl,csv,zendesk_allow,zendesk_block" doc:"of the list; without it, what it looks like"`
	DryRun  bool   `query:"dry_run" doc:"a preview: says of each line what would become of it, and does nothing"`
	Confirm bool   `query:"confirm" doc:"imports a list of which some entries are skipped, or a list of Zendesk's: look at the preview first"`
	Force   bool   `query:"force" doc:"sets rules although they meet ourselves or far too many; administrators only, audited"`
	Choice
	RawBody []byte `contentType:"application/x-ndjson"`
}

// ImportAnswer is what became of the lines, and the job that works off what
// lifted rules held. A preview has the lines.
type ImportAnswer struct {
	ingest.RuleImported
	Job     *ingest.Job   `json:"job"`
	Format  string        `json:"format,omitempty"`
	Wrong   int           `json:"wrong,omitempty"`
	Skipped int           `json:"skipped,omitempty"`
	Lines   []PreviewLine `json:"lines,omitempty"`
}

func (a *api) importRules(ctx context.Context, in *ImportInput) (*Answer[ImportAnswer], error) {
	reader, err := a.lineReader(ctx)
	if err != nil {
		return nil, err
	}
	if err := reader.readAll(ctx, in.Format, in.RawBody); err != nil {
		return nil, err
	}
	o := ingest.RuleImport{Items: reader.items, Held: in.Held, To: in.To, DryRun: in.DryRun, Actor: who(ctx).Name}
	if in.DryRun {
		return a.previewImport(ctx, reader, o)
	}
	if err := reader.importable(in.Confirm); err != nil {
		return nil, err
	}
	if o.Forced, err = a.alarmedLines(ctx, reader, in.Force); err != nil {
		return nil, err
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		done, err := a.Store.ImportRules(ctx, o)
		out := ingest.Outcome{Status: http.StatusOK, Job: done.Job, Imported: &done}
		if done.Job != 0 {
			out.Status = http.StatusAccepted
		}
		return out, err
	}, a.imported)
}

// previewImport says what would become of a list. What is wrong with it or skipped is
// left out of the counts of what would be done.
func (a *api) previewImport(ctx context.Context, lines *lineReader, o ingest.RuleImport) (*Answer[ImportAnswer], error) {
	answer := ImportAnswer{Format: lines.form}
	var err error
	if len(o.Items) > 0 {
		if answer.RuleImported, err = a.Store.ImportRules(ctx, o); err != nil {
			return nil, err
		}
	}
	if answer.Lines, err = a.preview(ctx, lines); err != nil {
		return nil, err
	}
	for _, l := range lines.list {
		if l.fault != nil {
			answer.Wrong++
		}
		if l.skipped != "" {
			answer.Skipped++
		}
	}
	return &Answer[ImportAnswer]{http.StatusOK, answer}, nil
}

func (a *api) imported(ctx context.Context, out ingest.Outcome) (ImportAnswer, error) {
	job, err := a.jobAnswer(ctx, out)
	return ImportAnswer{RuleImported: *out.Imported, Job: job}, err
}

// alarmedLines is alarmed for what an import sets.
func (a *api) alarmedLines(ctx context.Context, lines *lineReader, force bool) ([]ingest.Alarm, error) {
	rules, at := lines.setting()
	list, err := a.alarms(ctx, lines.settings, rules, ingest.ID{})
	switch {
	case err != nil || len(list) == 0:
		return nil, err
	case force:
		return codesOf(list), mustBe(ctx, ingest.RoleAdmin)
	}
	for i := range list {
		list[i].Line = lines.at[at[list[i].rule]]
	}
	return nil, footGun(list[:min(len(list), maxFaults)])
}
