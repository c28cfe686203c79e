package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"gatehouse/ingest"
)

// figured is what a rule did and what people made of it, what is not folded yet
// with it.
func (w *world) figured(rule int64) string {
	w.t.Helper()
	r, err := w.replicas[0].Rule(context.Background(), rule)
	must(w.t, err)
	return fmt.Sprintf("hits %d held %d released %d deleted %d", r.Hits, r.Held, r.Figures.ReleasedWrong, r.Figures.Deleted)
}

func (w *world) isFigured(when string, rule int64, want string) {
	w.t.Helper()
	if got := w.figured(rule); got != want {
		w.t.Errorf("%s: %s, want %s", when, got, want)
	}
}

// Two sweepers fold while jobs go on and somebody reads: nothing is counted twice
// or lost, not for a moment.
func TestSweepersFoldEachDecisionOnce(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 4)
	blocked, settled := w.set(order(ingest.Block, "visitor:ann")).ID, w.set(order(ingest.Block, "visitor:bob")).ID
	w.receive(chats("ann", 0, 24)...)
	w.settleAll()
	w.exec("insert into rulings (rule, released_wrong, deleted) select $1, 1, 2 from generate_series(1, 12000)", settled)
	w.exec("insert into hits (rule, n) select $1, 3 from generate_series(1, 12000)", settled)
	w.lift(ingest.UnblockAll, blocked)
	var over atomic.Bool
	var wg sync.WaitGroup
	for _, sweeper := range w.replicas[:2] {
		wg.Go(func() {
			for !over.Load() {
				if err := sweeper.Fold(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for !over.Load() {
			w.isFigured("meanwhile", settled, "hits 36000 held 0 released 12000 deleted 24000")
		}
	})
	until(t, "the job is done", func() bool {
		_, err := w.replicas[3].StepJobs(ctx, 3)
		must(t, err)
		w.settleAll()
		return ask[int](w, "select count(*) from jobs where state in ('queued', 'running')") == 0
	})
	over.Store(true)
	wg.Wait()
	must(t, w.replicas[0].Fold(ctx))
	w.isFigured("of the job", blocked, "hits 24 held 0 released 24 deleted 0")
	w.isFigured("of what was there", settled, "hits 36000 held 0 released 12000 deleted 24000")
	if n := ask[int](w, "select (select count(*) from rulings) + (select count(*) from hits)"); n != 0 {
		t.Errorf("%d rows are not folded", n)
	}
	w.lawful()
}

// What a legal hold keeps nobody has deleted; who lets it go later decides.
func TestFiguresOfWhatALegalHoldKeeps(t *testing.T) {
	w := newWorld(t, 1)
	rule := w.set(order(ingest.Block, "everyone")).ID
	w.receive(chats("free", 0, 3)...)
	kept := w.receive(chats("kept", 0, 2)...)
	w.settleAll()
	w.keep("visitor:kept", nil)
	w.lift(ingest.DeleteAll, rule)
	w.work()
	w.isFigured("after Delete All", rule, "hits 5 held 2 released 0 deleted 3")
	_, err := w.replicas[0].ReleaseTickets(context.Background(), ingest.TicketOrder{Messages: []ingest.ID{kept.Results[0].ID}, Actor: "sam"})
	must(t, err)
	w.work()
	w.isFigured("after a release", rule, "hits 5 held 1 released 1 deleted 3")
	w.lawful()
}

// Who is erased has what rules held of them deleted by nobody's judgement, and
// what was decided before stays counted.
func TestFiguresOutliveAnErasure(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	rule := w.set(order(ingest.Block, "visitor:ann")).ID
	ids := w.receive(chats("ann", 0, 3)...)
	w.settleAll()
	ann := w.contactOf("visitor:ann")
	_, err := w.replicas[0].ReleaseTickets(ctx, ingest.TicketOrder{Messages: []ingest.ID{ids.Results[0].ID}, Actor: "sam"})
	must(t, err)
	w.work()
	w.set(order(ingest.Ban, "contact:"+ann.String()))
	w.erase(ann)
	w.isFigured("after the erasure", rule, "hits 3 held 0 released 1 deleted 0")
	onHash := ask[int64](w, "select id from rules where kind = 'ban' and lifted_at is null")
	w.wants("doubts about what it left", w.doubted(), fmt.Sprint(rule, " shadowed by ", onHash))
	_, err = w.replicas[0].ImportRules(ctx, ingest.RuleImport{Actor: "sam", Items: []ingest.RuleItem{
		{Kind: ingest.Block, Target: target("contact:" + ann.String()), Reason: "spam", OnExpiry: ingest.ExpiryKeep}}})
	must(t, err)
	onNobody := ask[int64](w, "select max(id) from rules")
	w.wants("with a rule on nobody", w.doubted(), fmt.Sprint(onNobody, " contact_erased"), fmt.Sprint(rule, " shadowed by ", onHash))
	w.lawful()
}

// A rule on a contact that was merged is listed, with what then decides before
// it, until the merge is undone.
func TestDoubtsAboutRulesOnMergedContacts(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	w.receive(chat("ann", "1", "one"), chat("bob", "1", "two"))
	w.settleAll()
	ann, bob := w.contactOf("visitor:ann"), w.contactOf("visitor:bob")
	ban := w.set(order(ingest.Ban, "contact:"+ann.String())).ID
	block := w.set(order(ingest.Block, "contact:"+bob.String())).ID
	w.wants("before", w.doubted())
	done, err := w.replicas[0].Merge(ctx, ingest.MergeOrder{Contact: bob, Into: ann, Rules: ingest.MergeKeepBoth, Actor: "sam"})
	must(t, err)
	w.wants("merged", w.doubted(), fmt.Sprint(block, " shadowed by ", ban), fmt.Sprint(block, " contact_merged"))
	must(t, w.replicas[0].UndoMerge(ctx, done.Merge, "sam"))
	w.wants("undone", w.doubted())
	w.lawful()
}

// doubted is the rules to review, newest first, with each doubt.
func (w *world) doubted() (list []string) {
	w.t.Helper()
	ctx, r := context.Background(), w.replicas[0]
	must(w.t, r.Hear(ctx, &r.Judge))
	rules, err := r.ListRules(ctx, ingest.RuleFilter{Review: &ingest.RuleReview{Shadows: r.Shadows(w.now())}})
	must(w.t, err)
	for _, rule := range rules.Items {
		for _, d := range rule.Doubts {
			says := fmt.Sprint(rule.ID, " ", d.Code)
			if d.Rule != 0 {
				says += fmt.Sprint(" by ", d.Rule)
			}
			list = append(list, says)
		}
	}
	return list
}
