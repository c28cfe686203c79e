//go:build long && chromium

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"gatehouse/cmd/gatehouse/housetest"
)

// A stranger is the host that hostile mails want something of.
type stranger struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // for what, and as what
}

func newStranger(t *testing.T) *stranger {
	s := &stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, r.Header.Get("Sec-Fetch-Dest")+" "+r.URL.Path+" "+r.Referer()+r.Header.Get("Cookie"))
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`))
	}))
	t.Cleanup(s.Close)
	return s
}

// was takes what was asked of the stranger since it was last taken.
func (s *stranger) was() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

// saw waits until a picture was fetched, and takes all that was asked until then.
func (s *stranger) saw(t *testing.T, picture string) (all []string) {
	t.Helper()
	eventually(t, picture+" is fetched", func() bool {
		all = append(all, s.was()...)
		for _, asked := range all {
			if strings.Contains(asked, picture) {
				return true
			}
		}
		return false
	})
	return all
}

// write is the nth hostile mail: the last of it is a picture.
func (s *stranger) write(desk string, n int) string {
	at, err := url.Parse(s.URL)
	if err != nil {
		panic(err) // a server's address is one
	}
	run := `try{top.ran=1;parent.ran=1}catch(e){};document.title='ran';alert(1);new Image().src='` + s.URL + `/bad/ran'`
	html := strings.NewReplacer("HERE", s.URL, "HOST", at.Host, "DESK", desk, "RUN", run).Replace(hostile[n].html)
	html = fmt.Sprintf(`<img src="%s/img/first-%d.png">%s<p>The end</p>`, s.URL, n, html)
	return mail("Mallory <mallory@example.org>", "Hostile: "+hostile[n].name, html, "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: 8bit")
}

// whatHappens tells of what must not: questions that a page asks by script, and
// what the console's own page fetches from elsewhere.
func (p person) whatHappens() (told func() []string) {
	var mu sync.Mutex
	var list []string
	base := p.c.Now.Load().Base + "/"
	p.Listen(func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case *page.EventJavascriptDialogOpening:
			list = append(list, "a question: "+ev.Message)
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, base) && !strings.HasPrefix(u, "data:") && !strings.Contains(u, "/img/") {
				list = append(list, "a request: "+u)
			} else if ev.Request.Method != http.MethodGet {
				list = append(list, ev.Request.Method+" "+u)
			}
		}
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), list...)
	}
}

// Hostile mails are opened one after another. Nothing of them runs, nothing is
// fetched before it is asked for, and then pictures alone; the page stays where it
// is, and whose it is.
func TestLongConsoleShowsHostileMails(t *testing.T) {
	t.Parallel()
	c, s := newConsole(t), newStranger(t)
	c.rule(map[string]any{"kind": "block", "target": "email:mallory@example.org"})
	var mails []string
	for n := range hostile {
		mails = append(mails, s.write(c.Now.Load().Base, n))
	}
	c.mailed(mails...)
	p := c.person(t, "supervisor", "sue")
	told := p.whatHappens()
	for n, h := range hostile {
		m := c.In("held", "Hostile: "+h.name)
		at := "/blocked/" + m.Ticket
		p.open(at)
		p.harmless(at, m)
		if asked := s.was(); len(asked) > 0 {
			t.Errorf("%s fetches unasked: %q", h.name, asked)
		}
		p.open(at + "?images=true")
		shown := s.saw(t, fmt.Sprintf("/img/first-%d.png", n))
		p.harmless(at, m)
		p.open("/messages/" + m.ID + "/html?images=true") // whole when its pictures are
		for _, asked := range append(shown, s.was()...) {
			if !strings.HasPrefix(asked, "image /img/") || !strings.HasSuffix(asked, " ") {
				t.Errorf("%s fetches %q", h.name, asked)
			}
		}
		p.Is(`document.title === "Message" && location.pathname.startsWith("/messages/")`)
		p.Is(inert)
	}
	p.open("/")
	p.At("/") // still signed in
	if list := append(told(), s.was()...); len(list) > 0 {
		t.Errorf("%q", list)
	}
}

// inert is whether a document has nothing that runs, sends or fetches by itself.
const inert = `(() => {
	const wrong = [...document.querySelectorAll("script, iframe, object, embed, form, input, button, link, meta[http-equiv], base[href], video, audio, svg, math, dialog, [autofocus], body [id], body [name]")];
	const handlers = [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on") || /^\s*(javascript|vbscript):/i.test(a.value)));
	return wrong.length + handlers.length === 0 || (() => { throw new Error([...wrong, ...handlers].map((e) => e.outerHTML.slice(0, 200)).join("\n")) })();
})()`

// harmless wants the ticket's page to be the console's own still.
func (p person) harmless(at string, m housetest.Message) {
	p.c.T.Helper()
	p.Until(`document.querySelector("iframe")?.offsetHeight > 0`)
	p.Is(fmt.Sprintf(`location.pathname === %q && window.ran === undefined && document.title.startsWith(%q)`, at, m.Subject))
	p.Is(`document.querySelector("header .brand").checkVisibility() && !document.querySelector("dialog[open]")`)
	p.Is(`(() => { const r = document.querySelector("header .brand").getBoundingClientRect();
		return document.querySelector("header").contains(document.elementFromPoint(r.x + 5, r.y + 5)) })()`)
	p.Is(`document.activeElement === document.body || document.activeElement.closest("main, header, nav") !== null && document.activeElement.tagName !== "IFRAME"`)
}

// What strangers call themselves, their mails and their files is text wherever it
// is shown.
func TestLongConsoleShowsNamesAsText(t *testing.T) {
	t.Parallel()
	c := newConsole(t, textsHook)
	c.rule(map[string]any{"kind": "block", "target": "domain:example.org", "reason": wrongNames[0], "comment": wrongNames[1]})
	var mails []string
	for n, name := range wrongNames {
		from := fmt.Sprintf("%q <w%d@example.org>", name, n)
		body := "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + name + "\r\n--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename*=utf-8''" +
			url.PathEscape(name) + "\r\n\r\n<script>top.ran=1</script>\r\n--b--\r\n"
		mails = append(mails, mail(from, name, body, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b"))
		visitor := fmt.Sprintf(`{"id":"%d","visitor_id":"v%[1]d","name":%q,"text":%q,"page":{"url":"https://www.example.com/","title":%[2]q}}`, n, name, name+" "+planted)
		_, err := c.Ask(http.MethodPost, housetest.Door, visitor)
		must(t, err)
	}
	c.mailed(mails...)
	c.texted(`{"id":"9","from":"<script>top.ran=1</script>","text":12}`)
	c.Decided(map[string]int{"site-chat": len(wrongNames)})
	p := c.person(t, "admin", "ada")
	told := p.whatHappens()
	p.crawl(func(path string) {
		p.Is(`window.ran === undefined`)
		p.Is(`[...document.querySelectorAll("body *")].every((e) => ![...e.attributes].some((a) => a.name.startsWith("on")))`)
		p.Is(`document.querySelectorAll("main script, main svg[onload], main img").length === 0`)
	})
	for path, name := range map[string]string{"/blocked?by=": wrongNames[0], "/blocked?by=contact": wrongNames[1], "/contacts?q=w3%40example.org": wrongNames[3],
		"/search?q=w0%40example.org": wrongNames[0], "/rules": wrongNames[0]} {
		p.open(path)
		p.See(name)
	}
	if list := told(); len(list) > 0 {
		t.Errorf("%q", list)
	}
}
