package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

type fileStore interface {
	Files(ctx context.Context, of []ingest.ID) ([]ingest.File, error)
	FileChunk(ctx context.Context, message ingest.ID, index, n int) ([]byte, error)
	RetryFile(ctx context.Context, message ingest.ID, index int, actor string) error
}

// describeFiles says of the files that records name and do not carry how far
// they are. Most have none, and the store is not asked.
func (a *api) describeFiles(ctx context.Context, records []ingest.Record) error {
	var ids []ingest.ID
	for _, r := range records {
		if slices.ContainsFunc(r.Attachments, func(f ingest.Attachment) bool { return f.Status == ingest.FilePending }) {
			ids = append(ids, r.ID)
		}
	}
	if ids == nil {
		return nil
	}
	files, err := a.Store.Files(ctx, ids)
	if err != nil {
		return err
	}
	for _, f := range files {
		for i := range records {
			describeFile(&records[i], f)
		}
	}
	return nil
}

func describeFile(r *ingest.Record, f ingest.File) {
	for i := range r.Attachments {
		if a := &r.Attachments[i]; r.ID == f.Message && a.Index == f.Index && a.Status == ingest.FilePending {
			f.Describe(a)
		}
	}
}

// AttachmentInput names an attachment.
type AttachmentInput struct {
	ByID
	Index int `path:"index" minimum:"0"`
}

// attachmentOf is a message that the asker may know of, and its attachment.
func (a *api) attachmentOf(ctx context.Context, in *AttachmentInput) (m ingest.Stored, file ingest.Attachment, fetched bool, err error) {
	if m, err = a.visible(ctx, in.ID); err != nil {
		return m, file, false, err
	}
	list, err := a.reread(ctx, []ingest.Stored{m})
	if err != nil {
		return m, file, false, err
	}
	i := slices.IndexFunc(list[0].Attachments, func(f ingest.Attachment) bool { return f.Index == in.Index })
	if i < 0 {
		return m, file, false, errUnknown
	}
	fetched = list[0].Attachments[i].Status == ingest.FilePending
	err = a.describeFiles(ctx, list)
	return m, list[0].Attachments[i], fetched, err
}

func (a *api) getAttachment(ctx context.Context, in *AttachmentInput) (*huma.StreamResponse, error) {
	m, file, fetched, err := a.attachmentOf(ctx, in)
	if err == nil && !slices.Contains(forAgents, m.State) {
		err = a.opened(ctx, "message.attachment", "message:"+m.ID.String(), map[string]int{"index": in.Index})
	}
	switch {
	case err != nil:
		return nil, err
	case fetched && file.Status != ingest.FileStored:
		return nil, notThere(file)
	case fetched:
		return a.sendFile(m, file), nil
	case a.Attachment == nil:
		return nil, errUnknown
	}
	return a.sendAttachment(ctx, m, file)
}

// notThere says why an attachment has no bytes, and what to do.
func notThere(file ingest.Attachment) *Problem {
	if file.Status == ingest.FileFailed {
		return conflict("attachment-failed", "its bytes could not be fetched from the provider ("+file.Error+
			"): mend that and POST …/retry, if the provider still has them")
	}
	says := "its bytes are still to be fetched from the provider: ask again in a moment"
	if file.Error != "" {
		says = "its bytes could not be fetched from the provider yet (" + file.Error + "), which is tried again for about a day"
	}
	return conflict("attachment-pending", says)
}

// sendFile streams a file that was fetched, a chunk at a time.
func (a *api) sendFile(m ingest.Stored, file ingest.Attachment) *huma.StreamResponse {
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		asFile(w, cmp.Or(file.FetchedType, file.ContentType), file.Filename)
		w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
		a.copyChunks(r.Context(), timely(w), func(ctx context.Context, n int) ([]byte, error) {
			return a.Store.FileChunk(ctx, m.ID, file.Index, n)
		})
	})
}

// sendAttachment keeps the bytes within the process's budget until the client
// has them.
func (a *api) sendAttachment(ctx context.Context, m ingest.Stored, file ingest.Attachment) (*huma.StreamResponse, error) {
	release, err := a.Hold(ctx, m.RawBytes)
	if err != nil {
		return nil, err
	}
	content, err := a.attachment(ctx, m, file.Index)
	if err != nil {
		release()
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, _ *http.Request) {
		defer release()
		asFile(w, file.ContentType, file.Filename)
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = timely(w).Write(content) // the client has gone: nobody to tell
	}), nil
}

func (a *api) attachment(ctx context.Context, m ingest.Stored, index int) ([]byte, error) {
	raw, err := a.rawOf(ctx, m)
	if err != nil || raw == nil {
		return nil, orElse(err, withoutRaw(m))
	}
	return a.Attachment(m.Kind, raw, index)
}

func (a *api) retryAttachment(ctx context.Context, in *AttachmentInput) (*Answer[Moved], error) {
	m, file, fetched, err := a.attachmentOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if !fetched || file.Status != ingest.FileFailed {
		return nil, conflict("attachment-not-failed", "it is "+file.Status+": only what has failed is fetched once more")
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusAccepted, Message: m.ID}, a.Store.RetryFile(ctx, m.ID, in.Index, who(ctx).Name)
	}, a.moved)
}
