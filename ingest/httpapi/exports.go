package httpapi

import (
	"context"
	"net/http"
	"time"

	"gatehouse/ingest"
)

type exportStore interface {
	Dossier(ctx context.Context, contact ingest.ID, actor string) (int64, error)
	Export(ctx context.Context, o ingest.ExportOrder) (int64, error)
	Exports(ctx context.Context, what []ingest.ExportWhat, p ingest.Part) (ingest.List[ingest.Export], error)
	ExportOf(ctx context.Context, id int64) (ingest.Export, error)
	ExportChunk(ctx context.Context, id int64, n int) ([]byte, error)
	DropExport(ctx context.Context, id int64, actor string) error
}

const exportSays = " as CSV, by a job: its number is the export's. The file is kept for 7 days; one that would be larger than 50 MB is refused " +
	"with the number of its rows (too-large). It is deleted with what it tells of."

func (a *api) exports() {
	const least = ingest.RoleSupervisor
	route(a, op{does: "POST /contacts/export", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Exports the contacts that a filter chooses, all without one," + exportSays}, a.exportContacts)
	route(a, op{does: "POST /blocked/export", least: least, once: true, status: http.StatusAccepted,
		says: "Exports the blocked list's tickets that a filter chooses," + exportSays}, a.exportHeld)
	route(a, op{does: "POST /contacts/{id}/dossier", least: ingest.RoleAdmin, once: true, status: http.StatusAccepted,
		says: "Makes a ZIP of all that is stored of a person: the contact, and whoever it is merged with. By a job: its number is the " +
			"export's. The file is kept for 7 days and deleted with the person; how large it may be is not limited. 409: the contact was erased."}, a.dossier)
	route(a, op{does: "GET /exports", least: least, says: "Lists exports, newest first: those that the asker's role may have."}, a.listExports)
	route(a, op{does: "GET /exports/{id}", least: least, says: "Returns an export, and how far it is."}, a.getExport)
	route(a, op{does: "GET /exports/{id}/file", least: least,
		says: "Returns the file; ranges and If-None-Match are heeded. 409: it is not made yet; 410: it has gone."}, a.getExportFile)
	route(a, op{does: "DELETE /exports/{id}", least: least, status: http.StatusNoContent,
		says: "Deletes the file before its time. 409: it is still being made, cancel its job."}, a.dropExport)
}

// ContactsExportInput chooses contacts.
type ContactsExportInput struct {
	Body *ContactsFilter
}

// ContactsFilter chooses contacts by the names of the list's query.
type ContactsFilter struct {
	Q        string    `json:"q,omitempty" maxLength:"200"`
	Tag      string    `json:"tag,omitempty"`
	From     time.Time `json:"from,omitzero" doc:"made at or after"`
	To       time.Time `json:"to,omitzero" doc:"made before"`
	Standing string    `json:"standing,omitempty" enum:"active,blocked,banned,blacklisted"`
}

func (a *api) exportContacts(ctx context.Context, in *ContactsExportInput) (*Answer[*ingest.Job], error) {
	c := orZero(in.Body)
	f := ingest.ContactFilter{Q: c.Q, Tag: c.Tag, Standing: c.Standing, From: unlessZero(c.From), To: unlessZero(c.To)}
	if number, err := a.Region.Phone(f.Q); err == nil {
		f.Number = number
	}
	return a.export(ctx, ingest.ExportOrder{What: ingest.ExportContacts, Contacts: f})
}

// HeldExportInput chooses tickets.
type HeldExportInput struct {
	Body *BlockedFilter
}

func (a *api) exportHeld(ctx context.Context, in *HeldExportInput) (*Answer[*ingest.Job], error) {
	chosen := orZero(in.Body)
	f, err := a.filterIn(ctx, &chosen)
	if err != nil {
		return nil, err
	}
	return a.export(ctx, ingest.ExportOrder{What: ingest.ExportHeld, Held: *f})
}

func (a *api) dossier(ctx context.Context, in *ByID) (*Answer[*ingest.Job], error) {
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		job, err := a.Store.Dossier(ctx, in.ID, who(ctx).Name)
		return ingest.Outcome{Status: http.StatusAccepted, Job: job}, err
	}, a.jobAnswer)
}

func (a *api) export(ctx context.Context, o ingest.ExportOrder) (*Answer[*ingest.Job], error) {
	o.Actor = who(ctx).Name
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		job, err := a.Store.Export(ctx, o)
		return ingest.Outcome{Status: http.StatusAccepted, Job: job}, err
	}, a.jobAnswer)
}

// ExportsInput asks for a part of the list.
type ExportsInput struct{ Paging }

func (a *api) listExports(ctx context.Context, in *ExportsInput) (*Body[ingest.List[ingest.Export]], error) {
	var may []ingest.ExportWhat
	for _, what := range []ingest.ExportWhat{ingest.ExportContacts, ingest.ExportHeld, ingest.ExportDossier} {
		if mustBe(ctx, what.Least()) == nil {
			may = append(may, what)
		}
	}
	return body(a.Store.Exports(ctx, may, in.part()))
}

func (a *api) getExport(ctx context.Context, in *ByNumber) (*Body[ingest.Export], error) {
	return body(a.exportFor(ctx, in.ID))
}

// exportFor is an export that the asker may have.
func (a *api) exportFor(ctx context.Context, id int64) (ingest.Export, error) {
	e, err := a.Store.ExportOf(ctx, id)
	if err != nil {
		return e, err
	}
	return e, mustBe(ctx, e.What.Least())
}

func (a *api) dropExport(ctx context.Context, in *ByNumber) (*Nothing, error) {
	if _, err := a.exportFor(ctx, in.ID); err != nil {
		return nil, err
	}
	return &Nothing{}, a.Store.DropExport(ctx, in.ID, who(ctx).Name)
}
