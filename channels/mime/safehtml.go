package mime

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// maxShown bounds the octets of html that are made safe to show.
const maxShown = 4 << 20

// RemoteImage is the attribute that keeps the address of a picture which is
// not part of the mail. To show such pictures, because the reader asked for
// it, a console makes it "src".
const RemoteImage = "data-remote-src"

// SafeHTML makes a stranger's html safe to show within a page: text, its
// looks, tables, links and pictures of the mail itself stay. Scripts, forms,
// frames, style sheets, names and ids go, and so does what the mail hides.
// Links lead only to http, https, mailto and tel, in a window of their own.
// Pictures are those of the mail (cid:) or written out (data:); the address of
// others stands in the attribute RemoteImage, so that nothing is fetched.
// Every tag that opens is closed, and what is safe already stays as it is.
func SafeHTML(page string) string {
	page = clean(page)
	if len(page) > maxShown {
		page = strings.ToValidUTF8(page[:maxShown], "")
	}
	if strings.TrimSpace(page) == "" {
		return ""
	}
	safe := balance(showPolicy().Sanitize(visible(page)))
	if strings.TrimSpace(safe) == "" {
		return ""
	}
	return safe
}

// showPolicy is built once: it is a table, but one of compiled expressions.
var showPolicy = sync.OnceValue(newShowPolicy)

var (
	webAddress  = regexp.MustCompile(`^https?://`)
	shortText   = regexp.MustCompile(`^[^<>\x00]{0,1000}$`)
	plainWord   = regexp.MustCompile(`^[#\w\-. %,]{0,60}$`)
	plainNumber = regexp.MustCompile(`^-?\d{1,5}[%*]?$`)
	plainStyle  = regexp.MustCompile(`^[#\w\-. %,'"!()]{1,200}$`)
	noMinus     = regexp.MustCompile(`^(?:(?:\d{1,4}(?:\.\d{1,4})?(?:px|pt|em|rem|ex|%|cm|mm|in)?|auto)(?:\s+|$)){1,4}$`)
)

// newShowPolicy says what html may hold that is shown.
func newShowPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"a", "abbr", "address", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
		"colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5",
		"h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section",
		"small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u",
		"ul", "var", "wbr")
	p.AllowNoAttrs().OnElements("span", "font", "a")
	p.SkipElementsContent("select", "textarea", "svg", "math", "template", "xml", "applet", "audio", "video", "canvas", "map")
	showAddresses(p)
	showLooks(p)
	return p
}

func showAddresses(p *bluemonday.Policy) {
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.AllowDataURIImages()
	p.AllowRelativeURLs(false)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").OnElements("img")
	p.RewriteSrc(func(u *url.URL) {
		if u.Scheme != "cid" && u.Scheme != "data" {
			*u = url.URL{}
		}
	})
	p.AllowAttrs(RemoteImage).Matching(webAddress).OnElements("img")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
}

// isPlainStyle reports a value that only tells of looks and fetches nothing.
func isPlainStyle(value string) bool {
	return plainStyle.MatchString(value) && !strings.Contains(strings.ToLower(value), "url")
}

func showLooks(p *bluemonday.Policy) {
	p.AllowAttrs("alt", "title").Matching(shortText).Globally()
	p.AllowAttrs("dir", "lang", "align", "valign", "color", "bgcolor", "face", "size", "type").Matching(plainWord).Globally()
	p.AllowAttrs("width", "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "span", "start", "value").
		Matching(plainNumber).OnElements("table", "td", "th", "tr", "col", "colgroup", "img", "hr", "ol", "li")
	p.AllowStyles("color", "background-color", "font-family", "font-size", "font-style", "font-weight", "line-height", "text-align",
		"text-decoration", "text-transform", "vertical-align", "white-space", "direction", "border", "border-top", "border-right",
		"border-bottom", "border-left", "border-collapse", "border-color", "border-style", "border-width", "list-style-type").
		MatchingHandler(isPlainStyle).Globally()
	p.AllowStyles("margin", "margin-top", "margin-right", "margin-bottom", "margin-left", "padding", "padding-top", "padding-right",
		"padding-bottom", "padding-left", "width", "max-width", "height").Matching(noMinus).Globally()
}
