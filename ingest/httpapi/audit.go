package httpapi

import (
	"context"

	"gatehouse/ingest"
)

type auditStore interface {
	Audit(ctx context.Context, subject string, p ingest.Part) (ingest.List[ingest.AuditEntry], error)
	Record(ctx context.Context, actor, action, subject string) error
}

func (a *api) audit() {
	route(a, op{does: "GET /audit", least: ingest.RoleAdmin, says: "Lists who did what, newest first."}, a.listAudit)
}

// AuditInput chooses entries.
type AuditInput struct {
	Paging
	Subject string `query:"subject" doc:"as in rule:7 or ticket:ID"`
}

func (a *api) listAudit(ctx context.Context, in *AuditInput) (*Body[ingest.List[ingest.AuditEntry]], error) {
	return body(a.Store.Audit(ctx, in.Subject, in.part()))
}
