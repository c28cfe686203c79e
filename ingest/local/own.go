package local

// TB is what the launchers need of testing.TB; so no program that uses them
// links package testing.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// A Stopper is a server.
type Stopper interface{ Stop() error }

// Own starts a server for one test, in a base that both leave with the test.
func Own[S Stopper](t TB, start func(*Base) (S, error)) S {
	t.Helper()
	base, err := Temp()
	if err != nil {
		t.Fatalf("a base for a server: %v", err)
	}
	t.Cleanup(func() {
		if err := base.Close(); err != nil {
			t.Errorf("remove a server's base: %v", err)
		}
	})
	s, err := start(base)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop a server: %v", err)
		}
	})
	return s
}
