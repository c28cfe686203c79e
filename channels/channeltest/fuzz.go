package channeltest

import (
	"io"
	"net/http"
	"path/filepath"
	"testing"

	"gatehouse/channels"
)

// Fuzz sends an adapter's own requests with bodies of the fuzzer's making, in
// each set of its testdata. Whatever a stranger sends is no fault of ours: the
// answer is never 5xx, and what is stored can be read again.
func Fuzz(f *testing.F, k channels.Kind, folder string) {
	FuzzSigned(f, k, folder, func(*http.Request, []byte) {})
}

// FuzzSigned is Fuzz with every body signed, so that what reads a provider's
// bytes is reached. sign sets the headers for a body.
func FuzzSigned(f *testing.F, k channels.Kind, folder string, sign func(r *http.Request, body []byte)) {
	type set struct{ settings, request []byte }
	var all []set
	settings, err := filepath.Glob(filepath.Join(folder, "testdata", "settings.yaml"))
	if err != nil || len(settings) == 0 {
		f.Fatal("no settings.yaml", err)
	}
	for _, file := range files(f, filepath.Dir(settings[0]), ".http") {
		r := request(f, file)
		if r.Method != http.MethodPost {
			continue
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(len(all), body)
		all = append(all, set{read(f, settings[0]), read(f, file)})
	}
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		s := all[((which%len(all))+len(all))%len(all)]
		d := NewDesk(t, k, string(s.settings))
		r, err := Request(s.request)
		if err != nil {
			t.Fatal(err)
		}
		setBody(r, body)
		sign(r, body)
		if w := d.Do(r); w.Code >= 500 {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
		checkStored(t, k, d.Store.Messages())
	})
}
