package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// line is what a case found: rates in messages a second, times in
// milliseconds, over all rounds but the first.
type line struct {
	Case    string  `json:"case"`
	Does    string  `json:"does"`
	N       int     `json:"n"` // messages a round
	Rounds  int     `json:"rounds"`
	Rate    float64 `json:"rate"`    // median of the rounds
	P50     float64 `json:"p50_ms"`  // of one call: the case says what that is
	P99     float64 `json:"p99_ms"`  // …
	Against string  `json:"against"` // the yardstick
	Yard    float64 `json:"yardstick_rate"`
	// Ratio is the case's rate to the yardstick's of the same round: median,
	// least and most.
	Ratio    float64 `json:"ratio"`
	RatioMin float64 `json:"ratio_min"`
	RatioMax float64 `json:"ratio_max"`
	// Goal is what Ratio should not be below; 0: none is set.
	Goal float64 `json:"goal"`
	// Must is what Ratio may not be below; 0: none is set.
	Must float64 `json:"must,omitempty"`
	// GoalP50 and GoalP99 are what P50 and P99 should not be above, in
	// milliseconds; 0: none is set.
	GoalP50 float64 `json:"goal_p50_ms,omitempty"`
	GoalP99 float64 `json:"goal_p99_ms,omitempty"`
	// Longest is the longest step of a job, GoalLongest what it should not be
	// above, in milliseconds; 0: there is none.
	Longest     float64 `json:"longest_ms,omitempty"`
	GoalLongest float64 `json:"goal_longest_ms,omitempty"`

	// CPU is how much of a core the process takes while nothing happens, in per
	// cent, and Memory what of it is resident, in MiB; 0: that is not measured.
	CPU        float64 `json:"cpu_percent,omitempty"`
	GoalCPU    float64 `json:"goal_cpu_percent,omitempty"`
	Memory     float64 `json:"memory_mib,omitempty"`
	GoalMemory float64 `json:"goal_memory_mib,omitempty"`

	// P95 and Max are of one page in milliseconds, Bytes and Zipped what it has
	// and what gzip makes of it; 0: that is not measured.
	P95     float64 `json:"p95_ms,omitempty"`
	Max     float64 `json:"max_ms,omitempty"`
	GoalP95 float64 `json:"goal_p95_ms,omitempty"`
	Bytes   int     `json:"bytes,omitempty"`
	Zipped  int     `json:"zipped,omitempty"`

	Lost       int `json:"lost"`       // acknowledged and not there
	Duplicated int `json:"duplicated"` // there once too often
	Violations int `json:"violations"` // of the laws that verify asks
}

// compare makes the line of a contestant.
func compare(name, does string, of []lap, against string, to []lap, goal float64) *line {
	r, w := ratios(of, to), waits(of)
	return &line{
		Case: name, Does: does, N: of[0].n, Rounds: len(of), Against: against, Goal: goal,
		Rate: round(median(rates(of)), 0), Yard: round(median(rates(to)), 0),
		P50: round(quantile(w, 0.5), 3), P99: round(quantile(w, 0.99), 3),
		Ratio: round(median(r), 3), RatioMin: round(slices.Min(r), 3), RatioMax: round(slices.Max(r), 3),
		Longest: round(longestStep(of), 3),
	}
}

// round keeps that many digits after the point, and of what is small three that
// say something: a slow case on a busy machine is not none.
func round(x float64, digits int) float64 {
	if small := math.Abs(x); small > 0 && small < 1 {
		digits = max(digits, 2-int(math.Floor(math.Log10(small))))
	}
	p := math.Pow10(digits)
	return math.Round(x*p) / p
}

// clean reports whether nothing is wrong with what was stored.
func (l *line) clean() bool { return l.Lost == 0 && l.Duplicated == 0 && l.Violations == 0 }

func (l *line) found(f findings) {
	l.Lost, l.Duplicated, l.Violations = f.lost, f.duplicated, f.violations
}

// printer writes lines for programs or for people.
type printer struct {
	out  io.Writer
	json bool
}

func (p printer) print(l *line) {
	if p.json {
		_ = json.NewEncoder(p.out).Encode(l) // a reader that has gone wants nothing more
		return
	}
	fmt.Fprintf(p.out, "%s: %s\n  %.0f messages/s (p50 %.3g ms, p99 %.3g ms) against %.0f by %s\n",
		l.Case, l.Does, l.Rate, l.P50, l.P99, l.Yard, l.Against)
	if l.Memory > 0 {
		fmt.Fprintf(p.out, "  %.2f%% of a core (goal %.0f), %.0f MiB (goal %.0f)\n", l.CPU, l.GoalCPU, l.Memory, l.GoalMemory)
	}
	if l.Bytes > 0 {
		fmt.Fprintf(p.out, "  p95 %.3g ms (goal %.0f), longest %.3g ms; %d bytes, %d after gzip\n", l.P95, l.GoalP95, l.Max, l.Bytes, l.Zipped)
	}
	fmt.Fprintf(p.out, "  ratio %.3g [%.3g..%.3g] of %d rounds of %d, goal %.2f; lost %d, duplicated %d, violations %d\n",
		l.Ratio, l.RatioMin, l.RatioMax, l.Rounds, l.N, l.Goal, l.Lost, l.Duplicated, l.Violations)
}
