package main

import "testing"

func TestRound(t *testing.T) {
	for _, c := range []struct {
		x      float64
		digits int
		want   float64
	}{
		{0, 3, 0}, {1234.5678, 3, 1234.568}, {1234.5678, 0, 1235}, {0.5, 3, 0.5}, {0.00046044, 3, 0.00046}, {0.3333, 0, 0.333}, {-0.00046044, 3, -0.00046},
	} {
		if got := round(c.x, c.digits); got != c.want {
			t.Errorf("round(%v, %d) = %v, want %v", c.x, c.digits, got, c.want)
		}
	}
}
