package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCasesRun runs cases small: whatever is measured, nothing may be lost,
// stored twice or unlawful, and the yardsticks must know the schema. The cases of
// the blocked list and of rules are run by TestLongCasesRun.
func TestCasesRun(t *testing.T) {
	runsSmall(t, "accept,imap,settle", "60", slices.Concat([]string{"accept", "accept-http"}, mailLines(t),
		[]string{"settle", "settle-8", "settle-repeating", "settle-hot"})...)
	runsSmall(t, "parse", "60", parseLines(t)...)
	runsSmall(t, "latency", "3", "latency")
}

// runsSmall runs cases and wants these lines of them.
func runsSmall(t *testing.T, cases, n string, lines ...string) {
	t.Helper()
	var out, log bytes.Buffer
	code := run(t.Context(), []string{"--case", cases, "--n", n, "--rounds", "1", "--clients", "16", "--json"}, &out, &log)
	if code != exitDone {
		t.Fatalf("%s: exit %d: %s\n%s", cases, code, out.String(), log.String())
	}
	var names []string
	for text := range strings.Lines(out.String()) {
		var l line
		must(t, json.Unmarshal([]byte(text), &l))
		names = append(names, l.Case)
		if strconv.Itoa(l.N) != n && cases != "blocked" && cases != "standing" || l.Rounds != 1 || l.Rate <= 0 || l.Yard <= 0 || l.Ratio <= 0 || l.P99 < l.P50 || l.Against == "" {
			t.Errorf("%+v", l)
		}
	}
	if !slices.Equal(names, lines) {
		t.Errorf("lines %v, want %v", names, lines)
	}
}

// parseLines are those of case parse: enmime's only where it can be built.
func parseLines(t *testing.T) []string {
	t.Helper()
	if _, err := buildEnmime(t.Context(), t.TempDir()); err != nil {
		t.Log(err)
		return []string{"parse"}
	}
	return []string{"parse", "parse-enmime"}
}

// TestParseWithoutModules runs the case where enmime cannot be fetched: it
// says so and goes on.
func TestParseWithoutModules(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	var out, log bytes.Buffer
	if code := run(t.Context(), []string{"--case", "parse", "--n", "20", "--rounds", "1", "--json"}, &out, &log); code != exitDone {
		t.Fatalf("exit %d: %s\n%s", code, out.String(), log.String())
	}
	if n := strings.Count(out.String(), "\n"); n != 1 || !strings.Contains(log.String(), "enmime is not measured") {
		t.Errorf("%d lines, log:\n%s", n, log.String())
	}
}

// mailLines are those of case imap on this machine.
func mailLines(t *testing.T) []string {
	t.Helper()
	h := &host{}
	copier, err := h.findMbsync()
	must(t, errors.Join(err, h.stop()))
	if copier == nil {
		return []string{"imap"}
	}
	return []string{"imap", "imap-mbsync"}
}

// TestIdleRuns runs the case that has no yardstick.
func TestIdleRuns(t *testing.T) {
	var out, log bytes.Buffer
	if code := run(t.Context(), []string{"--case", "idle", "--n", "3", "--quiet", "10ms", "--json"}, &out, &log); code != exitDone {
		t.Fatalf("exit %d: %s\n%s", code, out.String(), log.String())
	}
	var l line
	must(t, json.Unmarshal(out.Bytes(), &l))
	if l.N != 3 || l.Rate <= 0 || l.P99 < l.P50 || l.GoalCPU == 0 || l.GoalMemory == 0 {
		t.Errorf("%+v", l)
	}
}

func TestWrongArguments(t *testing.T) {
	for _, args := range [][]string{{"--case", "nothing"}, {"--rounds", "0"}, {"--n", "-1"}, {"--clients", "0"}, {"more"}, {"--wrong"}} {
		if code := run(t.Context(), args, io.Discard, io.Discard); code != exitUsage {
			t.Errorf("%v: exit %d, want %d", args, code, exitUsage)
		}
	}
	if code := run(t.Context(), []string{"--help"}, io.Discard, io.Discard); code != exitDone {
		t.Errorf("--help: exit %d", code)
	}
}

func TestWithoutADatabase(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://gatehouse@127.0.0.1:1/nowhere")
	if code := run(t.Context(), []string{"--case", "accept"}, io.Discard, io.Discard); code != exitUnasked {
		t.Errorf("exit %d, want %d", code, exitUnasked)
	}
}

// stage is a place with five messages of a channel and the list of them.
func stage(t *testing.T) (*place, *ledger) {
	t.Helper()
	h := &host{}
	t.Cleanup(func() { must(t, h.stop()) })
	p, err := h.place(t.Context(), channel{"chat", "chat", ingest.Chat})
	must(t, err)
	t.Cleanup(func() { must(t, p.leave(context.Background())) })
	s := &settling{place: p, ledger: newLedger(), channel: "chat"}
	must(t, s.receive(t.Context(), posts("x", 5, 10, func(int) string { return "visitor" })))
	return p, s.ledger
}

func TestAuditFindsWhatIsWrong(t *testing.T) {
	p, l := stage(t)
	look := func(state string) findings {
		f, err := l.audit(t.Context(), p, "chat", state, sentPost)
		must(t, err)
		return f
	}
	if f := look(""); f != (findings{}) {
		t.Errorf("all is well, and the audit says %+v", f)
	}
	if f := look("conversed"); f != (findings{lost: 5}) {
		t.Errorf("nothing was settled: %+v", f)
	}
	l.expect("x-5")
	if f := look(""); f != (findings{lost: 1}) {
		t.Errorf("one never came: %+v", f)
	}
	rows, err := p.yard.Last(t.Context(), "chat", 1)
	must(t, err)
	must(t, p.yard.Accept(t.Context(), "chat", yard.Messages(rows, "again")))
	if f := look(""); f != (findings{lost: 1, duplicated: 1}) {
		t.Errorf("one came twice: %+v", f)
	}
	must(t, p.yard.Settle(t.Context(), "chat", []yard.Decided{{
		Message: yard.Message{ID: l.acked["x-1"], Row: rows[0]}, Person: &yard.Person{Contact: l.acked["x-2"], Conversation: l.acked["x-3"]},
	}}))
	if f := look(""); f.violations == 0 {
		t.Errorf("a message is in a conversation that is not there, and the audit says %+v", f)
	}
}

func TestARepeatMustNameTheMessageThatStands(t *testing.T) {
	l := newLedger()
	must(t, l.note("a", ingest.ID{1}))
	must(t, l.note("a", ingest.ID{1}))
	if l.note("a", ingest.ID{2}) == nil {
		t.Error("two ids for one message")
	}
}

func TestQuantile(t *testing.T) {
	list := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0.5: 3, 0.6: 3, 0.99: 5, 0: 1} {
		if got := quantile(list, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := median([]float64{4, 1, 2, 3}); got != 2.5 {
		t.Errorf("median %v", got)
	}
}

func TestCorpusIsAsDescribed(t *testing.T) {
	mails := corpus(2000)
	if !slices.EqualFunc(mails[:50], corpus(50), bytes.Equal) {
		t.Error("not the same each time")
	}
	var sizes []float64
	for i, m := range mails {
		sizes = append(sizes, float64(len(m)))
		if id, err := sentMail(m); err != nil || id != mailID(i) {
			t.Fatalf("mail %d: %q, %v", i, id, err)
		}
	}
	t.Logf("median %.0f, p90 %.0f, p97 %.0f, most %.0f", median(sizes), quantile(sizes, 0.9), quantile(sizes, 0.97), quantile(sizes, 1))
	if m := median(sizes); m < 5000 || m > 7500 {
		t.Errorf("median %.0f octets", m)
	}
	if p := quantile(sizes, 0.97); p < 100<<10 || p > 500<<10 {
		t.Errorf("p97 %.0f octets", p)
	}
}
