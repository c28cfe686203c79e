// Package media fetches the files that messages name and do not carry: MMS,
// pictures of chats. The store says which one is next and how often it was
// tried; the adapter says where it lies and what proves who asks; the client
// sees to it that nothing inside is asked.
package media

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

const (
	// tryTime is for how long one try may last, with all its steps; the store
	// gives the file to somebody else after lease.
	tryTime = 6 * time.Minute
	lease   = 7 * time.Minute
	// perChannel is how many files of one channel are fetched here at once: the
	// provider that is slow leaves room for the others'.
	perChannel = 4
)

// Store is what the fetcher asks of the store.
type Store interface {
	FilesDue(ctx context.Context, limit int) (int, error)
	ClaimFile(ctx context.Context, lease time.Duration, but []string) (ingest.FileTask, error)
	EachRaw(ctx context.Context, ids []ingest.ID, each func(ingest.ID, []byte)) error
	WriteFile(ctx context.Context, t ingest.FileTask, n int, data []byte) error
	FinishFile(ctx context.Context, t ingest.FileTask, f ingest.File) error
	FailFile(ctx context.Context, t ingest.FileTask, code string, again *time.Time) error
}

// Source is what a channel knows of its files.
type Source struct {
	File  func(raw []byte, index int) (channels.File, error) // see channels.Kind
	Media channels.Media
}

// Fetcher fetches files, as many at once as FetchFile is called. All but Count
// is required.
type Fetcher struct {
	Store  Store
	Client channels.MediaClient
	// Source is that of a channel by its name; false: it is not configured.
	Source func(channel string) (Source, bool)
	// Banned reports whether who wrote the message is shut out by now.
	Banned   func(ctx context.Context, t ingest.FileTask, raw []byte) (bool, error)
	Settings func() ingest.Settings
	// Hold is the process's budget for raw messages.
	Hold  func(ctx context.Context, n int64) (release func(), err error)
	Count func(channel, what string) // told of each try: stored, again or failed
	Now   func() time.Time
	Log   *slog.Logger

	mu    sync.Mutex
	under map[string]int // tries under way, by channel
}

// Why a file was not fetched, besides what safehttp says: codes as there.
const (
	codeBanned     safehttp.Code = "banned"      // its sender is shut out
	codeChannel    safehttp.Code = "no_channel"  // its channel is not configured here
	codeUnreadable safehttp.Code = "unreadable"  // where it lies cannot be told from the message
	codeStopped    safehttp.Code = "interrupted" // the program stopped meanwhile
)

// FilesDue is the store's.
func (f *Fetcher) FilesDue(ctx context.Context, limit int) (int, error) {
	return f.Store.FilesDue(ctx, limit)
}

// FetchFile tries to fetch the file that has waited longest; false: there is
// none. What becomes of the try is in the store; an error says that the store
// did not answer.
func (f *Fetcher) FetchFile(ctx context.Context) (bool, error) {
	task, err := f.claim(ctx)
	if errors.Is(err, ingest.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.leave(task.Channel)
	return true, f.end(ctx, task, f.fetch(ctx, task))
}

// claim takes a file of a channel that has not enough tries under way.
func (f *Fetcher) claim(ctx context.Context) (ingest.FileTask, error) {
	f.mu.Lock()
	var full []string
	for name, n := range f.under {
		if n >= perChannel {
			full = append(full, name)
		}
	}
	f.mu.Unlock()
	task, err := f.Store.ClaimFile(ctx, lease, full)
	if err == nil {
		f.mu.Lock()
		if f.under == nil {
			f.under = map[string]int{}
		}
		f.under[task.Channel]++
		f.mu.Unlock()
	}
	return task, err
}

func (f *Fetcher) leave(channel string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.under[channel]--; f.under[channel] == 0 {
		delete(f.under, channel)
	}
}

// end writes down what became of a try.
func (f *Fetcher) end(ctx context.Context, task ingest.FileTask, err error) error {
	var fault *safehttp.Fault
	switch {
	case err == nil:
		f.count(task, "stored")
		return nil
	case errors.Is(err, ingest.ErrFenced): // the message is gone, or somebody else has the file
		return nil
	case ctx.Err() != nil:
		return f.interrupted(ctx, task)
	case !errors.As(err, &fault): // the store's: the lease ends by itself
		return err
	}
	again := f.again(task, fault)
	what := "failed"
	if again != nil {
		what = "again"
	}
	f.count(task, what)
	f.Log.Info("file not fetched", "message", task.Message, "index", task.Index, "channel", task.Channel, "try", task.Try,
		"why", fault.Code, "status", fault.Status, "final", again == nil)
	return gone(f.Store.FailFile(ctx, task, string(fault.Code), again))
}

// again is when the next try is; nil: there is none.
func (f *Fetcher) again(task ingest.FileTask, fault *safehttp.Fault) *time.Time {
	if !fault.Temporary() || fault.Code == codeUnreadable {
		return nil
	}
	return task.Again(f.Now(), fault.After)
}

// interrupted gives the file back, for whoever works on.
func (f *Fetcher) interrupted(ctx context.Context, task ingest.FileTask) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	now := f.Now()
	return gone(f.Store.FailFile(ctx, task, string(codeStopped), &now))
}

// gone drops the error that says that nobody wants the file any more.
func gone(err error) error {
	if errors.Is(err, ingest.ErrFenced) {
		return nil
	}
	return err
}

func (f *Fetcher) count(task ingest.FileTask, what string) {
	if f.Count != nil {
		f.Count(task.Channel, what)
	}
}

// because is a fault of ours.
func because(code safehttp.Code, err error) error { return &safehttp.Fault{Code: code, Err: err} }

// unreadable is the fault of a message that does not say where its file is.
func unreadable(err any) error { return because(codeUnreadable, fmt.Errorf("%T", err)) }
