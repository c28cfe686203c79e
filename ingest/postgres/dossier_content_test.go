package postgres_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// rereader reads the tests' raw bytes again, which are their words.
type rereader struct{}

func (rereader) Reread(_ string, raw []byte) (ingest.Message, error) {
	if strings.HasPrefix(string(raw), "torn") {
		return ingest.Message{}, errors.New("torn")
	}
	return ingest.Message{Text: string(raw), Attachments: []ingest.Attachment{{Filename: "a picture.png"}}}, nil
}

func (rereader) Hold(context.Context, int64) (func(), error) { return func() {}, nil }

// dossier makes one and reads it, a text by name.
func (w *world) dossier(contact ingest.ID) map[string]string {
	w.t.Helper()
	ctx, s := context.Background(), w.replicas[0]
	job, err := s.Dossier(ctx, contact, "kim")
	must(w.t, err)
	_, err = s.MakeDossiers(ctx, rereader{})
	must(w.t, err)
	var b strings.Builder
	for n := 0; ; n++ {
		chunk, err := s.ExportChunk(ctx, job, n)
		if errors.Is(err, ingest.ErrNotFound) {
			break
		}
		must(w.t, err)
		b.Write(chunk)
	}
	z, err := zip.NewReader(strings.NewReader(b.String()), int64(b.Len()))
	must(w.t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(w.t, err)
		text, err := io.ReadAll(r)
		must(w.t, err)
		if files[f.Name] != "" {
			w.t.Errorf("%s is in it twice", f.Name)
		}
		files[f.Name] = string(text)
	}
	return files
}

// says fails the test if a file does not say something, or if any says what
// none may.
func (w *world) says(files map[string]string, want map[string]string, none ...string) {
	w.t.Helper()
	for name, words := range want {
		if !strings.Contains(files[name], words) {
			w.t.Errorf("%s says not %q: %.400s", name, words, files[name])
		}
	}
	for name, text := range files {
		for _, words := range none {
			if strings.Contains(text, words) {
				w.t.Errorf("%s says %q: %.400s", name, words, text)
			}
		}
	}
}

// What only the raw bytes say is told as it is read again; what cannot be read,
// the file of its raw bytes is named for. Messages of all states are there.
func TestDossierTellsWhatRawBytesSay(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, 1)
	s := w.replicas[0]
	ids := w.receive(chat("ann", "1", "hello from ann"), chat("ann", "2", "torn words")).Results
	w.settleAll()
	w.set(order(ingest.Block, "visitor:ann"))
	w.receive(chat("ann", "3", "held words"))
	w.settleAll()
	dead := chat("ann", "4", "dead words")
	dead.Problem, dead.Note = ingest.ReasonUnreadable, "torn"
	died := w.receive(dead).Results[0].ID
	w.receive(chat("ann", "5", "words that wait"))
	ann := w.contactOf("visitor:ann")
	files := w.dossier(ann)
	torn, raw := ids[1].ID.String(), "raw/"+died.String()+".bin"
	w.says(files, map[string]string{"conversations/1.json": `"text":"hello from ann"`, "conversations/1.txt": "hello from ann\n",
		"messages/held.json": `"text":"held words"`, "messages/received.txt": "words that wait", "messages/dead.txt": "(as it came: " + strings.TrimSuffix(raw, ".bin") + ")",
		raw: "dead words", "raw/" + torn + ".bin": "torn words"})
	w.says(files, map[string]string{"conversations/1.txt": "(as it came: raw/" + torn + ")", "conversations/1.json": "a picture.png"})
	must(t, s.PurgeDead(ctx, died, "kim"))
	if n := ask[int](w, "select count(*) from export_chunks"); n != 0 {
		t.Errorf("%d chunks tell of what is deleted", n)
	}
}

// A file that was fetched is in it, one that was not is not.
func TestDossierHasFiles(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, 1)
	s := w.replicas[0]
	id := w.receive(mms("ann", "1", 2)).Results[0].ID
	w.settleAll()
	first, second := w.took(), w.took()
	w.write(first, "hel", "lo")
	must(t, s.FinishFile(ctx, first, stored(first.Index)))
	w.write(second, "half of it")
	files := w.dossier(w.contactOf("visitor:ann"))
	n, names := 0, func(index int) string { return "files/" + id.String() + "-" + string(rune('0'+index)) + ".bin" }
	w.says(files, map[string]string{names(first.Index): "hello", "conversations/1.json": `"sha256": "`}, "half of it")
	for name := range files {
		if strings.HasPrefix(name, "files/") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d files: %q", n, files)
	}
}

// A person is who was merged, too: either one's dossier is both's.
func TestDossierOfMerged(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, 1)
	w.receive(chat("ann", "1", "hello from ann"), sms("+15550100123", "1", "text from ann"), chat("bob", "1", "hello from bob"))
	w.settleAll()
	ann, phone := w.contactOf("visitor:ann"), w.contactOf("phone:+15550100123")
	_, err := w.replicas[0].Merge(ctx, ingest.MergeOrder{Contact: phone, Into: ann, Actor: "sam", Held: ingest.KeepHeld})
	must(t, err)
	number := fmt.Sprintf("conversations/%d.txt", ask[int64](w, "select number from conversations v join channels c on c.id = v.channel where c.name = 'sms'"))
	for _, of := range []ingest.ID{ann, phone} {
		w.says(w.dossier(of), map[string]string{"contacts.json": phone.String(), "identities.json": "+15550100123", "merges.json": phone.String(),
			number: "text from ann"}, "bob")
	}
	if e := w.erase(phone); strings.Count(e.Certificate, "visitor:#") != 1 || strings.Count(e.Certificate, "phone:#") != 1 {
		t.Errorf("the certificate names not each address once: %s", e.Certificate)
	}
}

// Of a conversation that others write in, too, each has their own words: those of
// another person are that person's.
func TestDossierOfASharedConversation(t *testing.T) {
	w := newThreads(t)
	w.take(mail("bob@example.net", "bobs own words", "m2", "out1", "m1"))
	w.take(mail("ann@example.org", "more of ann", "m3", "m2", "m1"))
	if n := ask[int](w.world, "select count(distinct conversation) from messages"); n != 1 {
		t.Fatalf("%d conversations", n)
	}
	w.says(w.dossier(w.contactOf("ann@example.org")), map[string]string{"conversations/1.txt": "more of ann", "outgoing.json": `"conversation": 1`},
		"bobs own words", "bob@example.net")
	w.says(w.dossier(w.contactOf("bob@example.net")), map[string]string{"conversations/1.txt": "bobs own words",
		"conversations/1.json": `"began_with": "somebody else"`, "participations.json": `"conversation": 1`}, "more of ann", "ann@example.org", w.talk.Subject)
}

// Who was erased and writes again has in their dossier the rules of which only
// hashes are left.
func TestDossierHasHashedRules(t *testing.T) {
	w := newWorld(t, 1)
	w.receive(chat("ann", "1", "hello"))
	w.settleAll()
	ann := w.contactOf("visitor:ann")
	w.set(order(ingest.Block, "visitor:ann"))
	w.set(order(ingest.Block, "visitor:bob"))
	before := w.dossier(ann)
	e := w.erase(ann)
	if e.Counts[ingest.ErasedDossiers] != 1 || e.Counts[ingest.ErasedExports] != 0 || !strings.Contains(e.Certificate, `"dossiers":1`) {
		t.Errorf("counts %v", e.Counts)
	}
	w.receive(chat("ann", "2", "again"))
	w.settleAll()
	again := w.dossier(w.contactOf("visitor:ann"))
	w.says(before, map[string]string{"rules.json": `"target": "ann"`}, "bob")
	w.says(again, map[string]string{"rules.json": `"target": "#`, "messages/held.txt": "again"}, "bob", ann.String())
}

// Nothing beside the file itself says whom a dossier is of but by id, and nothing
// at all what is in it; with the person it goes to its last octet.
func TestDossierLeavesNoWord(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, 1)
	w.receive(chat("plantedann", "1", "plantedtalk"))
	w.settleAll()
	ann := w.contactOf("visitor:plantedann")
	w.dossier(ann)
	job, err := w.replicas[0].Dossier(ctx, ann, "kim")
	must(t, err)
	must(t, w.replicas[0].CancelJob(ctx, job, "kim"))
	for _, table := range []string{"jobs", "exports", "events", "audit", "idempotency"} {
		for _, row := range all[string](w, "select row_to_json(x)::text from "+table+" x") {
			if strings.Contains(row, "planted") {
				t.Errorf("%s: %s", table, row)
			}
		}
	}
	w.erase(ann)
	w.noTrace("plantedann", "plantedtalk")
	if n := ask[int](w, "select count(*) from export_chunks"); n != 0 {
		t.Errorf("%d chunks are left", n)
	}
}
