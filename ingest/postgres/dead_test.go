package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// A released message that dies and is retried is a first decision again: the
// job that released it is done and must not seem to wait for it.
func TestARetriedDeadMessageHasNoPass(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	set, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	receive(t, s, chat("ann", "1", "hello"))
	settleAll(t, s, j)
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.UnblockAll, Actor: "sam"})
	must(t, err)
	_, err = s.StepJobs(ctx, 10)
	must(t, err)
	settleAll(t, s, &panicky{}) // it dies on its way out
	work(t, s, j)
	lawful(t, s)
	var id ingest.ID
	must(t, s.pool.QueryRow(ctx, "select id from messages where state = 'dead'").Scan(&id))
	must(t, s.RetryDead(ctx, id, nil, "sam"))
	lawful(t, s)
	settleAll(t, s, j)
	lawful(t, s)
	if a := account(t, s, "chat"); a.Conversed != 1 {
		t.Errorf("account %+v", a)
	}
}
