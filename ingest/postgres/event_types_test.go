package postgres

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// seenTypes are the types of events that the tests of this package have seen written.
var seenTypes = struct {
	sync.Mutex
	types map[string]bool
}{types: map[string]bool{}}

// checkEvents holds all events that a test wrote against the list of types.
func checkEvents(t testing.TB, url string) {
	ctx := context.Background()
	db, err := pgx.Connect(ctx, url) // the test's own may be closed
	must(t, err)
	defer db.Close(ctx)
	rows, err := db.Query(ctx, `
		select distinct type, conversation is not null, contact is not null, message is not null,
		       array(select jsonb_object_keys(coalesce(data, '{}')))
		from events`)
	must(t, err)
	var name string
	var conversation, contact, message bool
	var keys []string
	_, err = pgx.ForEachRow(rows, []any{&name, &conversation, &contact, &message, &keys}, func() error {
		var ids []string
		for id, named := range map[string]bool{"conversation": conversation, "contact": contact, "message": message} {
			if named {
				ids = append(ids, id)
			}
		}
		if says := unlisted(name, ids, keys); says != "" {
			t.Error(says)
		}
		seenTypes.Lock()
		seenTypes.types[name] = true
		seenTypes.Unlock()
		return nil
	})
	must(t, err)
}

// unlisted says what of an event ingest.EventTypes does not have.
func unlisted(name string, ids, keys []string) string {
	at := slices.IndexFunc(ingest.EventTypes, func(e ingest.EventType) bool { return e.Name == name && !e.Passes })
	if at < 0 {
		return fmt.Sprintf("an event %s was written, which ingest.EventTypes does not have", name)
	}
	for _, id := range ids {
		if !slices.Contains(ingest.EventTypes[at].IDs, id) {
			return fmt.Sprintf("%s names a %s, which ingest.EventTypes does not say", name, id)
		}
	}
	for _, key := range keys {
		if !slices.Contains(ingest.EventTypes[at].Data, key) {
			return fmt.Sprintf("%s has %s in its data, which ingest.EventTypes does not say", name, key)
		}
	}
	return ""
}

// telling fails a run of all tests in which an event was never told.
type telling struct{ m *testing.M }

func (l telling) Run() int {
	code := l.m.Run()
	for _, filter := range []string{"run", "skip", "list"} {
		if flag.Lookup("test."+filter).Value.String() != "" {
			return code
		}
	}
	if code != 0 {
		return code
	}
	for _, e := range ingest.EventTypes {
		if !e.Passes && !seenTypes.types[e.Name] {
			fmt.Fprintf(os.Stderr, "no test sees an event %s told\n", e.Name)
			code = 1
		}
	}
	return code
}
