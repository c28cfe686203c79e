package mime

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

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

// metaSample bounds where <meta charset> is looked for (HTML §13.2.3.2).
const metaSample = 2048

// metaCharset finds the charset that html declares for itself.
func metaCharset(raw []byte) string {
	head := strings.ToLower(string(raw[:min(len(raw), metaSample)]))
	_, rest, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(html.UnescapeString(rest[:min(len(rest), 100)]), " \"'")
	if end := strings.IndexAny(rest, "\"' ;>/"); end >= 0 {
		return rest[:end]
	}
	return ""
}
