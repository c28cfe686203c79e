package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlFilesAdd   = statement("files_add")
	sqlFilesDue   = statement("files_due")
	sqlFilesOf    = statement("files_of")
	sqlFileClaim  = statement("file_claim")
	sqlFileClear  = statement("file_clear")
	sqlFileWrite  = statement("file_write")
	sqlFileStored = statement("file_stored")
	sqlFileFailed = statement("file_failed")
	sqlFileRetry  = statement("file_retry")
	sqlFileChunk  = statement("file_chunk")
)

// writeFiles writes down the files of messages that were stored before.
func (c *columns) writeFiles(ctx context.Context, tx pgx.Tx, now time.Time) error {
	if c.fileOf == nil {
		return nil
	}
	_, err := tx.Exec(ctx, sqlFilesAdd, c.fileOf, c.fileIndex, now)
	return err
}

// FilesDue counts the files that could be fetched now, up to a limit.
func (s *Store) FilesDue(ctx context.Context, limit int) (n int, err error) {
	if err := s.pool.QueryRow(ctx, sqlFilesDue, s.now(), limit).Scan(&n); err != nil {
		return 0, fmt.Errorf("files to be fetched: %w", classify(err))
	}
	return n, nil
}

// ClaimFile takes the file that has waited longest for one try, which may last
// as long as lease: then it may be taken again. Channels named in but are passed
// over. ErrNotFound: there is none.
func (s *Store) ClaimFile(ctx context.Context, lease time.Duration, but []string) (t ingest.FileTask, err error) {
	numbers := make([]int32, 0, len(but))
	for _, name := range but {
		c, err := s.channel(ctx, name)
		if err != nil {
			return t, fmt.Errorf("claim a file: %w", err)
		}
		numbers = append(numbers, c.ID)
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		var channel int32
		row := tx.QueryRow(ctx, sqlFileClaim, s.now(), s.now().Add(lease), numbers)
		if err := row.Scan(&t.Message, &t.Index, &channel, &t.Try, &t.RawBytes); err != nil {
			return err
		}
		c, err := s.channelByID(ctx, channel)
		if err != nil {
			return err
		}
		t.Channel, t.Kind = c.Name, c.Kind
		if t.Try == 1 {
			return nil
		}
		_, err = tx.Exec(ctx, sqlFileClear, t.Message, t.Index)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return t, ingest.ErrNotFound
	}
	if err != nil {
		return t, fmt.Errorf("claim a file: %w", err)
	}
	return t, nil
}

// WriteFile stores the n-th chunk, of at most 1 MiB, of a file that was taken.
// ErrFenced: its message is gone, or the file was taken again meanwhile.
func (s *Store) WriteFile(ctx context.Context, t ingest.FileTask, n int, data []byte) error {
	tag, err := s.pool.Exec(ctx, sqlFileWrite, t.Message, t.Index, t.Try, n, data)
	if err != nil {
		return fmt.Errorf("write a file: %w", classify(err))
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("write a file: %w", ingest.ErrFenced)
	}
	return nil
}

// FinishFile says that all chunks of a file are written, and tells so. ErrFenced
// as WriteFile.
func (s *Store) FinishFile(ctx context.Context, t ingest.FileTask, f ingest.File) error {
	sum, err := hex.DecodeString(f.SHA256)
	if err != nil {
		return fmt.Errorf("finish a file: %w", err)
	}
	return s.endFile(ctx, t, map[string]any{"index": t.Index, "status": ingest.FileStored},
		sqlFileStored, t.Message, t.Index, t.Try, f.Size, sum, text(f.ContentType))
}

// FailFile says why a try failed, in a code, and when the next one is; nil: there
// is none, which is told.
func (s *Store) FailFile(ctx context.Context, t ingest.FileTask, code string, again *time.Time) error {
	var event any
	if again == nil {
		event = map[string]any{"index": t.Index, "status": ingest.FileFailed, "error": code}
	}
	return s.endFile(ctx, t, event, sqlFileFailed, t.Message, t.Index, t.Try, code, again)
}

// endFile ends a try, with an event unless that is nil.
func (s *Store) endFile(ctx context.Context, t ingest.FileTask, event any, query string, args ...any) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		var conversation, contact ingest.ID
		err := tx.QueryRow(ctx, query, args...).Scan(&conversation, &contact)
		if err != nil || event == nil {
			return err
		}
		var events eventColumns
		events.add("message.attachment", conversation, contact, t.Message, event)
		return events.insert(ctx, tx)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = ingest.ErrFenced
	}
	if err != nil {
		return fmt.Errorf("end a file's try: %w", err)
	}
	return nil
}

// RetryFile lets a file that failed be tried from the beginning. ErrConflict: it
// has not failed.
func (s *Store) RetryFile(ctx context.Context, message ingest.ID, index int, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlFileRetry, message, index, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("the attachment has not failed: %w", ingest.ErrConflict)
		}
		return record(ctx, tx, actor, "attachment.retry", "message:"+message.String(), map[string]any{"index": index})
	})
	if err != nil {
		return fmt.Errorf("retry: %w", err)
	}
	return nil
}

// Files returns the files that messages name and do not carry.
func (s *Store) Files(ctx context.Context, of []ingest.ID) ([]ingest.File, error) {
	rows, err := s.pool.Query(ctx, sqlFilesOf, of)
	if err != nil {
		return nil, fmt.Errorf("files: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.File])
	if err != nil {
		return nil, fmt.Errorf("files: %w", classify(err))
	}
	return list, nil
}

// FileChunk returns the n-th chunk, of at most 1 MiB, of a file that is stored;
// nil beyond the last.
func (s *Store) FileChunk(ctx context.Context, message ingest.ID, index, n int) (chunk []byte, err error) {
	err = s.pool.QueryRow(ctx, sqlFileChunk, message, index, n).Scan(&chunk)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return chunk, classify(err)
}
