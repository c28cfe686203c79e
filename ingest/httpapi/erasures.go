package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

type erasureStore interface {
	Erase(ctx context.Context, o ingest.EraseOrder) (job int64, err error)
	WouldErase(ctx context.Context, contact ingest.ID) (map[string]int, error)
	Erasures(ctx context.Context, p ingest.Part) (ingest.List[ingest.Erasure], error)
	Erasure(ctx context.Context, id int64) (ingest.Erasure, error)
}

func (a *api) erasures() {
	route(a, op{does: "POST /contacts/{id}/erase", least: ingest.RoleAdmin, once: true, status: http.StatusOK, or: http.StatusAccepted,
		says: "Deletes all that is stored of a person, for good: the contact, and whoever it is merged with. 202 with the job, its certificate is " +
			"then in GET /erasures; 200: dry_run, what it would find and what it leaves. 423 legal-hold while one stands."}, a.erase)
	route(a, op{does: "GET /erasures", least: ingest.RoleAdmin, says: "Lists erasures, newest first, each with its certificate if it is finished."}, a.listErasures)
	route(a, op{does: "GET /erasures/{id}", least: ingest.RoleAdmin,
		says: "Returns an erasure: certificate is what was signed, octet for octet, signature its Ed25519 signature by public_key."}, a.getErasure)
	route(a, op{does: "GET /erasures/{id}/text", least: ingest.RoleAdmin,
		says: "Returns the certificate of an erasure as text to print. 409 not-finished while the erasure is under way."}, a.printErasure)
}

// EraseInput asks for a person to be erased.
type EraseInput struct {
	ByID
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"100" doc:"a code, as the number of the request: it stays in the certificate, so no name"`
		DryRun bool   `json:"dry_run,omitempty" doc:"only count"`
	}
}

// WouldErase is what an erasure would do.
type WouldErase struct {
	Finds  map[string]int `json:"finds"`  // by class: at least so much, since not all is indexed
	Leaves []ingest.Stays `json:"leaves"` // and why
}

// EraseAnswer is the job that erases, or what it would do.
type EraseAnswer struct {
	job   *ingest.Job
	would *WouldErase
}

// MarshalJSON writes the one that it is.
func (e EraseAnswer) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	if e.would != nil {
		err := writeJSON(&b, e.would)
		return b.Bytes(), err
	}
	err := writeJSON(&b, e.job)
	return b.Bytes(), err
}

// Schema is that of either.
func (EraseAnswer) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(reflect.TypeFor[ingest.Job](), true, "Job"), r.Schema(reflect.TypeFor[WouldErase](), true, "WouldErase")}}
}

func (a *api) erase(ctx context.Context, in *EraseInput) (*Answer[EraseAnswer], error) {
	said := orZero(in.Body)
	if said.DryRun {
		finds, err := a.Store.WouldErase(ctx, in.ID)
		return &Answer[EraseAnswer]{http.StatusOK, EraseAnswer{would: &WouldErase{finds, ingest.LeftByErasure()}}}, err
	}
	o := ingest.EraseOrder{Contact: in.ID, Reason: said.Reason, Actor: who(ctx).Name}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		job, err := a.Store.Erase(ctx, o)
		return ingest.Outcome{Status: http.StatusAccepted, Job: job}, err
	}, func(ctx context.Context, out ingest.Outcome) (EraseAnswer, error) {
		job, err := a.jobAnswer(ctx, out)
		return EraseAnswer{job: job}, err
	})
}

func (a *api) listErasures(ctx context.Context, in *Paging) (*Body[ingest.List[ingest.Erasure]], error) {
	return body(a.Store.Erasures(ctx, in.part()))
}

func (a *api) getErasure(ctx context.Context, in *ByNumber) (*Body[ingest.Erasure], error) {
	return body(a.Store.Erasure(ctx, in.ID))
}

func (a *api) printErasure(ctx context.Context, in *ByNumber) (*huma.StreamResponse, error) {
	e, err := a.Store.Erasure(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if e.FinishedAt == nil {
		return nil, conflict("not-finished", "the erasure is not finished: read its job to see how far it is")
	}
	var c ingest.Certificate
	if err := json.Unmarshal([]byte(e.Certificate), &c); err != nil {
		return nil, fmt.Errorf("certificate of erasure %d: %w", e.ID, err)
	}
	return streamed(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, c.Text(e)) // the client has gone: nobody to tell
	}), nil
}
