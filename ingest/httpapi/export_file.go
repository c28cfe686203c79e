package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

func (a *api) getExportFile(ctx context.Context, in *ByNumber) (*huma.StreamResponse, error) {
	e, err := a.exportFor(ctx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case e.State == ingest.ExportGone:
		return nil, &Problem{Type: "gone", Status: http.StatusGone, Detail: e.Says}
	case e.State != ingest.ExportReady:
		return nil, conflict("not-ready", orElseSays(e.Says, "it is still being made: read it to see when it is ready"))
	}
	subject := "export:" + strconv.FormatInt(e.ID, 10)
	if err := a.Store.Record(ctx, who(ctx).Name, "export.read", subject); err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		contentType, name := kindOfFile(e)
		asFile(w, contentType, name)
		w.Header().Set("ETag", strconv.Quote(e.SHA256))
		w.Header().Set("Cache-Control", "no-store")
		http.ServeContent(slowly{w, timely(w)}, r, "", *e.MadeAt, &exportReader{ctx: r.Context(), store: a.Store, export: e})
	}), nil
}

func kindOfFile(e ingest.Export) (contentType, name string) {
	if e.What == ingest.ExportDossier {
		return "application/zip", fmt.Sprintf("%s-%d.zip", e.What, e.ID)
	}
	return "text/csv; charset=utf-8; header=present", fmt.Sprintf("%s-%d.csv", e.What, e.ID)
}

func orElseSays(says, other string) string {
	if says == "" {
		return other
	}
	return says
}

// slowly is an answer that is written to clients who take what they asked for.
type slowly struct {
	http.ResponseWriter
	out io.Writer
}

func (s slowly) Write(b []byte) (int, error) { return s.out.Write(b) }

// exportReader reads a file's chunks as they are asked for.
type exportReader struct {
	ctx    context.Context
	store  exportStore
	export ingest.Export
	at     int64
	n      int64  // of the chunk, from 1
	chunk  []byte // that was read last
}

// exportChunk is the size of a file's chunks.
const exportChunk = 256 << 10

var errSeek = errors.New("before the beginning")

func (e *exportReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += e.at
	case io.SeekEnd:
		offset += e.export.Bytes
	}
	if offset < 0 {
		return 0, errSeek
	}
	e.at = offset
	return offset, nil
}

func (e *exportReader) Read(b []byte) (int, error) {
	if e.at >= e.export.Bytes {
		return 0, io.EOF
	}
	if n := e.at/exportChunk + 1; n != e.n {
		chunk, err := e.store.ExportChunk(e.ctx, e.export.ID, int(n-1))
		if err != nil {
			return 0, err // it has gone meanwhile: the answer is cut off
		}
		e.n, e.chunk = n, chunk
	}
	n := copy(b, e.chunk[e.at%exportChunk:])
	e.at += int64(n)
	return n, nil
}
