package postgres

import (
	"archive/zip"
	"context"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlDossierContacts       = statement("dossier_contacts")
	sqlDossierIdentities     = statement("dossier_identities")
	sqlDossierClaims         = statement("dossier_claims")
	sqlDossierNotes          = statement("dossier_notes")
	sqlDossierRules          = statement("dossier_rules")
	sqlDossierOpts           = statement("dossier_opts")
	sqlDossierMerges         = statement("dossier_merges")
	sqlDossierLinks          = statement("dossier_links")
	sqlDossierTickets        = statement("dossier_tickets")
	sqlDossierParticipations = statement("dossier_participations")
	sqlDossierOutgoing       = statement("dossier_outgoing")
	sqlDossierRefused        = statement("dossier_refused")
	sqlDossierEvents         = statement("dossier_events")
	sqlDossierAudit          = statement("dossier_audit")
	sqlDossierJobs           = statement("dossier_jobs")
)

// dossier is one that is being made. Beside the chunk that is written it keeps
// in memory the ids of the messages, and what the ZIP's directory says of each
// file. Names in it are made of ids and numbers alone, never of what a stranger
// called a file.
type dossier struct {
	s      *Store
	ctx    context.Context
	reader Reader
	id     int64 // its job's
	tx     pgx.Tx
	again  int64 // its number, which who deletes raises
	begun  bool
	file   *exportFile
	zip    *zip.Writer
	at     time.Time

	*subject
	messages []dossierMessage
}

// write writes all of it, at one moment.
func (d *dossier) write() (err error) {
	if d.messages, err = d.list(); err != nil {
		return err
	}
	d.file = newExportFile(d.id, 0, d.add)
	d.at, d.zip, d.file.rows = d.s.now(), zip.NewWriter(d.file), int64(len(d.messages))
	if err := d.text("README.txt", ingest.DossierReadme); err != nil {
		return err
	}
	if err := d.tables(); err != nil {
		return err
	}
	if err := d.talks(); err != nil {
		return err
	}
	if err := d.zip.Close(); err != nil {
		return err
	}
	return d.file.close()
}

// create begins a file of the ZIP.
func (d *dossier) create(name string) (io.Writer, error) {
	return d.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: d.at})
}

func (d *dossier) text(name, says string) error {
	w, err := d.create(name)
	if err == nil {
		_, err = io.WriteString(w, says)
	}
	return err
}

// tables writes what is not a message.
func (d *dossier) tables() error {
	keys, err := d.s.keys(d.ctx, d.s.pool) // which may seal them: that writes
	if err != nil {
		return err
	}
	named, short, texts, hashed := d.senders(), d.short(), []string{}, d.short()
	for _, i := range d.joining() {
		texts = append(texts, i.Value)
		named = append(named, text(i.Kind+":"+keys.hash.Hash(i.Kind, i.Value)))
		hashed = append(hashed, keys.hash.Short(i.Kind, i.Value))
	}
	messages := idsIn(d.messages)
	for _, t := range []struct {
		name, query string
		args        []any
	}{
		{"contacts", sqlDossierContacts, []any{d.contacts}},
		{"identities", sqlDossierIdentities, []any{d.contacts}},
		{"claims", sqlDossierClaims, []any{d.contacts, d.senders()}},
		{"notes", sqlDossierNotes, []any{d.contacts}},
		{"rules", sqlDossierRules, []any{d.contacts, named}},
		{"opts", sqlDossierOpts, []any{hashed}},
		{"merges", sqlDossierMerges, []any{d.contacts}},
		{"links", sqlDossierLinks, []any{d.contacts}},
		{"tickets", sqlDossierTickets, []any{d.contacts}},
		{"participations", sqlDossierParticipations, []any{short}},
		{"outgoing", sqlDossierOutgoing, []any{d.contacts}},
		{"refused_requests", sqlDossierRefused, []any{d.patterns(), texts}},
		{"events", sqlDossierEvents, []any{d.contacts, messages}},
		{"audit", sqlDossierAudit, []any{d.contacts, messages}},
		{"jobs", sqlDossierJobs, []any{d.contacts}},
	} {
		w, err := d.create(t.name + ".json")
		if err == nil {
			err = d.rows(w, "[\n", t.query, t.args...)
		}
		if err == nil {
			_, err = io.WriteString(w, "\n]\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rows writes rows of JSON after what goes before them, with commas between.
func (d *dossier) rows(w io.Writer, before, query string, args ...any) error {
	rows, err := d.tx.Query(d.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if _, err := io.WriteString(w, before); err != nil {
		return err
	}
	for n := 0; rows.Next(); n++ {
		if n > 0 {
			if _, err := io.WriteString(w, ",\n"); err != nil {
				return err
			}
		}
		if _, err := w.Write(rows.RawValues()[0]); err != nil {
			return err
		}
	}
	return rows.Err()
}
