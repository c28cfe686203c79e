package mime

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attributes are those that matter for the text.
type attributes struct {
	href, alt, style string
	hidden           bool
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
			a.style = string(value)
		}
	}
	return a
}

// hiding reports styles that take an element out of sight. Letters of no size
// hide only where no element within can have others: templates set them around
// whole mails.
func hiding(tag atom.Atom, style string) bool {
	hidden, flat, clipped := false, false, false
	for one := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(one, ":")
		value, _, _ = strings.Cut(strings.TrimSpace(value), "!")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "display":
			hidden = hidden || value == "none"
		case "visibility":
			hidden = hidden || value == "hidden" || value == "collapse"
		case "mso-hide":
			hidden = hidden || value == "all"
		case "opacity":
			hidden = hidden || zeroSize(value)
		case "font-size":
			hidden = hidden || zeroSize(value) && (tag == atom.Span || tag == atom.Font)
		case "height", "max-height":
			flat = flat || zeroSize(value)
		case "overflow":
			clipped = clipped || value == "hidden"
		}
	}
	return hidden || flat && clipped
}

// zeroSize reports a size of nothing in whatever unit.
func zeroSize(value string) bool {
	number := strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz% ")
	return number != "" && strings.Trim(number, "0.") == "" && number != "."
}

// unseen elements give no text.
func unseen(tag atom.Atom) bool {
	switch tag {
	case atom.Style, atom.Script, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg, atom.Math, atom.Select,
		atom.Textarea, atom.Iframe, atom.Audio, atom.Video, atom.Canvas, atom.Applet, atom.Noframes, atom.Noembed:
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
