package httpapi

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// whole is the records of messages as they are given out: with their text, with
// what changed them since, and with html that is safe to show; that they were
// opened is noted. Nothing else gives out html.
func (a *api) whole(ctx context.Context, list []ingest.Stored) ([]ingest.Record, error) {
	records, err := a.complete(ctx, list)
	if err == nil {
		err = a.amend(ctx, list, records)
	}
	for i := range records {
		if html := &records[i].HTML; *html != "" {
			*html = a.Show(*html)
		}
	}
	if err == nil {
		err = a.readMessages(ctx, records)
	}
	return records, err
}

// complete gives records their text where that is only in the raw bytes, and
// says how far their files are. A message that cannot be read again is shown
// without.
func (a *api) complete(ctx context.Context, list []ingest.Stored) ([]ingest.Record, error) {
	records, err := a.reread(ctx, list)
	if err != nil {
		return nil, err
	}
	return records, a.describeFiles(ctx, records)
}

// reread is the records with what their raw bytes say.
func (a *api) reread(ctx context.Context, list []ingest.Stored) ([]ingest.Record, error) {
	records := make([]ingest.Record, len(list))
	at := map[ingest.ID]int{}
	var bare []ingest.ID
	var largest int64
	for i, m := range list {
		records[i] = m.Record
		if m.Bare && m.RawBytes > 0 && a.Reread != nil {
			at[m.ID], bare, largest = i, append(bare, m.ID), max(largest, m.RawBytes)
		}
	}
	if bare == nil {
		return records, nil
	}
	release, err := a.Hold(ctx, largest)
	if err != nil {
		return nil, err
	}
	defer release()
	err = a.Store.EachRaw(ctx, bare, func(id ingest.ID, raw []byte) {
		r := &records[at[id]]
		if read, err := a.Reread(r.Kind, raw); err == nil {
			fill(r, &read)
		}
	})
	return records, err
}

// fill takes from the message as it is read again what is not kept beside it.
func fill(r *ingest.Record, read *ingest.Message) {
	r.Text, r.ReplyText, r.HTML = read.Text, read.ReplyText, read.HTML
	r.To, r.Attachments, r.Answers, r.Technical = read.To, read.Attachments, read.Answers, read.Technical
	if read.Defects != nil {
		r.Defects = read.Defects
	}
}

// withRaw lends a message's raw bytes, within the process's budget; nil if none
// are kept.
func (a *api) withRaw(ctx context.Context, m ingest.Stored, do func(raw []byte) error) error {
	release, err := a.Hold(ctx, m.RawBytes)
	if err != nil {
		return err
	}
	defer release()
	raw, err := a.rawOf(ctx, m)
	if err != nil {
		return err
	}
	return do(raw)
}

func (a *api) rawOf(ctx context.Context, m ingest.Stored) (raw []byte, err error) {
	err = a.Store.EachRaw(ctx, []ingest.ID{m.ID}, func(_ ingest.ID, b []byte) { raw = b })
	return raw, err
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
	if m.RawBytes == 0 {
		return nil, withoutRaw(m)
	}
	if err := a.Store.Record(ctx, who(ctx).Name, "message.raw", "message:"+m.ID.String()); err != nil {
		return nil, err
	}
	first, err := a.Store.RawChunk(ctx, m.ID, 0)
	if err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		asFile(w, "application/octet-stream", m.ID.String()+m.Family.Extension(first))
		w.Header().Set("Content-Length", strconv.FormatInt(m.RawBytes, 10))
		a.copyChunks(r.Context(), timely(w), func(ctx context.Context, n int) ([]byte, error) { return a.Store.RawChunk(ctx, m.ID, n) })
	}), nil
}

// withoutRaw says why a message has no raw bytes.
func withoutRaw(m ingest.Stored) *Problem {
	if m.State != ingest.Conversed {
		return errUnknown
	}
	return &Problem{Type: "gone", Status: http.StatusGone,
		Detail: "it is no longer kept as it came, nor are the files in it: the setting raw_keep has them deleted after a time. What it says stays"}
}

// copyChunks writes the chunks up to the first that is nil; a failure cuts the
// answer short of its Content-Length, which the client sees.
func (a *api) copyChunks(ctx context.Context, w io.Writer, chunkOf func(ctx context.Context, n int) ([]byte, error)) {
	for n := 0; ; n++ {
		chunk, err := chunkOf(ctx, n)
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
