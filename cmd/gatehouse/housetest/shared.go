package housetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Shared is a house that several tests live in. The first that asks opens it;
// Close, after the last one, asks whether the laws hold there and closes it.
type Shared struct {
	Open func(TB) *House

	once  sync.Once
	house *House
	life  life
}

// For gives a test the house. Should the test fail, it shows what the program
// logged last.
func (s *Shared) For(t TB) *House {
	t.Helper()
	s.once.Do(func() { s.life.do(func() { s.house = s.Open(&s.life) }) })
	if s.house == nil {
		t.Fatalf("the shared house is not open: %s", &s.life)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of its log:\n%s", s.house.Now.Load().log.tail())
		}
	})
	return s.house.For(t)
}

// Close ends what runs in the house and says what went wrong in it.
func (s *Shared) Close() error {
	if s.house != nil {
		s.life.do(func() { s.house.For(&s.life).Command(0, "verify") })
	}
	for _, f := range slices.Backward(s.life.cleanups) {
		f()
	}
	if s.life.Failed() {
		return fmt.Errorf("the shared house: %s", &s.life)
	}
	return nil
}

var errFatal = errors.New("it cannot go on")

// life is what a house of several tests has instead of a test.
type life struct {
	mu       sync.Mutex
	cleanups []func()
	said     []string
	failed   bool
}

// do does something that may end with Fatal.
func (l *life) do(f func()) {
	defer func() {
		if p := recover(); p != nil && p != any(errFatal) {
			panic(p)
		}
	}()
	f()
}

func (l *life) Helper() {}

func (l *life) Context() context.Context { return context.Background() }

func (l *life) Cleanup(f func()) { l.cleanups = append(l.cleanups, f) }

func (l *life) Logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

func (l *life) Errorf(format string, args ...any) {
	l.Logf(format, args...)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = true
}

func (l *life) Fatal(args ...any) { l.Fatalf("%s", fmt.Sprint(args...)) }

func (l *life) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	panic(errFatal)
}

func (l *life) Failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

func (l *life) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.said, "\n")
}
