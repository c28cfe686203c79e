package httpapi

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// whole gives a record its text where that is only in the raw bytes. A message
// that cannot be read again is shown without.
func (a *api) whole(ctx context.Context, m ingest.Stored) (ingest.Record, error) {
	if !m.Bare || a.Reread == nil {
		return m.Record, nil
	}
	raw, release, err := a.rawOf(ctx, m.ID)
	if err != nil {
		return m.Record, err
	}
	defer release()
	if raw == nil {
		return m.Record, nil
	}
	read, err := a.Reread(m.Kind, raw)
	if err != nil {
		return m.Record, nil
	}
	r := m.Record
	r.Text, r.ReplyText, r.HTML = read.Text, read.ReplyText, read.HTML
	r.To, r.Attachments, r.Answers, r.Technical = read.To, read.Attachments, read.Answers, read.Technical
	if read.Defects != nil {
		r.Defects = read.Defects
	}
	return r, nil
}

// rawOf reads a message's raw bytes, nil if none are kept, under the process's
// budget. The caller gives them back with release.
func (a *api) rawOf(ctx context.Context, id ingest.ID) (raw []byte, release func(), err error) {
	size, err := a.Store.RawSize(ctx, id)
	if err != nil || size == 0 {
		return nil, func() {}, err
	}
	if release, err = a.Hold(ctx, size); err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	b.Grow(int(size))
	for n := 0; ; n++ {
		chunk, err := a.Store.RawChunk(ctx, id, n)
		if err != nil {
			release()
			return nil, nil, err
		}
		if chunk == nil {
			return b.Bytes(), release, nil
		}
		b.Write(chunk)
	}
}

func (a *api) getRaw(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	m, err := a.Store.Message(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.sendRaw(ctx, m)
}

// sendRaw streams a message as it came, a chunk at a time, and records who
// read it.
func (a *api) sendRaw(ctx context.Context, m ingest.Stored) (*huma.StreamResponse, error) {
	size, err := a.Store.RawSize(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	if size == 0 {
		return nil, errUnknown
	}
	if err := a.Store.Record(ctx, who(ctx).Name, "message.raw", "message:"+m.ID.String()); err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		asFile(w, "application/octet-stream", m.ID.String()+extension(m.Family))
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		a.copyRaw(r.Context(), w, m.ID)
	}), nil
}

// copyRaw writes the chunks; a failure cuts the answer short of its
// Content-Length, which the client sees.
func (a *api) copyRaw(ctx context.Context, w http.ResponseWriter, id ingest.ID) {
	for n := 0; ; n++ {
		chunk, err := a.Store.RawChunk(ctx, id, n)
		if err != nil {
			a.logFailure(ctx, err)
		}
		if err != nil || chunk == nil {
			return
		}
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func extension(f ingest.Family) string {
	if f == ingest.Email {
		return ".eml"
	}
	return ".bin"
}

// AttachmentInput names an attachment.
type AttachmentInput struct {
	ByID
	Index int `path:"index" minimum:"0"`
}

func (a *api) getAttachment(ctx context.Context, in *AttachmentInput) (*huma.StreamResponse, error) {
	m, err := a.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	record, err := a.whole(ctx, m)
	if err != nil {
		return nil, err
	}
	for _, file := range record.Attachments {
		if file.Index == in.Index && a.Attachment != nil {
			return a.sendAttachment(ctx, m, file)
		}
	}
	return nil, errUnknown
}

func (a *api) sendAttachment(ctx context.Context, m ingest.Stored, file ingest.Attachment) (*huma.StreamResponse, error) {
	raw, release, err := a.rawOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	defer release()
	if raw == nil {
		return nil, errUnknown
	}
	content, err := a.Attachment(m.Kind, raw, file.Index)
	if err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, _ *http.Request) {
		asFile(w, file.ContentType, file.Filename)
		_, _ = w.Write(content)
	}), nil
}

// asFile makes a browser save what a stranger sent and never show it in our
// name, whatever it says it is.
func asFile(w http.ResponseWriter, contentType, name string) {
	if _, _, err := mime.ParseMediaType(contentType); err != nil {
		contentType = "application/octet-stream"
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if disposition == "" {
		disposition = "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposition)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
}
