//go:build chromium

package browsertest

import (
	"context"
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
const pollEvery = 100 * time.Millisecond

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

// Until waits until an expression of JavaScript is true on the page.
func (tab Tab) Until(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(pollEvery))); err != nil {
		tab.t.Fatalf("never: %s: %v", expression, err)
	}
}

// Is wants an expression of JavaScript to be true on the page now.
func (tab Tab) Is(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err != nil || !yes {
		tab.t.Errorf("it is not so: %s (%v)", expression, err)
	}
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
