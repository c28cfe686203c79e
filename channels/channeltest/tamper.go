package channeltest

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// mostBytes is how many bytes of one text are changed; of longer ones so many,
// spread over the whole.
const mostBytes = 512

// tampered sends a request that was accepted over and over, each time with
// another byte of its body, its query or the proof in its headers changed. All
// must be refused. Of a body that no signature covers only the proof is changed.
func tampered(t *testing.T, k channels.Kind, settings []byte, file string, covered bool) {
	d := NewDesk(t, k, string(settings))
	whole := request(t, file)
	body, err := io.ReadAll(whole.Body)
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	try := func(what string, at int, change func(*http.Request)) {
		r := request(t, file)
		change(r)
		changes++
		if w := d.Do(r); w.Code/100 == 2 || w.Code/100 == 5 || len(d.Store.Messages()) != 0 || len(d.Refused) != changes {
			t.Fatalf("with byte %d of %s changed: answered %d, stored %d, %d of %d refused", at, what, w.Code, len(d.Store.Messages()), len(d.Refused), changes)
		}
	}
	if covered {
		eachByte(body, func(i int, changed []byte) { try("the body", i, func(r *http.Request) { setBody(r, changed) }) })
	}
	for _, name := range k.Facts.Proof {
		for n, value := range whole.Header.Values(name) {
			eachByte([]byte(value), func(i int, changed []byte) {
				try(name, i, func(r *http.Request) { r.Header.Values(name)[n] = string(changed) })
			})
		}
	}
	for _, name := range k.Facts.ProofFields {
		if at, value := fieldIn(body, name); value != nil {
			eachByte(value, func(i int, changed []byte) {
				try(name, i, func(r *http.Request) { setBody(r, slices.Concat(body[:at], changed, body[at+len(value):])) })
			})
		}
	}
	if covered && len(body) == 0 || changes == 0 { // the query is what is proven, or the proof
		eachByte([]byte(whole.URL.RawQuery), func(i int, changed []byte) {
			try("the query", i, func(r *http.Request) { r.URL.RawQuery = string(changed) })
		})
	}
	if changes == 0 {
		t.Error("nothing was changed: Facts.Proof names no header of this request")
	}
}

// fieldIn is the last value of a form's field of that name, and where it stands.
func fieldIn(body []byte, name string) (at int, value []byte) {
	for begin, end := range map[string]string{name + "=": "&", "name=\"" + name + "\"\r\n\r\n": "\r\n"} {
		if i := bytes.LastIndex(body, []byte(begin)); i >= 0 {
			at = i + len(begin)
			value, _, _ = bytes.Cut(body[at:], []byte(end))
		}
	}
	return at, value
}

// eachByte yields copies of a text with one byte changed.
func eachByte(text []byte, yield func(at int, changed []byte)) {
	for i := 0; i < len(text); i += 1 + len(text)/mostBytes {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		yield(i, changed)
	}
}

// slowStore sends a request to a store that takes longer than anybody
// waits: it must be told to try again while it listens, and the message is
// there once, however often it comes.
func slowStore(t *testing.T, k channels.Kind, settings []byte, file string) {
	d := NewDesk(t, k, string(settings))
	hold := make(chan struct{})
	ctx, giveUp := context.WithCancel(t.Context())
	d.Store.Before(func(ingest.Batch) { giveUp(); <-hold })
	w := d.Do(request(t, file).WithContext(ctx))
	if want := cmp.Or(k.Facts.Again, http.StatusServiceUnavailable); w.Code != want || w.Header().Get("Retry-After") == "" {
		t.Errorf("with a store that is too slow: %d, Retry-After %q; want %d and when to try again", w.Code, w.Header().Get("Retry-After"), want)
	}
	close(hold)
	d.Intake.Wait()
	stored := len(d.Store.Messages())
	if w := d.Do(request(t, file)); w.Code/100 != 2 || stored == 0 || len(d.Store.Messages()) != stored {
		t.Errorf("when it comes again: %d, %d messages, %d before", w.Code, len(d.Store.Messages()), stored)
	}
}
