package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

func (h house) reconcile(want int, args ...string) ingest.FolderBooks {
	h.T.Helper()
	out := h.Command(want, append([]string{"reconcile", "--channel", "support-mail", "--json"}, args...)...)
	var r ingest.Reconciliation
	must(h.T, json.Unmarshal([]byte(out), &r))
	if len(r.Folders) != 1 || !r.Folders[0].Balances() {
		h.T.Fatalf("the books: %s", out)
	}
	return r.Folders[0]
}

// Whatever a mail has become, the books say so; one that nobody knows of is
// named, taken, and then known.
func TestReconcile(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	database := localpg.Test(t)
	h := newHouseOn(t, database, b.Channel("support-mail"))
	h.Serve()
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": "block", "target": "email:bob@example.net", "reason": "test"}, nil)
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": "ban", "target": "email:eve@example.net", "reason": "test"}, nil)
	for n := range 3 {
		b.Deliver(fmt.Sprintf("Mail %d", n), from("ann@example.org", fmt.Sprintf("Mail %d", n)))
	}
	b.Deliver("Held", from("bob@example.net", "Held"))
	for n := range 120 { // of more than 100 an hour no rows are kept
		b.Deliver(fmt.Sprintf("Banned %d", n), from("eve@example.net", fmt.Sprintf("Banned %d", n)))
	}
	b.Deliver("Last", from("ann@example.org", "Last"))
	h.In("conversed", "Last")
	books := h.reconcile(0)
	if books.Conversed != 4 || books.Held != 1 || books.Refused != 120 || books.Missing+books.Mended != 0 {
		t.Errorf("all is there: %+v", books)
	}

	lost := h.In("conversed", "Mail 1").ID
	db, err := pgx.Connect(context.Background(), database)
	must(t, err)
	defer db.Close(context.Background())
	for _, table := range []string{"message_keys", "prints", "bodies", "raw"} {
		_, err := db.Exec(context.Background(), "delete from "+table+" where message = $1", lost)
		must(t, err)
	}
	_, err = db.Exec(context.Background(), "delete from messages where id = $1", lost)
	must(t, err)
	b.Remove("Mail 2")
	books = h.reconcile(0)
	if books.Mended != 1 || len(books.Gaps) != 1 || books.Gaps[0].UID != 2 || books.OnServer != 124 {
		t.Errorf("one is lost: %+v", books)
	}
	m := h.In("conversed", "Mail 1")
	if m.ID == lost {
		t.Error("the lost mail has not been taken again")
	}
	if why := h.Command(0, "why", m.ID); !strings.Contains(why, "recovered") {
		t.Errorf("why does not say that it was recovered: %s", why)
	}
	if books := h.reconcile(0); books.Mended != 0 || books.Conversed != 3 {
		t.Errorf("mended: %+v", books)
	}
	_, err = db.Exec(context.Background(), "delete from messages where id = $1", h.In("conversed", "Mail 0").ID)
	must(t, err)
	if books := h.reconcile(1); books.Missing != 1 || !strings.Contains(books.Gaps[0].Says, "gone from the database") {
		t.Errorf("a message is gone, its key is not: %+v", books)
	}
	var r ingest.Reconciliation
	h.Read(http.StatusAccepted, http.MethodPost, "/channels/support-mail/reconcile", nil, &r)
	eventually(t, "it is done", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/channels/support-mail/reconcile", nil, &r)
		return !r.Waits()
	})
	if r.AskedBy != "admin" || r.Whole() || !r.NextAt.After(*r.DoneAt) {
		t.Errorf("%+v", r)
	}
}

// A mail that an import brought and the mailbox never told of is no gap that
// stays: it is known then, by both names.
func TestReconcileKnowsWhatWasImported(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	database := localpg.Test(t)
	h := newHouseOn(t, database, b.Channel("support-mail"))
	h.Serve()
	b.Deliver("Old 1", old(1))
	lost := h.In("conversed", "Old 1").ID
	db, err := pgx.Connect(context.Background(), database)
	must(t, err)
	defer db.Close(context.Background())
	for _, table := range []string{"message_keys", "prints", "bodies", "raw"} {
		_, err := db.Exec(context.Background(), "delete from "+table+" where message = $1", lost)
		must(t, err)
	}
	_, err = db.Exec(context.Background(), "delete from messages where id = $1", lost)
	must(t, err)
	h.imports(0, tree(t, old(1)))
	h.In("conversed", "Old 1")
	if books := h.reconcile(0); books.Mended != 1 || books.Missing != 0 {
		t.Errorf("the mail is there by the import: %+v", books)
	}
	if books := h.reconcile(0); books.Conversed != 1 || books.Mended != 0 {
		t.Errorf("then: %+v", books)
	}
}

func TestReconcileWhatCannotBe(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	p := h.Serve()
	a, err := h.API(http.MethodPost, "/channels/site-chat/reconcile", nil)
	must(t, err)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "no-source") {
		t.Errorf("a chat: %d %s", a.Status, a.Body)
	}
	h.Command(1, "reconcile", "--channel", "no-such-channel")
	h.Command(1, "reconcile", "--channel", "site-chat")
	p.Terminate()
	h.Command(3, "reconcile", "--channel", "support-mail", "--timeout", "1s")
}
