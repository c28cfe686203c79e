package postgres

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlDossierMessages     = statement("dossier_messages")
	sqlDossierConversation = statement("dossier_conversation")
	sqlDossierFiles        = statement("dossier_files")
)

// dossierPart is of how many messages the files are asked for at a time.
const dossierPart = 100

// dossierMessage is a message of the person, and where it stands.
type dossierMessage struct {
	ID     ingest.ID
	Number int64 // of its conversation; 0: it is in none
	Own    bool  // which began with the person
	State  ingest.State
	Family ingest.Family
}

// place is what the files are called that a message is in, without their ending.
func (m dossierMessage) place() string {
	if m.Number == 0 {
		return "messages/" + string(m.State)
	}
	return fmt.Sprintf("conversations/%d", m.Number)
}

func (d *dossier) list() ([]dossierMessage, error) {
	rows, err := d.tx.Query(d.ctx, sqlDossierMessages, d.contacts, d.senders())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[dossierMessage])
}

// talks writes the messages, those of one place together, and what each came as.
func (d *dossier) talks() error {
	for from := 0; from < len(d.messages); {
		to := from + 1
		for to < len(d.messages) && d.messages[to].place() == d.messages[from].place() {
			to++
		}
		if err := d.talk(d.messages[from:to]); err != nil {
			return err
		}
		from = to
	}
	for _, m := range d.messages {
		if err := d.raw(m); err != nil {
			return err
		}
	}
	return d.files()
}

// talk writes the messages of one place: all that is stored of each, and the same
// to read.
func (d *dossier) talk(list []dossierMessage) error {
	w, err := d.create(list[0].place() + ".json")
	if err != nil {
		return err
	}
	head := "null"
	if m := list[0]; m.Number != 0 {
		if err := d.tx.QueryRow(d.ctx, sqlDossierConversation, m.Number, m.Own).Scan(&head); err != nil {
			return err
		}
	}
	before := `{"conversation": ` + head + `, "messages": [` + "\n"
	for _, m := range list {
		says, err := d.said(m)
		if err == nil {
			_, err = io.WriteString(w, before+says.json())
		}
		if err != nil {
			return err
		}
		before = ",\n"
	}
	if _, err := io.WriteString(w, "\n]}\n"); err != nil {
		return err
	}
	return d.lines(list)
}

// lines writes the messages of one place as text to read. Each is read once more:
// a ZIP takes one file after the other, and memory does not hold them all.
func (d *dossier) lines(list []dossierMessage) error {
	w, err := d.create(list[0].place() + ".txt")
	if err != nil {
		return err
	}
	for _, m := range list {
		says, err := d.said(m)
		if err == nil {
			_, err = io.WriteString(w, says.lines(m))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func idsIn(list []dossierMessage) []ingest.ID {
	ids := make([]ingest.ID, len(list))
	for n, m := range list {
		ids[n] = m.ID
	}
	return ids
}

// raw writes a message as it came, a chunk at a time; there is none of what was
// refused or purged.
func (d *dossier) raw(m dossierMessage) error {
	return d.chunked(func(first []byte) string { return "raw/" + m.ID.String() + m.Family.Extension(first) }, sqlRawChunk, m.ID)
}

// files writes what messages name and was fetched.
func (d *dossier) files() error {
	for part := range slices.Chunk(d.messages, dossierPart) {
		rows, err := d.tx.Query(d.ctx, sqlDossierFiles, idsIn(part))
		if err != nil {
			return err
		}
		type file struct {
			Message ingest.ID
			Index   int
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[file])
		if err != nil {
			return err
		}
		for _, f := range list {
			name := func([]byte) string { return fmt.Sprintf("files/%s-%d.bin", f.Message, f.Index) }
			if err := d.chunked(name, sqlFileChunk, f.Message, f.Index); err != nil {
				return err
			}
		}
	}
	return nil
}

// chunked writes a file whose chunks, of at most 1 MiB, a statement gives by
// their number, its last argument. Of what has none no file is made.
func (d *dossier) chunked(name func(first []byte) string, query string, args ...any) error {
	var w io.Writer
	for n := 0; ; n++ {
		var chunk []byte
		err := d.tx.QueryRow(d.ctx, query, append(args[:len(args):len(args)], n)...).Scan(&chunk)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err == nil && n == 0 {
			w, err = d.create(name(chunk))
		}
		if err == nil {
			_, err = w.Write(chunk)
		}
		if err != nil {
			return err
		}
	}
}
