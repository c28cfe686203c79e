package outbound_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// Of what the other side answers nothing is kept, and of URL and secret nothing
// that can be read.
func TestNothingIsReadable(t *testing.T) {
	p := open(t)
	const word = "plantedword"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Says", word)
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte(word))
	}))
	defer s.Close()
	id, key := p.endpoint(s.URL+"/"+word, func(o *ingest.EndpointOrder) { o.Host = s.URL })
	p.events("1 a.1")
	p.deliver(p.sender(loopback))
	if e := p.read(id); e.LastError != "rejected" || !strings.HasSuffix(e.URL, word) {
		t.Errorf("%+v", e)
	}
	ctx := context.Background()
	c, err := pgx.Connect(ctx, p.url)
	must(t, err)
	defer c.Close(ctx)
	for _, table := range []string{"endpoints", "endpoint_keys", "deliveries", "replays", "events", "audit"} {
		var n int
		must(t, c.QueryRow(ctx, "select count(*) from "+table+" x where x::text ~ $1 or x::text ~ encode($2, 'hex')", word, []byte(word)).Scan(&n))
		var secret int
		must(t, c.QueryRow(ctx, "select count(*) from "+table+" x where position($1 in x::text) > 0", strings.TrimPrefix(key.Text(), "whsec_")).Scan(&secret))
		if n+secret != 0 {
			t.Errorf("%s tells", table)
		}
	}
}
