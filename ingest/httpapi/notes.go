package httpapi

import (
	"context"
	"net/http"
	"strings"

	"gatehouse/ingest"
)

type noteStore interface {
	Notes(ctx context.Context, contact ingest.ID, p ingest.Part) (ingest.List[ingest.Note], error)
	Note(ctx context.Context, contact ingest.ID, note int64) (ingest.Note, error)
	AddNote(ctx context.Context, contact ingest.ID, text, actor string) (note int64, err error)
	DeleteNote(ctx context.Context, contact ingest.ID, note int64, all bool, actor string) error
}

func (a *api) notes() {
	route(a, op{does: "GET /contacts/{id}/notes", least: ingest.RoleAgent, says: "Lists what the desk wrote about a contact, newest first."}, a.listNotes)
	route(a, op{does: "POST /contacts/{id}/notes", least: ingest.RoleAgent, once: true, status: http.StatusCreated, says: "Writes a note about a contact."}, a.addNote)
	route(a, op{does: "DELETE /contacts/{id}/notes/{note}", least: ingest.RoleAgent,
		says: "Deletes a note for good. Agents delete their own."}, a.deleteNote)
}

// NotesInput asks for a contact's notes.
type NotesInput struct {
	ByID
	Paging
}

// NoteInput writes one.
type NoteInput struct {
	ByID
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"10000"`
	}
}

// NoteOfInput names one.
type NoteOfInput struct {
	ByID
	Note int64 `path:"note" minimum:"1"`
}

func (a *api) listNotes(ctx context.Context, in *NotesInput) (*Body[ingest.List[ingest.Note]], error) {
	return body(a.Store.Notes(ctx, in.ID, in.part()))
}

func (a *api) addNote(ctx context.Context, in *NoteInput) (*Answer[ingest.Note], error) {
	if strings.TrimSpace(in.Body.Text) == "" {
		return nil, badField("text", "is empty")
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		note, err := a.Store.AddNote(ctx, in.ID, in.Body.Text, who(ctx).Name)
		return ingest.Outcome{Status: http.StatusCreated, Contact: in.ID, Note: note}, err
	}, a.noteAnswer)
}

func (a *api) noteAnswer(ctx context.Context, out ingest.Outcome) (ingest.Note, error) {
	return a.Store.Note(ctx, out.Contact, out.Note)
}

func (a *api) deleteNote(ctx context.Context, in *NoteOfInput) (*Nothing, error) {
	w := who(ctx)
	return &Nothing{}, a.Store.DeleteNote(ctx, in.ID, in.Note, w.Role.AtLeast(ingest.RoleSupervisor), w.Name)
}
