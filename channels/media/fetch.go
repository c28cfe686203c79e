package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// chunkSize is how many octets of a file are in memory at once, twice while
// they go to the database. The store takes chunks of up to 1 MiB.
const chunkSize = 256 << 10

// fetch brings a file from where it lies into the store. Its errors are Faults,
// or those of the store.
func (f *Fetcher) fetch(ctx context.Context, task ingest.FileTask) error {
	source, ok := f.Source(task.Channel)
	if !ok {
		return because(codeChannel, nil)
	}
	file, err := f.find(ctx, task, source)
	if err != nil {
		return err
	}
	settings := f.Settings()
	if settings.RefusesType(file.Attachment.ContentType) {
		return because(safehttp.Type, nil)
	}
	try, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	answer, err := f.open(try, source.Media, file, settings.MediaMaxBytes)
	if err != nil {
		return err
	}
	defer answer.Close()
	kind := answer.kind
	if settings.RefusesType(kind) {
		return because(safehttp.Type, nil)
	}
	return f.store(ctx, task, answer, kind)
}

// find reads in the message where the file is, unless its sender is banned.
func (f *Fetcher) find(ctx context.Context, task ingest.FileTask, source Source) (file channels.File, err error) {
	release, err := f.Hold(ctx, task.RawBytes)
	if err != nil {
		return file, err
	}
	defer release()
	var raw []byte
	if err := f.Store.EachRaw(ctx, []ingest.ID{task.Message}, func(_ ingest.ID, b []byte) { raw = b }); err != nil {
		return file, err
	}
	if raw == nil {
		return file, ingest.ErrFenced // it has just gone
	}
	banned, err := f.Banned(ctx, task, raw)
	if err != nil {
		return file, err
	}
	if banned {
		return file, because(codeBanned, nil)
	}
	return located(source, raw, task.Index)
}

func located(source Source, raw []byte, index int) (file channels.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unreadable(p) // the value may quote the message
		}
	}()
	if source.File == nil {
		return file, unreadable(nil)
	}
	if file, err = source.File(raw, index); err != nil {
		return file, unreadable(err)
	}
	return file, nil
}

// body is a file's bytes on their way, and of what type their source says they are.
type body struct {
	io.Reader
	io.Closer
	kind string
}

// open asks for the file as the adapter says.
func (f *Fetcher) open(ctx context.Context, m channels.Media, file channels.File, limit int64) (b body, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unreadable(p)
		}
	}()
	if file.Bytes != nil {
		return body{Reader: bytes.NewReader(file.Bytes), Closer: io.NopCloser(nil)}, nil
	}
	answer, err := m.Open(ctx, bounded{f.Client, limit}, file)
	var fault *safehttp.Fault
	switch {
	case err == nil:
		return body{Reader: answer, Closer: answer, kind: answer.ContentType()}, nil
	case errors.As(err, &fault):
		return b, fault
	}
	return b, unreadable(err)
}

// bounded is a client whose answers have at most limit octets.
type bounded struct {
	channels.MediaClient
	limit int64
}

// Get is the client's.
func (b bounded) Get(ctx context.Context, ask safehttp.Ask) (*safehttp.Answer, error) {
	if ask.Limit == 0 || ask.Limit > b.limit {
		ask.Limit = b.limit
	}
	return b.MediaClient.Get(ctx, ask)
}

// store writes the file, a chunk at a time, and then that it is whole.
func (f *Fetcher) store(ctx context.Context, task ingest.FileTask, from io.Reader, kind string) error {
	release, err := f.Hold(ctx, 2*chunkSize)
	if err != nil {
		return err
	}
	defer release()
	sum, chunk := sha256.New(), make([]byte, chunkSize)
	done := ingest.File{Message: task.Message, Index: task.Index, Status: ingest.FileStored, ContentType: kind}
	for n := 0; ; n++ {
		got, err := io.ReadFull(from, chunk)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		if got > 0 {
			sum.Write(chunk[:got])
			done.Size += int64(got)
			if err := f.Store.WriteFile(ctx, task, n, chunk[:got]); err != nil {
				return err
			}
		}
		if err != nil {
			break
		}
	}
	done.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return f.Store.FinishFile(ctx, task, done)
}
