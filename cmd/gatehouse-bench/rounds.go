package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"time"
)

// A contestant does a round's work. Round 0 warms up and does not count.
type contestant struct {
	name string
	// prepare makes what run needs; it is not measured. May be nil.
	prepare func(ctx context.Context, round int) error
	run     func(ctx context.Context, round int) (lap, error)
}

// A lap is what a contestant did in one round.
type lap struct {
	n     int             // messages
	took  time.Duration   // from the first to the last
	waits []time.Duration // what each call waited; the case says what a call is
	steps []time.Duration // of jobs
}

func (l lap) rate() float64 { return float64(l.n) / l.took.Seconds() }

// alternate lets the contestants do all rounds in turn, another one first each
// time, and returns the laps by contestant. warm is called after round 0.
func alternate(ctx context.Context, log io.Writer, rounds int, warm func(context.Context) error, list ...contestant) ([][]lap, error) {
	laps := make([][]lap, len(list))
	for round := range rounds + 1 {
		for i := range list {
			i = (i + max(round-1, 0)) % len(list)
			l, err := list[i].lap(ctx, round)
			if err != nil {
				return nil, fmt.Errorf("%s, round %d: %w", list[i].name, round, err)
			}
			fmt.Fprintf(log, "%-40s round %d: %8.0f messages/s\n", list[i].name, round, l.rate())
			if round > 0 {
				laps[i] = append(laps[i], l)
			}
		}
		if round == 0 {
			if err := warm(ctx); err != nil {
				return nil, err
			}
		}
	}
	return laps, nil
}

// lap runs one round; what an earlier one left to be collected is not its burden.
func (c *contestant) lap(ctx context.Context, round int) (lap, error) {
	if c.prepare != nil {
		if err := c.prepare(ctx, round); err != nil {
			return lap{}, err
		}
	}
	runtime.GC()
	return c.run(ctx, round)
}

// timed measures do, which handles n messages.
func timed(n int, do func() error) (lap, error) {
	begin := time.Now()
	err := do()
	return lap{n: n, took: time.Since(begin)}, err
}

// ratios are one contestant's rates to another's, round by round.
func ratios(of, to []lap) []float64 {
	list := make([]float64, len(of))
	for i := range of {
		list[i] = of[i].rate() / to[i].rate()
	}
	return list
}

func rates(laps []lap) []float64 {
	list := make([]float64, len(laps))
	for i, l := range laps {
		list[i] = l.rate()
	}
	return list
}

// waits are those of all rounds, in milliseconds.
func waits(laps []lap) (list []float64) {
	for _, l := range laps {
		for _, w := range l.waits {
			list = append(list, milliseconds(w))
		}
	}
	return list
}

// longestStep is that of all rounds, in milliseconds; 0 if there was none.
func longestStep(laps []lap) (longest float64) {
	for _, l := range laps {
		for _, s := range l.steps {
			longest = max(longest, milliseconds(s))
		}
	}
	return longest
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// quantile is the least value that the part q of the list does not exceed; 0
// if the list is empty. It sorts the list.
func quantile(list []float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[max(int(math.Ceil(q*float64(len(list))))-1, 0)]
}

func median(list []float64) float64 {
	list = slices.Clone(list)
	slices.Sort(list)
	if n := len(list); n%2 == 0 {
		return (list[n/2-1] + list[n/2]) / 2
	}
	return list[len(list)/2]
}
