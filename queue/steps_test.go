package queue

import (
	"testing"
	"time"
)

func TestStepsGrowAndShrinkWithWhatTheyTake(t *testing.T) {
	for _, c := range []struct {
		n    int
		took time.Duration
		want int
	}{
		{500, 10 * time.Millisecond, 1000}, {1500, time.Millisecond, mostStep}, {500, 30 * time.Millisecond, 500},
		{500, 80 * time.Millisecond, 250}, {150, time.Second, leastStep},
	} {
		if got := nextStep(c.n, c.took); got != c.want {
			t.Errorf("after %d in %s: %d, want %d", c.n, c.took, got, c.want)
		}
	}
}
