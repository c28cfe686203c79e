package mime

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlToText makes readable text of html: blocks and <br> end lines, list
// items begin with "- ", cells of a row are kept apart, links keep their
// address where it says more than their text, quotations begin with ">".
// What a reader does not see gives nothing, unless nothing else is there.
func htmlToText(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	if text := walkHTML(s, true); text != "" {
		return text
	}
	return walkHTML(s, false)
}

func walkHTML(s string, hide bool) string {
	w := &htmlWalker{hide: hide}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.String()
		case html.TextToken:
			if w.hidden == 0 {
				w.text(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			w.open(atom.Lookup(name), tagAttributes(z, more))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(atom.Lookup(name))
		}
	}
}

// attributes are those that matter for the text.
type attributes struct {
	href, alt string
	hidden    bool
}

func tagAttributes(z *html.Tokenizer, more bool) (a attributes) {
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "href":
			a.href = string(value)
		case "alt":
			a.alt = string(value)
		case "hidden":
			a.hidden = true
		case "style":
			a.hidden = a.hidden || hiding(string(value))
		}
	}
	return a
}

// hiding reports styles that take an element out of sight.
func hiding(style string) bool {
	style = strings.ToLower(strings.ReplaceAll(style, " ", ""))
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") ||
		strings.Contains(style, "mso-hide:all") || strings.Contains(style, "font-size:0;") || strings.HasSuffix(style, "font-size:0")
}

// htmlWalker writes text while it walks over tags.
type htmlWalker struct {
	hide   bool
	out    strings.Builder
	breaks int  // line ends owed before the next text
	blank  bool // a blank is owed before the next text
	quote  int  // depth of blockquotes
	pre    int  // depth of <pre>

	hidden   int       // depth of tags of the name hideTag since it hid
	hideTag  atom.Atom // which tag hides
	link     string    // address of the link under way
	linkFrom int       // where its text begins
}

// maxQuote bounds the ">" written before a line.
const maxQuote = 10

func (w *htmlWalker) open(tag atom.Atom, a attributes) {
	if w.hidden > 0 {
		if tag == w.hideTag {
			w.hidden++
		}
		return
	}
	if unseen(tag) || w.hide && a.hidden && !void(tag) {
		w.hidden, w.hideTag = 1, tag
		return
	}
	switch tag {
	case atom.Br:
		w.newline()
	case atom.A:
		w.endLink()
		w.link, w.linkFrom = a.href, w.out.Len()
	case atom.Img:
		w.words(a.alt)
	case atom.Li:
		w.owe(1)
		w.words("- ")
	case atom.Td, atom.Th:
		w.blank = w.blank || w.breaks == 0 && w.out.Len() > 0
	case atom.Blockquote:
		w.owe(1)
		w.quote++
	case atom.Pre:
		w.owe(1)
		w.pre++
	case atom.Hr:
		w.owe(1)
	default:
		w.owe(blockBreaks(tag))
	}
}

func (w *htmlWalker) close(tag atom.Atom) {
	if w.hidden > 0 {
		if tag == w.hideTag {
			w.hidden--
		}
		return
	}
	switch tag {
	case atom.A:
		w.endLink()
	case atom.Blockquote:
		w.owe(1)
		w.quote = max(w.quote-1, 0)
	case atom.Pre:
		w.owe(1)
		w.pre = max(w.pre-1, 0)
	default:
		w.owe(blockBreaks(tag))
	}
}

// unseen elements give no text.
func unseen(tag atom.Atom) bool {
	switch tag {
	case atom.Style, atom.Script, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg, atom.Select, atom.Textarea:
		return true
	}
	return false
}

// void elements have no end tag, so cannot hide anything behind them.
func void(tag atom.Atom) bool {
	switch tag {
	case atom.Img, atom.Br, atom.Hr, atom.Input, atom.Meta, atom.Link, atom.Col, atom.Area, atom.Base, atom.Wbr, 0:
		return true
	}
	return false
}

// blockBreaks is how many line ends surround an element.
func blockBreaks(tag atom.Atom) int {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl:
		return 2
	case atom.Div, atom.Tr, atom.Table, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address,
		atom.Form, atom.Fieldset, atom.Center, atom.Dt, atom.Dd, atom.Li, atom.Body, atom.Figure, atom.Main, atom.Nav:
		return 1
	}
	return 0
}

// owe asks for at least n line ends before the next text.
func (w *htmlWalker) owe(n int) {
	if n > 0 && w.out.Len() > 0 {
		w.breaks, w.blank = max(w.breaks, n), false
	}
}

// newline is a <br>: one more line end.
func (w *htmlWalker) newline() {
	if w.out.Len() > 0 {
		w.breaks, w.blank = min(w.breaks+1, 3), false
	}
}

// text writes character data: runs of blanks count as one, except in <pre>.
func (w *htmlWalker) text(raw []byte) {
	if w.pre > 0 {
		for i, line := range strings.Split(newlines(string(raw)), "\n") {
			if i > 0 {
				w.newline()
			}
			if line != "" {
				w.flush()
				w.out.WriteString(line)
			}
		}
		return
	}
	w.words(string(raw))
}

func (w *htmlWalker) words(s string) {
	for s != "" {
		i := 0
		for i < len(s) && !htmlSpace(s[i]) {
			i++
		}
		if i > 0 {
			w.flush()
			w.out.WriteString(s[:i])
		}
		if i < len(s) {
			w.blank = w.blank || w.breaks == 0 && w.out.Len() > 0
			i++
		}
		s = s[i:]
	}
}

func htmlSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// flush writes what is owed before text.
func (w *htmlWalker) flush() {
	fresh := w.out.Len() == 0
	for range w.breaks {
		w.out.WriteByte('\n')
	}
	if (w.breaks > 0 || fresh) && w.quote > 0 {
		w.out.WriteString(strings.Repeat(">", min(w.quote, maxQuote)))
		w.out.WriteByte(' ')
	} else if w.blank && w.breaks == 0 {
		w.out.WriteByte(' ')
	}
	w.breaks, w.blank = 0, false
}

// endLink adds a link's address if its text does not say it.
func (w *htmlWalker) endLink() {
	href := strings.TrimSpace(w.link)
	w.link = ""
	if len(href) > 2000 || !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "mailto:") {
		return
	}
	text := strings.TrimSpace(w.out.String()[min(w.linkFrom, w.out.Len()):])
	if text == "" || sameAddress(text, href) {
		return
	}
	w.words(" (" + strings.TrimPrefix(href, "mailto:") + ")")
}

// sameAddress reports that a link's text is its address.
func sameAddress(text, href string) bool {
	bare := func(s string) string {
		for _, p := range []string{"mailto:", "https://", "http://", "www."} {
			s = strings.TrimPrefix(s, p)
		}
		return strings.TrimSuffix(strings.ToLower(s), "/")
	}
	return bare(text) == bare(href)
}

func (w *htmlWalker) String() string {
	text := strings.ReplaceAll(w.out.String(), "\u00a0", " ")
	return strings.TrimSpace(clean(text))
}

// metaSample bounds where <meta charset> is looked for (HTML §13.2.3.2).
const metaSample = 2048

// metaCharset finds the charset that html declares for itself.
func metaCharset(raw []byte) string {
	head := strings.ToLower(string(raw[:min(len(raw), metaSample)]))
	_, rest, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \"'")
	if end := strings.IndexAny(rest, "\"' ;>/"); end >= 0 {
		return rest[:end]
	}
	return ""
}
