package httpapi

import (
	"context"
	"time"

	"gatehouse/ingest"
)

type auditStore interface {
	Audit(ctx context.Context, f ingest.AuditFilter) (ingest.List[ingest.AuditEntry], error)
	AuditHead(ctx context.Context) (ingest.AuditHead, error)
	EachAudit(ctx context.Context, f ingest.AuditFilter, each func([]ingest.AuditLine) error) error
	Record(ctx context.Context, actor, action, subject string) error
	Retentions(ctx context.Context) ([]ingest.Retention, error)
	Opened(ctx context.Context, actor, action, subject string, data any) error
}

func (a *api) audit() {
	const least = ingest.RoleAdmin
	route(a, op{does: "GET /audit", least: least, says: "Lists who did what, newest first."}, a.listAudit)
	route(a, op{does: "GET /audit/head", least: least,
		says: "Tells where the audit's chain ends. Kept elsewhere, its hash proves later, with verify --audit-head, that nothing before it was changed."},
		a.auditHead)
	route(a, op{does: "GET /retention", least: least,
		says: "Says of each class of what is stored how long it is kept, what will be deleted within a week, and what was last."}, a.getRetention)
	route(a, op{does: "GET /audit/export", least: least,
		says: "Streams the sealed lines in the order of the chain, as CSV or JSON lines, with the texts that were hashed."}, a.exportAudit)
}

// AuditChoice chooses lines of the audit; what is absent does not.
type AuditChoice struct {
	Actor   string    `query:"actor"`
	Action  string    `query:"action" doc:"as in rule.set; * stands for anything, as in rule.*"`
	Subject string    `query:"subject" doc:"as in rule:7 or ticket:ID; * stands for anything"`
	From    time.Time `query:"from" doc:"at or after"`
	To      time.Time `query:"to" doc:"before"`
}

func (c AuditChoice) filter() ingest.AuditFilter {
	return ingest.AuditFilter{Actor: c.Actor, Action: c.Action, Subject: c.Subject, From: unlessZero(c.From), To: unlessZero(c.To)}
}

// AuditInput asks for a part of the audit.
type AuditInput struct {
	Paging
	AuditChoice
}

func (a *api) listAudit(ctx context.Context, in *AuditInput) (*Body[ingest.List[ingest.AuditEntry]], error) {
	f := in.filter()
	f.Part = in.part()
	return body(a.Store.Audit(ctx, f))
}

func (a *api) auditHead(ctx context.Context, _ *struct{}) (*Body[ingest.AuditHead], error) {
	return body(a.Store.AuditHead(ctx))
}

func (a *api) getRetention(ctx context.Context, _ *struct{}) (*Body[ingest.List[ingest.Retention]], error) {
	list, err := a.Store.Retentions(ctx)
	return body(ingest.List[ingest.Retention]{Items: list}, err)
}
