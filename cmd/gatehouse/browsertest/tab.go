//go:build chromium

package browsertest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gatehouse/ingest/local"
)

// patience bounds what is waited for; nothing takes that long unless it hangs.
const patience = 2 * time.Minute

// pollEvery is how often the page is asked for what is waited for.
const pollEvery = 50 * time.Millisecond

// A Tab is a tab of a browser.
type Tab struct {
	t   *testing.T
	ctx context.Context
}

// Open starts a browser for the test, which ends with it, and returns its tab.
// The test fails if a script of its pages throws what nobody catches.
func Open(t *testing.T) Tab {
	t.Helper()
	tab := Tab{t, local.Own(t, start).tab}
	said, stop := context.WithCancel(tab.ctx)
	console := chromedp.Console(said)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for m, err := range console {
			if err == nil && m.IsException() {
				t.Errorf("a script threw: %s", m)
			}
		}
	}()
	t.Cleanup(func() { stop(); <-ended })
	return tab
}

// Do does something in the tab, or ends the test.
func (tab Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
}

// Until waits until an expression of JavaScript is true on the page, or on the
// one that takes its place meanwhile. What throws is not true yet.
func (tab Tab) Until(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	for {
		yes, err := tab.try(ctx, expression)
		if err == nil && yes {
			return
		}
		var thrown *chromedp.ExceptionError
		if errors.As(err, &thrown) && thrown.Exception != nil && thrown.Exception.ClassName == "SyntaxError" {
			tab.t.Fatalf("%s: %v", expression, err)
		}
		select {
		case <-ctx.Done():
			tab.t.Fatalf("never: %s (%v)\n%s", expression, err, tab.Says())
		case <-time.After(pollEvery):
		}
	}
}

// try asks once. The time is bounded, for a page that goes away may not answer.
func (tab Tab) try(ctx context.Context, expression string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience/12)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
}

// Listen has a function hear what the browser tells of the tab, until the tab is
// closed. It is called from another goroutine, and must not ask the tab anything.
func (tab Tab) Listen(hear func(event any)) {
	tab.t.Helper()
	if err := chromedp.Listen(tab.ctx, hear); err != nil {
		tab.t.Fatal(err)
	}
}

// Is wants an expression of JavaScript to be true on the page now.
func (tab Tab) Is(expression string) {
	tab.t.Helper()
	if !Value[bool](tab, "!!("+expression+")") {
		tab.t.Errorf("it is not so: %s\n%s", expression, tab.Says())
	}
}

// Value is what an expression of JavaScript comes to, promises awaited. If the
// page goes away meanwhile, the one that takes its place is asked.
func Value[T any](tab Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	for {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		var thrown *chromedp.ExceptionError
		if err == nil {
			return v
		}
		if ctx.Err() != nil || errors.As(err, &thrown) {
			tab.t.Fatalf("%s: %v", expression, err)
		}
		time.Sleep(pollEvery)
	}
}

// Says is where the tab is and what can be read there, to be shown when a test
// fails.
func (tab Tab) Says() string {
	ctx, cancel := context.WithTimeout(tab.ctx, patience/12)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 3000)`))
	if err != nil {
		return err.Error()
	}
	return text
}

// Picture writes a picture of the page into the folder that the environment
// names as GATEHOUSE_PICTURES, for people to look at; without, it does nothing.
func (tab Tab) Picture(name string) {
	tab.t.Helper()
	dir := os.Getenv("GATEHOUSE_PICTURES")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(tab.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		tab.t.Fatal(err)
	}
}
