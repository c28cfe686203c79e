package mime

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTMLText is what a page says, as plain text: what a message says that has no
// other text.
func HTMLText(page string) string { return htmlToText(page) }

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

// htmlWalker writes text while it walks over tags.
type htmlWalker struct {
	hide   bool
	out    strings.Builder
	breaks int  // line ends owed before the next text
	blank  bool // a blank is owed before the next text
	quote  int  // depth of blockquotes
	pre    int  // depth of <pre>
	bullet bool // the mark of a list's item is owed, in front of its first text

	preBegins bool // a line end here is not shown (HTML §13.2.6.4.7)

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
	if unseen(tag) || w.hide && !void(tag) && (a.hidden || a.style != "" && hiding(tag, a.style)) {
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
		w.bullet = true
	case atom.Td, atom.Th:
		w.blank = w.blank || w.breaks == 0 && w.out.Len() > 0
	case atom.Blockquote:
		w.owe(1)
		w.quote++
	case atom.Pre:
		w.owe(1)
		w.pre++
		w.preBegins = true
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
	case atom.Li:
		w.bullet = false
		w.owe(1)
	default:
		w.owe(blockBreaks(tag))
	}
}

// owe asks for at least n line ends before the next text.
func (w *htmlWalker) owe(n int) {
	if n > 0 && w.out.Len() > 0 && !w.bullet {
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
		text := newlines(string(raw))
		if w.preBegins {
			text = strings.TrimPrefix(text, "\n")
		}
		w.preBegins = false
		for i, line := range strings.Split(text, "\n") {
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
	if w.breaks, w.blank = 0, false; w.bullet {
		w.bullet = false
		w.out.WriteString("- ")
	}
}

// endLink adds a link's address if its text does not say it.
func (w *htmlWalker) endLink() {
	href := linkAddress(w.link)
	w.link = ""
	if href == "" {
		return
	}
	text := strings.TrimSpace(w.out.String()[min(w.linkFrom, w.out.Len()):])
	if text == "" || sameAddress(text, href) {
		return
	}
	w.words(" (" + href + ")")
}

// linkAddress is what a link's address says to a reader; "" if it leads
// nowhere outside of the mail, or is too long to be read.
func linkAddress(href string) string {
	href = strings.TrimSpace(href)
	scheme, rest, ok := strings.Cut(href, ":")
	switch scheme = strings.ToLower(scheme); {
	case len(href) > 2000:
		return ""
	case scheme == "mailto":
		rest, _, _ = strings.Cut(rest, "?")
		return rest
	case ok && (scheme == "http" || scheme == "https" || scheme == "ftp" || scheme == "tel" || scheme == "sms"):
		return href
	case len(href) > 4 && strings.EqualFold(href[:4], "www."):
		return href
	}
	return ""
}

// sameAddress reports that a link's text is its address.
func sameAddress(text, href string) bool {
	bare := func(s string) string {
		for _, p := range []string{"mailto:", "tel:", "https://", "http://", "www."} {
			s = strings.TrimPrefix(s, p)
		}
		return strings.TrimSuffix(strings.ToLower(s), "/")
	}
	return bare(text) == bare(href)
}

// trimLines takes the blanks off the ends of lines.
func trimLines(text string) string {
	if !strings.Contains(text, " \n") {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	for line := range strings.SplitAfterSeq(text, "\n") {
		bare, end := strings.CutSuffix(line, "\n")
		out.WriteString(strings.TrimRight(bare, " "))
		if end {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// String is the text, without what stands around it.
func (w *htmlWalker) String() string {
	text := strings.ReplaceAll(w.out.String(), "\u00a0", " ")
	return strings.TrimSpace(clean(trimLines(text)))
}
