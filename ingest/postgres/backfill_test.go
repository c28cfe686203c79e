package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

// TestBackfillOrder is begun, dies, and is begun again: what it came to is told
// by its messages, whichever try stored them.
func TestBackfillOrder(t *testing.T) {
	s, ctx := open(t), context.Background()
	receive(t, s, chat("v", "known", "x"))
	o := ingest.BackfillOrder{Channel: "chat", Since: time.Now().Add(-time.Hour), Until: time.Now(), Actor: "ann"}
	id, err := s.AskBackfill(ctx, o)
	must(t, err)
	o.DryRun = true
	trial, err := s.AskBackfill(ctx, o)
	must(t, err)
	if names, err := s.Backfilling(ctx); err != nil || fmt.Sprint(names) != "[chat]" {
		t.Errorf("%v, %v", names, err)
	}
	for try, keys := range [][]string{{"a", "b"}, {"a", "b", "c", "known"}} {
		b, err := s.NextBackfill(ctx, "chat")
		if err != nil || b.ID != id || b.Tries != try+1 || b.New != 2*try || b.State != "running" {
			t.Fatalf("try %d: %+v, %v", try, b, err)
		}
		recovered(t, s, id, keys...)
		must(t, s.RetryBackfill(ctx, id, "away"))
	}
	must(t, s.EndBackfill(ctx, id, ingest.BackfillCount{Listed: 4}, ""))
	b, err := s.Backfill(ctx, "chat", id)
	if err != nil || b.New != 3 || b.Known != 1 || b.State != "done" || b.Error != "" || b.AskedBy != "ann" || !b.Ended() {
		t.Errorf("%+v, %v", b, err)
	}
	b, err = s.NextBackfill(ctx, "chat")
	if err != nil || b.ID != trial || !b.DryRun {
		t.Fatalf("the next: %+v, %v", b, err)
	}
	must(t, s.EndBackfill(ctx, trial, ingest.BackfillCount{Listed: 4, New: 1}, "broken"))
	if _, err := s.NextBackfill(ctx, "chat"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("one more: %v", err)
	}
	list, err := s.Backfills(ctx, "chat", 9)
	if err != nil || len(list) != 2 || list[0].ID != trial || list[0].State != "failed" || list[0].New != 1 || list[0].Error != "broken" {
		t.Errorf("%+v, %v", list, err)
	}
}

// History is told once, when an order has ended, and messages that the channel
// had missed each for themselves.
func TestHistoryIsToldOnce(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	o := ingest.BackfillOrder{Channel: "chat", Since: time.Now().Add(-time.Hour), Until: time.Now(), Actor: "ann"}
	var ids []int64
	for n, historic := range []bool{true, false} {
		id, err := s.AskBackfill(ctx, o)
		must(t, err)
		b := ingest.Batch{Backfill: id}
		for i := range 3 {
			a := chat(fmt.Sprint("v", n), fmt.Sprint(n, i), "x")
			a.Message.Recovered, a.Message.Historic = true, historic
			b.Arrivals = append(b.Arrivals, a)
		}
		_, err = s.Receive(ctx, b)
		must(t, err)
		settleAll(t, s, j)
		must(t, s.EndBackfill(ctx, id, ingest.BackfillCount{Listed: 3}, ""))
		ids = append(ids, id)
	}
	must(t, s.TellHistory(ctx, "mail", 7))
	var told string
	must(t, s.pool.QueryRow(ctx, "select string_agg(data::text, ' ' order by id) from events where type = 'channel.history'").Scan(&told))
	want := fmt.Sprintf(`{"count": 3, "channel": "chat", "backfill": "%d"} {"count": 7, "channel": "mail"}`, ids[0])
	if n := count(t, s, "select count(*) from events where type = 'message.conversed'"); told != want || n != 3 {
		t.Errorf("told %s, want %s; of single messages %d", told, want, n)
	}
}

// recovered stores messages that an order found, 0: that the program asked for.
func recovered(t *testing.T, s *Store, order int64, keys ...string) {
	t.Helper()
	b := ingest.Batch{Backfill: order}
	for _, key := range keys {
		a := chat("v", key, "x")
		a.Message.Recovered = true
		b.Arrivals = append(b.Arrivals, a)
	}
	_, err := s.Receive(context.Background(), b)
	must(t, err)
}

// TestRecoveredIsKept reads it back, also of what was retried.
func TestRecoveredIsKept(t *testing.T) {
	s, ctx := open(t), context.Background()
	receive(t, s, chat("v", "live", "x"))
	recovered(t, s, 0, "live", "late")
	settleAll(t, s, &testJudge{})
	list, err := s.Messages(ctx, ingest.MessageFilter{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%d messages, %v", len(list.Items), err)
	}
	marked := 0
	for _, m := range list.Items {
		if m.Recovered {
			marked++
		}
	}
	if told := count(t, s, `select count(*) from events where data->>'recovered' = 'true'`); marked != 1 || told != 1 {
		t.Errorf("%d marked, %d told", marked, told)
	}
}

func TestBackfillOrderMakesSense(t *testing.T) {
	s, now := open(t), time.Now()
	for name, o := range map[string]ingest.BackfillOrder{
		"no time":   {Channel: "chat"},
		"backwards": {Channel: "chat", Since: now, Until: now.Add(-time.Hour)},
		"to come":   {Channel: "chat", Since: now.Add(time.Hour), Until: now.Add(2 * time.Hour)},
	} {
		if _, err := s.AskBackfill(context.Background(), o); !ingest.Invalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.AskBackfill(context.Background(), ingest.BackfillOrder{Channel: "none", Since: now.Add(-time.Hour), Until: now})
	if !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("no channel: %v", err)
	}
}
