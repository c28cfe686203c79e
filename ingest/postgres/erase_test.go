package postgres_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// dump is all that the database holds, a row a line.
func (w *world) dump() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range all[string](w, `select format('%I', tablename) from pg_tables where schemaname = 'public' order by 1`) {
		for _, row := range all[string](w, fmt.Sprintf("select row_to_json(x)::text from %s x", table)) {
			b.WriteString(table + " " + row + "\n")
		}
		for _, column := range all[string](w, `select attname from pg_attribute where attrelid = '`+table+`'::regclass and attnum > 0 and not attisdropped and atttypid = 'bytea'::regtype`) {
			for _, bytes := range all[[]byte](w, fmt.Sprintf("select %s from %s where %[1]s is not null", column, table)) {
				b.WriteString(table + "." + column + " " + string(bytes) + "\n")
			}
		}
	}
	return b.String()
}

// noTrace fails the test if a word is left anywhere, as it is or in base64.
func (w *world) noTrace(words ...string) {
	w.t.Helper()
	dump := strings.ToLower(w.dump())
	for _, word := range words {
		for form, s := range map[string]string{"plain": word, "base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(word)), "=")[:len(word)]} {
			if i := strings.Index(dump, strings.ToLower(s)); i >= 0 {
				line := dump[strings.LastIndexByte(dump[:i], '\n')+1:]
				w.t.Errorf("%s is left (%s): %.300s", word, form, line)
			}
		}
	}
}

func (w *world) erase(contact ingest.ID) ingest.Erasure {
	w.t.Helper()
	ctx := context.Background()
	job, err := w.replicas[0].Erase(ctx, ingest.EraseOrder{Contact: contact, Reason: "request-9", Actor: "kim"})
	must(w.t, err)
	w.work()
	j, err := w.replicas[0].Job(ctx, job)
	must(w.t, err)
	if j.State != ingest.JobDone {
		w.t.Fatalf("job %+v", j)
	}
	e, err := w.replicas[0].Erasure(ctx, ask[int64](w, "select id from erasures where job = $1", job))
	must(w.t, err)
	return e
}

// Whatever state their messages are in, nothing of an erased person is left, and
// what others wrote is.
func TestErase(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 2)
	s := w.replicas[0]
	w.receive(chat("plantedann", "1", "plantedtalk"), chat("other", "1", "staysthere"))
	w.settleAll()
	ann := w.contactOf("visitor:plantedann")
	rule := w.set(ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "visitor", Value: "plantedann"}, Reason: "spam", Comment: "plantedcomment", Actor: "sam"})
	onContact := w.set(ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "contact", Value: ann.String()}, Reason: "Plantedreason in words", Actor: "sam"})
	w.receive(chats("plantedann", 2, 3)...)
	w.settleAll()
	_, err := s.AddNote(ctx, ann, "plantednote", "sam")
	must(t, err)
	name := "Plantedname"
	_, err = s.ChangeContact(ctx, ingest.ContactChange{Contact: ann, Name: &name, Tags: []string{"plantedtag"}, Fields: map[string]*string{"plantedfield": &name}, Actor: "sam"})
	must(t, err)
	must(t, s.AskReview(ctx, ann, "plantedreview", "sam"))
	must(t, s.ChangeOpt(ctx, ingest.OptChange{Contact: ann, Channel: "chat", Opt: ingest.OptOut, Reason: "plantedopt", Actor: "sam"}))
	w.receive(chat("plantedann", "9", "plantedlast")) // still to be settled
	found, err := s.WouldErase(ctx, ann)
	must(t, err)
	if found[ingest.ErasedConversed] != 1 || found[ingest.ErasedHeld] != 3 || found[ingest.ErasedNotes] != 1 || found[ingest.ErasedRules] != 2 || found[ingest.ErasedOpts] != 1 {
		t.Errorf("it would find %v", found)
	}
	e := w.erase(ann)
	w.noTrace("plantedann", "plantedtalk", "plantedcomment", "plantedreason", "plantednote", "plantedname", "plantedtag", "plantedfield", "plantedreview", "plantedopt", "plantedlast")
	if !strings.Contains(w.dump(), "staysthere") {
		t.Error("what somebody else wrote is gone")
	}
	for class, n := range map[string]int{ingest.ErasedConversed: 1, ingest.ErasedHeld: 4, ingest.ErasedNotes: 1, ingest.ErasedRules: 2, ingest.ErasedOpts: 1, ingest.ErasedConversations: 1} {
		if e.Counts[class] != n {
			t.Errorf("%s: %d, want %d", class, e.Counts[class], n)
		}
	}
	w.checkCertificate(e)
	w.wants("contacts", w.told("contact.erased"), "contact.erased")
	c, err := s.Contact(ctx, ann)
	must(t, err)
	if c.Erasure != e.ID || c.Held != 0 || len(c.Identities) != 0 {
		t.Errorf("contact %+v", c)
	}
	if _, err := s.Erase(ctx, ingest.EraseOrder{Contact: ann, Actor: "kim"}); !errors.Is(err, ingest.ErrErased) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := s.AddNote(ctx, ann, "x", "sam"); !errors.Is(err, ingest.ErrErased) {
		t.Errorf("a note about nobody: %v", err)
	}
	w.lawful()
	w.afterwards(ann, rule, onContact)
}

// checkCertificate holds that anybody can check it who has the public key.
func (w *world) checkCertificate(e ingest.Erasure) {
	w.t.Helper()
	var c ingest.Certificate
	must(w.t, json.Unmarshal([]byte(e.Certificate), &c))
	key, err := hex.DecodeString(e.PublicKey)
	must(w.t, err)
	signature, err := hex.DecodeString(e.Signature)
	must(w.t, err)
	if !ed25519.Verify(key, []byte(e.Certificate), signature) || ed25519.Verify(key, []byte(e.Certificate+" "), signature) {
		w.t.Error("the signature is not the certificate's")
	}
	if c.Reason != "request-9" || c.AskedBy != "kim" || len(c.Addresses) != 1 || len(c.Stays) == 0 || c.Removed[ingest.ErasedIdentities] != 1 {
		w.t.Errorf("certificate %+v", c)
	}
}

// afterwards lets the erased person write again: they are somebody new, the
// rules still meet them and can be lifted, and they are still opted out.
func (w *world) afterwards(ann ingest.ID, rule, onContact ingest.Rule) {
	w.t.Helper()
	ctx := context.Background()
	s := w.replicas[1]
	r := w.receive(chat("plantedann", "20", "again"))
	w.settleAll()
	again := w.contactOf("visitor:plantedann")
	if again == ann {
		w.t.Error("they are the contact that was erased")
	}
	if got := w.becameOf([]ingest.ID{r.Results[0].ID}); got[0] != "held" {
		w.t.Errorf("their next message: %q", got)
	}
	outs, err := s.OptedOut(ctx, []ingest.Identity{{Kind: "visitor", Value: "plantedann", How: ingest.Header}})
	must(w.t, err)
	if len(outs[0]) != 1 || outs[0][0].Reason != "" {
		w.t.Errorf("opted out %+v", outs)
	}
	must(w.t, s.ChangeOpt(ctx, ingest.OptChange{Contact: again, Channel: "chat", Opt: ingest.OptIn, Reason: "asked", Actor: "sam"}))
	outs, err = s.OptedOut(ctx, []ingest.Identity{{Kind: "visitor", Value: "plantedann", How: ingest.Header}})
	must(w.t, err)
	if len(outs[0]) != 0 {
		w.t.Errorf("opted in again, and out %+v", outs)
	}
	left, err := s.Rule(ctx, rule.ID)
	must(w.t, err)
	if !left.Target.Hashed() || left.LiftedAt != nil || left.Reason != "spam" || left.Comment != "" {
		w.t.Errorf("the rule is %+v", left)
	}
	of, err := s.Rule(ctx, onContact.ID)
	must(w.t, err)
	if of.LiftedAt == nil || of.Reason != "" {
		w.t.Errorf("the rule on the contact is %+v", of)
	}
	w.lift(ingest.UnblockAll, rule.ID)
	w.work()
	if got := w.becameOf([]ingest.ID{r.Results[0].ID}); got[0] != "conversed" {
		w.t.Errorf("after the lift: %q", got)
	}
	w.lawful()
}

func TestErasureWaitsForALegalHold(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	s := w.replicas[0]
	ids := w.receiveAt(noon, 0, chats("ann", 0, 3)...)
	w.settleAll()
	ann := w.keep("visitor:ann", nil)
	if _, err := s.Erase(ctx, ingest.EraseOrder{Contact: ann, Actor: "kim"}); !errors.Is(err, ingest.ErrLegalHold) {
		t.Fatalf("under a legal hold: %v", err)
	}
	must(t, s.LiftLegalHold(ctx, ann, "kim"))
	job, err := s.Erase(ctx, ingest.EraseOrder{Contact: ann, Actor: "kim"})
	must(t, err)
	w.keep("visitor:ann", nil)
	for range 3 {
		if step, err := s.StepJobs(ctx, 10); err != nil || step.Worked {
			t.Errorf("a hold set meanwhile: %+v, %v", step, err)
		}
	}
	if got := w.becameOf(ids); got[0] != "conversed" {
		t.Errorf("a hold set meanwhile: %q", got)
	}
	if same, err := s.Erase(ctx, ingest.EraseOrder{Contact: ann, Actor: "kim"}); !errors.Is(err, ingest.ErrLegalHold) {
		t.Errorf("once more: job %d, %v", same, err)
	}
	must(t, s.LiftLegalHold(ctx, ann, "kim"))
	if same, err := s.Erase(ctx, ingest.EraseOrder{Contact: ann, Actor: "kim"}); err != nil || same != job {
		t.Errorf("once more: job %d, %v", same, err)
	}
	w.work()
	if got := w.becameOf(ids); got[0] != "purged" || got[2] != "purged" {
		t.Errorf("%q", got)
	}
	w.lawful()
}

// Of two erasures whose persons are merged meanwhile one erases both, and the
// other has nothing left to do.
func TestErasuresOfWhoIsMergedMeanwhile(t *testing.T) {
	ctx, w := context.Background(), newWorld(t, 1)
	s := w.replicas[0]
	w.receive(chat("ann", "1", "hello"), chat("bob", "1", "hello"))
	w.settleAll()
	ann, bob := w.contactOf("visitor:ann"), w.contactOf("visitor:bob")
	var jobs []int64
	for _, id := range []ingest.ID{ann, bob} {
		job, err := s.Erase(ctx, ingest.EraseOrder{Contact: id, Actor: "kim"})
		must(t, err)
		jobs = append(jobs, job)
	}
	_, err := s.Merge(ctx, ingest.MergeOrder{Contact: ann, Into: bob, Actor: "sam", Held: ingest.KeepHeld})
	must(t, err)
	w.work()
	for _, id := range jobs {
		j, err := s.Job(ctx, id)
		must(t, err)
		if j.State != ingest.JobDone {
			t.Errorf("job %+v", j)
		}
	}
	list, err := s.Erasures(ctx, ingest.Part{})
	must(t, err)
	for _, e := range list.Items {
		if e.Certificate == "" {
			t.Errorf("erasure %d has no certificate", e.ID)
		}
	}
	w.lawful()
}
