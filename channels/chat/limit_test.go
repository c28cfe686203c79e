package chat

import (
	"fmt"
	"testing"
	"time"
)

func TestLimiterForgetsTheLongestUnseen(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(0.001, 1)
	for i := range 10 * generation {
		if _, ok := l.allow(fmt.Sprint(i), now); !ok {
			t.Fatalf("caller %d is limited for others", i)
		}
		if _, ok := l.allow("busy", now); ok != (i == 0) {
			t.Fatalf("after %d others: a caller that keeps calling is forgotten", i)
		}
	}
	if n := len(l.young) + len(l.old); n > 2*generation {
		t.Errorf("%d buckets are kept", n)
	}
}

func TestNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "": "",
	} {
		if got := network(ip); got != want {
			t.Errorf("%q: %q", ip, got)
		}
	}
}
