package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

// Of two programs that look one tells Slack, once, in words, what is wrong, and
// once that it is over.
func TestAlertsReachSlack(t *testing.T) {
	t.Parallel()
	h := house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+sealed+"\nendpoints: {allow: [127.0.0.0/8]}", housetest.SiteChat)}
	l := listen(t)
	h.Serve()
	h.Serve()
	h.Read(http.StatusCreated, http.MethodPost, "/endpoints", map[string]any{"url": l.URL, "types": []string{"alert.*"}, "format": "slack"}, nil)
	h.SQL("insert into jobs (kind, scope, state, pass_epoch, created_by, error, finished_at) values ('release', 'selection:1', 'failed', 1, 'sam', 'x', now())")
	begins := func(with string) int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(slices.DeleteFunc(slices.Clone(l.bodies), func(b string) bool { return !strings.HasPrefix(b, `{"text":"`+with) }))
	}
	eventually(t, "it is told", func() bool { return begins("Alert: Job 1 gave up.") > 0 })
	var list ingest.List[ingest.Alert]
	h.Read(http.StatusOK, http.MethodGet, "/alerts", nil, &list)
	if len(list.Items) != 1 || list.Items[0].Kind != ingest.AlertJobFailed {
		t.Errorf("%+v", list)
	}
	h.SQL("update jobs set state = 'cancelled'")
	eventually(t, "its end is told", func() bool { return begins("Over: ") > 0 })
	if n := begins("Alert: "); n != 1 || begins("Over: ") != 1 {
		t.Errorf("told %d times: %v", n, l.bodies)
	}
}
