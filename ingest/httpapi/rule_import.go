package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// What one import may take: in octets, in rules; and how many faults of it are
// listed.
const (
	maxImport = 8 << 20
	maxRules  = 10_000
	maxFaults = 100
)

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

// ExportInput chooses rules.
type ExportInput struct {
	Kind  string `query:"kind" enum:"ban,block,blacklist,allow"`
	State string `query:"state" enum:"standing,expired,lifted" default:"standing"`
}

func (a *api) exportRules(ctx context.Context, in *ExportInput) (*huma.StreamResponse, error) {
	f := ingest.RuleFilter{Part: ingest.Part{Limit: 200}, Kind: ingest.RuleKind(in.Kind), State: in.State}
	part, err := a.Store.ListRules(ctx, f) // an error here is still an answer
	if err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("Content-Disposition", `attachment; filename="rules.jsonl"`)
		out := timely(w)
		for {
			for _, rule := range part.Items {
				if err := writeJSON(out, lineOf(rule)); err != nil {
					return // the client has gone
				}
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

func lineOf(r ingest.Rule) RuleLine {
	return RuleLine{r.Kind, r.Target.String(), r.Reason, r.Comment, r.Scope, r.SpareKnown, r.ExpiresAt, r.OnExpiry,
		r.LiftedAt != nil, r.CreatedBy, &r.CreatedAt}
}

// ImportInput is rules, one a line.
type ImportInput struct {
	DryRun bool `query:"dry_run" doc:"says what would be done, and does nothing"`
	Force  bool `query:"force" doc:"sets rules although they meet ourselves or far too many; administrators only, audited"`
	Choice
	RawBody []byte `contentType:"application/x-ndjson"`
}

// ImportAnswer is what became of the lines, and the job that works off what
// lifted rules held.
type ImportAnswer struct {
	ingest.RuleImported
	Job *ingest.Job `json:"job"`
}

func (a *api) importRules(ctx context.Context, in *ImportInput) (*Answer[ImportAnswer], error) {
	reader, err := a.lineReader(ctx)
	if err != nil {
		return nil, err
	}
	if err := reader.readAll(ctx, in.RawBody); err != nil {
		return nil, err
	}
	o := ingest.RuleImport{Items: reader.items, Held: in.Held, To: in.To, DryRun: in.DryRun, Actor: who(ctx).Name}
	if o.Forced, err = a.alarmedLines(ctx, reader, in.Force); err != nil {
		return nil, err
	}
	do := func(ctx context.Context) (ingest.Outcome, error) {
		done, err := a.Store.ImportRules(ctx, o)
		out := ingest.Outcome{Status: http.StatusOK, Job: done.Job, Imported: &done}
		if done.Job != 0 {
			out.Status = http.StatusAccepted
		}
		return out, err
	}
	if in.DryRun {
		out, err := do(ctx)
		return &Answer[ImportAnswer]{out.Status, ImportAnswer{RuleImported: *out.Imported}}, err
	}
	return effect(ctx, a, do, a.imported)
}

func (a *api) imported(ctx context.Context, out ingest.Outcome) (ImportAnswer, error) {
	job, err := a.jobAnswer(ctx, out)
	return ImportAnswer{*out.Imported, job}, err
}

// alarmedLines is alarmed for what an import sets.
func (a *api) alarmedLines(ctx context.Context, lines *lineReader, force bool) ([]ingest.Alarm, error) {
	var rules []ingest.Rule
	var at []int
	for i, item := range lines.items {
		if !item.Lifted {
			rules, at = append(rules, ingest.Rule{Kind: item.Kind, Target: item.Target}), append(at, lines.at[i])
		}
	}
	list, err := a.alarms(ctx, lines.settings, rules, ingest.ID{})
	switch {
	case err != nil || len(list) == 0:
		return nil, err
	case force:
		return codesOf(list), mustBe(ctx, ingest.RoleAdmin)
	}
	for i := range list {
		list[i].Line = at[list[i].rule]
	}
	return nil, footGun(list[:min(len(list), maxFaults)])
}

// lineReader reads the lines of an import against what is known once for all.
type lineReader struct {
	api      *api
	settings ingest.Settings
	channels []ingest.ChannelHealth
	items    []ingest.RuleItem
	at       []int // their lines
	faults   []FieldError
}

func (a *api) lineReader(ctx context.Context) (*lineReader, error) {
	settings, _, err := a.Store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	all, err := a.Store.Health(ctx, "")
	return &lineReader{api: a, settings: settings, channels: all}, err
}

func (l *lineReader) readAll(ctx context.Context, body []byte) error {
	n := 0
	for line := range bytes.Lines(body) {
		if n++; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(l.items) >= maxRules {
			return badField("body", fmt.Sprintf("has more than %d rules: send it in parts", maxRules))
		}
		item, err := l.read(ctx, line)
		var p *Problem
		if err != nil && !errors.As(err, &p) && !ingest.Invalid(err) {
			return err
		}
		if err != nil && len(l.faults) < maxFaults {
			l.faults = append(l.faults, FieldError{fmt.Sprintf("line %d", n), err.Error()})
		}
		l.items, l.at = append(l.items, item), append(l.at, n)
	}
	switch {
	case len(l.items) == 0:
		return badField("body", "has no rule: send one a line, as JSON")
	case len(l.faults) > 0:
		return &Problem{Type: "invalid", Status: http.StatusUnprocessableEntity, Errors: l.faults,
			Detail: "nothing was imported: " + l.faults[0].Field + ": " + l.faults[0].Says}
	}
	return nil
}

// read makes a rule of a line, and holds it against all that setting or lifting
// it alone would be held against.
func (l *lineReader) read(ctx context.Context, line []byte) (ingest.RuleItem, error) {
	var in RuleLine
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil || decoder.More() {
		return ingest.RuleItem{}, badField("line", "want one JSON object with kind, target and what GET /rules/export writes")
	}
	item := ingest.RuleItem{Kind: in.Kind, Reason: strings.TrimSpace(in.Reason), Comment: in.Comment, SpareKnown: in.SpareKnown,
		ExpiresAt: in.ExpiresAt, OnExpiry: in.OnExpiry, Lifted: in.Lifted}
	if item.OnExpiry == "" {
		item.OnExpiry = ingest.ExpiryKeep
	}
	if err := l.checkTerms(ctx, item); err != nil {
		return item, err
	}
	var err error
	if item.Target, err = l.target(ctx, in); err != nil {
		return item, err
	}
	if err := mayTarget(ctx, item.Target); err != nil {
		return item, err
	}
	if err := l.checkContact(ctx, item); err != nil {
		return item, err
	}
	reach, err := reachAmong(l.channels, item.Target, in.Scope)
	item.Scope = reach.scope
	if err != nil || item.Lifted {
		return item, err
	}
	return item, featureOff(l.settings, ingest.RuleOrder{Kind: item.Kind, Target: item.Target, Scope: item.Scope}, reach)
}

// target reads a line's target. What lifts may be on anybody.
func (l *lineReader) target(ctx context.Context, in RuleLine) (ingest.Target, error) {
	if !in.Lifted {
		return l.api.readTarget(ctx, in.Target)
	}
	target, err := l.api.Region.ParseTarget(in.Target)
	if err != nil {
		return target, badField("target", err.Error())
	}
	return target, nil
}

func (l *lineReader) checkTerms(ctx context.Context, item ingest.RuleItem) error {
	least, known := leastOf(l.settings)[item.Kind]
	switch {
	case !known:
		return badField("kind", "want ban, block, blacklist or allow")
	case utf8.RuneCountInString(item.Reason) > 100:
		return badField("reason", "is longer than 100 characters")
	case utf8.RuneCountInString(item.Comment) > 2000:
		return badField("comment", "is longer than 2000 characters")
	case item.OnExpiry != ingest.ExpiryKeep && item.OnExpiry != ingest.ExpiryRelease:
		return badField("on_expiry", "want keep or release")
	case !item.Lifted && item.ExpiresAt != nil && !item.ExpiresAt.After(l.api.Now()):
		return badField("expires_at", "has passed: leave the line out, or say lifted")
	}
	return mustBe(ctx, least)
}

func (l *lineReader) checkContact(ctx context.Context, item ingest.RuleItem) error {
	if item.Target.Kind != "contact" || item.Lifted {
		return nil
	}
	id, err := ingest.ParseID(item.Target.Value)
	if err != nil {
		return err
	}
	if _, err = l.api.Store.Contact(ctx, id); errors.Is(err, ingest.ErrNotFound) {
		return badField("target", "there is no such contact here")
	}
	return err
}
