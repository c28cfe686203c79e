//go:build long && chromium && interop

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/browsertest"
)

// axe has a page judged by axe-core: WCAG 2.2 A and AA, and what it holds good
// practice for landmarks, headings and labels.
const axe = `axe.run(document, {iframes: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then((r) => r.passes.length < 10 ? ["nothing was judged"] : r.violations.map((v) => v.id + ": " + v.help + "\n    " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + "\n      " + n.failureSummary.replace(/\s+/g, " ")).join("\n    ")))`

// judge finds nothing wrong with the page as it looks now.
func (p person) judge(what, source string) {
	p.c.T.Helper()
	if !browsertest.Value[bool](p.Tab, `typeof axe === "object"`) {
		browsertest.Value[bool](p.Tab, source+"\n;true")
	}
	for _, wrong := range browsertest.Value[[]string](p.Tab, axe) {
		p.c.T.Errorf("%s: %s", what, wrong)
	}
}

// Every page that there is can be used by everybody: by those who hear it, who see
// little, in the dark, and on a telephone.
func TestLongConsoleIsForEverybody(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join(interop, "node_modules/axe-core/axe.min.js"))
	must(t, err)
	c := morning(t)
	for _, role := range []string{"admin", "agent"} {
		t.Run(role, func(t *testing.T) {
			c := &console{house{c.For(t)}}
			p := c.person(t, role, role)
			p.crawl(func(path string) {
				p.Look(1200, 900, false)
				p.judge(fmt.Sprintf("%s to the %s", path, role), string(source))
				p.Look(1200, 900, true)
				p.judge(path+" in the dark", string(source))
				p.Look(360, 740, false)
				p.judge(path+" on a telephone", string(source))
				p.fits(path)
			})
		})
	}
}

// fits wants the page to be as wide as the window, and nothing of it beyond.
func (p person) fits(path string) {
	p.c.T.Helper()
	if wide := browsertest.Value[[]string](p.Tab, beyond); len(wide) > 0 {
		p.c.T.Errorf("%s on a telephone is wider than that: %s", path, strings.Join(wide, ", "))
	}
}

// beyond is what reaches over the window's edge and cannot be scrolled to by itself.
const beyond = `(() => {
	const held = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX)) return true; return false };
	const out = [...document.body.querySelectorAll("*")].filter((e) => e.checkVisibility() && !e.closest(".skip, .hidden") && e.getBoundingClientRect().right > innerWidth + 1 && !held(e));
	const all = out.slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
	return document.documentElement.scrollWidth > innerWidth ? ["scrolls to " + document.documentElement.scrollWidth, ...all] : all;
})()`
