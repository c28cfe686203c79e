package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// A fault of the program is answered, and found again in its log: without a word
// of what a stranger wrote.
func TestAPanicIsAnswered(t *testing.T) {
	var log bytes.Buffer
	d := open(t)
	api := httpapi.New(httpapi.Options{Store: d.store, Judge: d.judge, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Show: func(html string) string { panic("cannot show " + html) }})
	mail := d.html("ann@example.com")
	mail.Message.HTML = "<p>a secret word</p>"
	id := d.receive(mail)[0]
	server := httptest.NewServer(api)
	defer server.Close()
	r, err := http.NewRequest(http.MethodGet, server.URL+httpapi.Prefix+"/messages/"+id.String(), nil)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+d.tokens[ingest.RoleAdmin])
	answer, err := server.Client().Do(r)
	must(t, err)
	defer answer.Body.Close()
	var p httpapi.Problem
	must(t, json.NewDecoder(answer.Body).Decode(&p))
	if answer.StatusCode != http.StatusInternalServerError || answer.Header.Get("Content-Type") != "application/problem+json" || p.Type != "internal" || p.Fault == "" {
		t.Fatalf("%s: %+v", answer.Status, p)
	}
	if !strings.Contains(p.Detail, p.Fault) || !strings.Contains(log.String(), "fault="+p.Fault) || strings.Contains(log.String(), "secret") {
		t.Errorf("%+v; the log has\n%s", p, &log)
	}
}

// What was begun is cut off: half an answer must not look whole.
func TestAPanicInTheMiddleCutsOff(t *testing.T) {
	for name, begin := range map[string]func(http.ResponseWriter){
		"written": func(w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat("half ", 10_000)) },
		"flushed": func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() },
	} {
		server := httptest.NewServer(httpapi.Survive(slog.New(slog.DiscardHandler), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			panic("no more")
		}), func(http.ResponseWriter, *http.Request, string) { t.Errorf("%s: it was answered twice", name) }))
		answer, err := server.Client().Get(server.URL)
		must(t, err)
		if text, err := io.ReadAll(answer.Body); err == nil {
			t.Errorf("%s: %d bytes look whole", name, len(text))
		}
		_ = answer.Body.Close()
		server.Close()
	}
}
