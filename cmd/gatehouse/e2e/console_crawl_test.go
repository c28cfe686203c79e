//go:build long && chromium

package e2e

import (
	"net/url"
	"regexp"
	"slices"

	"gatehouse/cmd/gatehouse/browsertest"
)

// mostPages bounds how many pages a crawl opens; there are not so many kinds.
const mostPages = 150

// kinds of addresses: ids, numbers and texts of readers make no other page.
var (
	ids    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27,}|\d+`)
	chosen = []string{"by", "kind", "state", "do", "standing", "tab"} // parameters that make a page another one
)

// kind is what a page's address has in common with those like it.
func kind(at *url.URL) string {
	q := url.Values{}
	for name, values := range at.Query() {
		if slices.Contains(chosen, name) {
			q[name] = values
		} else {
			q[name] = nil
		}
	}
	return ids.ReplaceAllString(at.Path, "*") + "?" + q.Encode()
}

// crawl opens every kind of page that links lead to, and looks at each.
func (p person) crawl(look func(path string)) {
	p.c.T.Helper()
	waiting, seen := []string{"/"}, map[string]bool{"/?": true}
	for n := 0; len(waiting) > 0; n++ {
		if n == mostPages {
			p.c.T.Fatalf("more than %d kinds of pages, or a kind that has no end: %q", n, waiting)
		}
		path := waiting[0]
		waiting = waiting[1:]
		p.open(path)
		p.Is(`performance.getEntriesByType("navigation")[0].responseStatus === 200`)
		look(path)
		for _, to := range browsertest.Value[[]string](p.Tab, links) {
			at, err := url.Parse(to)
			must(p.c.T, err)
			if !seen[kind(at)] {
				seen[kind(at)] = true
				waiting = append(waiting, to)
			}
		}
	}
}

// links are the pages of the console that a page leads to; what is downloaded and
// what another wrote is none.
const links = `[...new Set([...document.querySelectorAll("a[href]:not([download])")].filter((a) => a.origin === location.origin)
	.map((a) => a.pathname + a.search).filter((p) => !/^\/(api|assets|messages)\//.test(p)))]`
