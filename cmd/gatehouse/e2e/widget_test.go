//go:build long && chromium

package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gatehouse/cmd/gatehouse/browsertest"
	"gatehouse/cmd/gatehouse/housetest"
)

// example is where the page of the documentation says that the door is.
const example = "https://support.example.com"

// A site has the widget of the documentation on its page, in a browser. Its door
// is at an address of its own, behind a proxy, as after each start the program's
// is another.
type site struct {
	house
	tab  browsertest.Tab
	page *httptest.Server
	door *httptest.Server
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{}
	s.door = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			program, err := url.Parse(s.Now.Load().Base)
			must(t, err)
			r.SetURL(program)
			r.SetXForwarded()
			r.Out.Header.Set("X-Country", "DE")
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	t.Cleanup(s.door.Close)
	s.page = httptest.NewServer(http.HandlerFunc(s.documents))
	t.Cleanup(s.page.Close)
	s.house = newHouse(t, fmt.Sprintf("{name: site-chat, kind: chat, origins: [%q], region_header: X-Country}", s.page.URL))
	s.Serve()
	s.tab = browsertest.Open(t)
	s.visit("/")
	return s
}

// documents serves the page and the script as they are, but for the door's address.
func (s *site) documents(w http.ResponseWriter, r *http.Request) {
	name, kind := "index.html", "text/html; charset=utf-8"
	if strings.HasSuffix(r.URL.Path, "/widget.js") {
		name, kind = "widget.js", "text/javascript; charset=utf-8"
	}
	text, err := os.ReadFile("../../../docs/widget/" + name)
	must(s.T, err)
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write([]byte(strings.ReplaceAll(string(text), example, s.door.URL)))
}

// What is asked of the page.
const (
	aside   = `document.querySelector(".gatehouse")`
	panel   = `document.querySelector(".gatehouse section")`
	writing = `document.querySelector(".gatehouse form")`
)

// visit opens a page of the site, and the widget in it.
func (s *site) visit(path string) {
	s.T.Helper()
	s.tab.Do(chromedp.Navigate(s.page.URL + path))
	s.tab.Until(aside + ` && !` + aside + `.hidden`)
	s.tab.Do(chromedp.Click(chromedp.CSS(".gatehouse .opener")))
	s.tab.Until(`!` + panel + `.hidden && document.activeElement == ` + writing + `[0]`)
}

// types writes a message as a visitor does, with a key at the end.
func (s *site) types(text string) {
	s.T.Helper()
	s.tab.Do(chromedp.SendKeys(chromedp.CSS(".gatehouse textarea"), text+"\r"))
}

// attaches chooses a file for the next message.
func (s *site) attaches() {
	s.T.Helper()
	s.tab.Is(`(() => { const d = new DataTransfer(); d.items.add(new File(["\u0000a file"], "Größe.txt", {type: "text/plain"}));
		` + writing + `.querySelector("[type=file]").files = d.files; return true })()`)
}

// hasFile wants that file to be with the message.
func (s *site) hasFile(m housetest.Message) {
	s.T.Helper()
	sum := sha256.Sum256([]byte("\x00a file"))
	if len(m.Attachments) != 1 || m.Attachments[0].SHA256 != hex.EncodeToString(sum[:]) || m.Attachments[0].Filename != "Größe.txt" {
		s.T.Errorf("the file is %+v", m.Attachments)
	}
}

// shows waits until the last n messages on the page have a status.
func (s *site) shows(n int, status string) {
	s.T.Helper()
	s.tab.Until(fmt.Sprintf(`(() => { const l = [...document.querySelectorAll(".gatehouse li[data-id] small")].slice(-%d);
		return l.length == %[1]d && l.every((e) => e.textContent == %q) })()`, n, status))
}

// A visitor writes from the page, with a file; the desk sees that they type, and
// all that the browser said.
func TestLongWidgetIsWrittenTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.tab.Picture("widget-open")
	s.Follow("visitor.typing", func() {
		s.tab.Do(chromedp.SendKeys(chromedp.CSS(".gatehouse textarea"), " "))
	}, func(data string) bool { return strings.Contains(data, `"channel":"site-chat"`) })

	s.types("Hello " + planted)
	s.shows(1, "sent")
	m := s.In("conversed", "Hello")
	if tech := m.Technical; tech == nil || tech.Page.URL != s.page.URL+"/" || tech.Page.Title != "A shop with a chat" || tech.Widget != "example" ||
		tech.Locale != "en" || tech.Region != "DE" || tech.Device.OS != "Linux" || !strings.HasPrefix(tech.Device.Browser, "Chrome ") {
		t.Errorf("the browser said %+v", tech)
	}
	if m.ClientIP != "127.0.0.1" || m.From.How != "header" {
		t.Errorf("%+v", m.From)
	}

	s.attaches()
	s.types("With a file " + planted)
	s.shows(1, "sent")
	m = s.In("conversed", "With a file")
	s.hasFile(m)
	s.tab.Is(`gatehouse.reply("We are here.") === undefined`)
	s.tab.Until(`document.querySelector(".gatehouse li:last-child.reply")?.firstChild.textContent == "We are here."`)
	s.tab.Picture("widget-talk")

	at := s.page.URL + "/cart?of=1"
	s.Follow("visitor.page", func() { s.tab.Do(chromedp.Navigate(at)) },
		func(data string) bool { return strings.Contains(data, at) && strings.Contains(data, m.Conversation) })
}

// The program is killed while the visitor writes, and the page is left: what was
// acknowledged is stored, the rest is sent again, and nothing comes twice.
func TestLongWidgetLosesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var names []string
	say := func(n int) {
		name := "Line " + strconv.Itoa(n)
		names = append(names, name)
		s.types(name + " " + planted)
	}
	for n := range 6 {
		if say(n); n == 2 {
			s.Now.Load().Kill()
		}
	}
	s.shows(1, "waiting")
	s.visit("/again")
	s.shows(1, "waiting")
	s.attaches()
	say(6)
	s.Serve()
	s.shows(1, "sent")
	s.tab.Until(`!Object.keys(localStorage).some((k) => k.startsWith("gatehouse:out:"))`)
	s.Decided(map[string]int{"site-chat": len(names)})
	s.Holds(names...)
	s.hasFile(s.In("conversed", "Line 6"))
}

// A banned visitor's widget says what it is to say, or hides itself, and comes
// back when the ban is lifted.
func TestLongWidgetOfTheBannedHides(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.types("Hello " + planted)
	m := s.In("conversed", "Hello")
	s.Read(http.StatusOK, http.MethodPatch, "/settings", map[string]any{"chat_shows": "notice",
		"chat_notice": map[string]string{"*": "Leider nicht.", "en": "Not here, sorry."}}, nil)
	var rule housetest.Rule
	s.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "ban", "target": "visitor:" + m.From.Value}, &rule)
	s.types("Are you there? " + planted)
	s.tab.Until(`!` + writing + `.offsetHeight && document.querySelector(".gatehouse [role=status]").innerText == "Not here, sorry."`)
	s.shows(1, "not sent")
	s.tab.Picture("widget-notice")

	s.Read(http.StatusOK, http.MethodPatch, "/settings", map[string]any{"chat_shows": "hide"}, nil)
	s.tab.Until(`(dispatchEvent(new Event("focus")), ` + aside + `.hidden && getComputedStyle(` + aside + `).display == "none")`)
	s.tab.Picture("widget-hidden")
	s.tab.Do(chromedp.Navigate(s.page.URL + "/other"))
	s.tab.Until(aside + `.dataset.shows == "hide" && ` + aside + `.hidden`)

	s.Read(http.StatusNoContent, http.MethodDelete, "/rules/"+rule.ID, nil, nil)
	s.tab.Until(`(dispatchEvent(new Event("focus")), !` + aside + `.hidden)`)
	s.Decided(map[string]int{"site-chat": 1})
	s.Holds("Hello")
}
