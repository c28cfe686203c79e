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

// errOvertaken says that what a file had been made of was deleted meanwhile, or
// that its job was cancelled.
var errOvertaken = errors.New("it was overtaken")

// addChunk stores the n-th chunk of a file, with those whom it tells of.
type addChunk func(n int, chunk []byte, subjects []ingest.ID) error

// chunksIn stores chunks in the transaction that what they tell is read in.
func chunksIn(ctx context.Context, tx pgx.Tx, job int64) addChunk {
	return func(n int, chunk []byte, subjects []ingest.ID) error {
		_, err := tx.Exec(ctx, sqlExportChunkAdd, job, n, chunk, subjects)
		return err
	}
}

// exportFile is a file that is being written. It keeps one chunk in memory.
type exportFile struct {
	job  int64
	most int64 // octets; 0: any number
	add  addChunk

	rows, bytes int64
	n           int // chunks written
	chunk       []byte
	subjects    []ingest.ID // of the chunk
	sum         hash.Hash
}

func newExportFile(job, most int64, add addChunk) *exportFile {
	return &exportFile{job: job, most: most, add: add, sum: sha256.New()}
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
	err := f.add(f.n, f.chunk[:n], subjects)
	f.n, f.chunk, f.subjects = f.n+1, append(f.chunk[:0], f.chunk[n:]...), nil // each row is in one chunk; what tells of it is where it began
	return err
}

// close writes what is left.
func (f *exportFile) close() error {
	if len(f.chunk) == 0 {
		return nil
	}
	return f.flush(len(f.chunk))
}

// finish writes what is left and ends the job, in the transaction that what the
// file tells was read in.
func (f *exportFile) finish(ctx context.Context, tx pgx.Tx, s *Store) error {
	if err := f.close(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlExportMade, f.made(s)...); err != nil {
		return err
	}
	return jobEvent(ctx, tx, "job.done", f.job, ingest.JobExport, "")
}

// made are the arguments of the statement that ends the job.
func (f *exportFile) made(s *Store) []any {
	return []any{f.job, f.rows, f.bytes, f.sum.Sum(nil), s.now(), s.exportEnds()}
}
