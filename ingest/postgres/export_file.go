package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlExportChunkAdd = statement("export_chunk_add")
	sqlExportMade     = statement("export_made")
)

// errTooLarge ends the making of a file that would be larger than it may be.
var errTooLarge = errors.New("the file is too large")

// exportFile is a file that is being written, in the transaction that what it
// tells is read in. It keeps one chunk in memory.
type exportFile struct {
	ctx  context.Context
	tx   pgx.Tx
	job  int64
	most int64 // octets; 0: any number

	rows, bytes int64
	n           int // chunks written
	chunk       []byte
	subjects    []ingest.ID // of the chunk
	sum         hash.Hash
}

func newExportFile(ctx context.Context, tx pgx.Tx, job, most int64) *exportFile {
	return &exportFile{ctx: ctx, tx: tx, job: job, most: most, sum: sha256.New()}
}

// row appends a row that tells of contacts and tickets.
func (f *exportFile) row(cells []string, about ...ingest.ID) error {
	f.rows++
	f.about(about...)
	_, err := f.Write(ingest.AppendCSV(nil, cells))
	return err
}

// about says of whom what is written next tells: when their content is deleted
// the file is.
func (f *exportFile) about(subjects ...ingest.ID) {
	for _, id := range subjects {
		if !id.IsZero() {
			f.subjects = append(f.subjects, id)
		}
	}
}

// Write appends to the file.
func (f *exportFile) Write(b []byte) (int, error) {
	if f.bytes += int64(len(b)); f.most > 0 && f.bytes > f.most {
		return 0, errTooLarge
	}
	f.chunk = append(f.chunk, b...)
	for len(f.chunk) >= exportChunk {
		if err := f.flush(exportChunk); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (f *exportFile) flush(n int) error {
	f.sum.Write(f.chunk[:n])
	subjects := f.subjects
	if subjects == nil {
		subjects = []ingest.ID{}
	}
	_, err := f.tx.Exec(f.ctx, sqlExportChunkAdd, f.job, f.n, f.chunk[:n], subjects)
	f.n, f.chunk, f.subjects = f.n+1, append(f.chunk[:0], f.chunk[n:]...), nil // each row is in one chunk; what tells of it is where it began
	return err
}

// finish writes what is left and ends the job.
func (f *exportFile) finish(s *Store) error {
	if len(f.chunk) > 0 {
		if err := f.flush(len(f.chunk)); err != nil {
			return err
		}
	}
	_, err := f.tx.Exec(f.ctx, sqlExportMade, f.job, f.rows, f.bytes, f.sum.Sum(nil), s.now(), s.exportEnds())
	if err != nil {
		return err
	}
	return jobEvent(f.ctx, f.tx, "job.done", f.job, ingest.JobExport, "")
}
