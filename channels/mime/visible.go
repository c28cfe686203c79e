package mime

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// visible is html without what a reader of the mail would not see, hidden by
// its own styles or by those of the page, and with the addresses of links and
// pictures made such that showing it fetches nothing.
func visible(page string) string {
	v := &visibleWriter{classes: hiddenClasses(page)}
	v.out.Grow(len(page))
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return v.out.String()
		case html.TextToken:
			if v.depth == 0 {
				v.out.Write(z.Raw())
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			v.tag(z.Token())
		}
	}
}

// visibleWriter writes tags and text that are not hidden.
type visibleWriter struct {
	out     strings.Builder
	classes []string  // that a style sheet of the page hides
	depth   int       // of tags of the name hides since it hid
	hides   atom.Atom // which tag hides
}

func (v *visibleWriter) tag(t html.Token) {
	end := t.Type == html.EndTagToken
	switch {
	case v.depth > 0:
		if t.DataAtom == v.hides && !end {
			v.depth++
		} else if t.DataAtom == v.hides {
			v.depth--
		}
	case end:
		v.out.WriteString(t.String())
	case unseen(t.DataAtom) || v.hidden(t):
		if !void(t.DataAtom) {
			v.depth, v.hides = 1, t.DataAtom
		}
	default:
		t.Attr = slices.DeleteFunc(t.Attr, func(a html.Attribute) bool { return a.Key == RemoteImage && !isWeb(a.Val) })
		for i := range t.Attr {
			t.Attr[i] = safeAddress(t.DataAtom, t.Attr[i])
		}
		t.Type = html.StartTagToken
		v.out.WriteString(t.String())
	}
}

func (v *visibleWriter) hidden(t html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if hiding(t.DataAtom, a.Val) {
				return true
			}
		case "class", "id":
			for _, name := range strings.Fields(a.Val) {
				if slices.Contains(v.classes, name) {
					return true
				}
			}
		}
	}
	return false
}

// safeAddress is an attribute whose address may be shown: that of a picture
// elsewhere under another name, one of another scheme without a value.
func safeAddress(tag atom.Atom, a html.Attribute) html.Attribute {
	if a.Key != "href" && a.Key != "src" {
		return a
	}
	a.Val = strings.TrimSpace(a.Val)
	scheme, rest, _ := strings.Cut(strings.ToLower(a.Val), ":")
	if a.Key == "src" && tag == atom.Img {
		switch {
		case isWeb("https:" + a.Val):
			a.Key, a.Val = RemoteImage, "https:"+a.Val
		case isWeb(a.Val):
			a.Key, a.Val = RemoteImage, scheme+a.Val[len(scheme):]
		case scheme != "cid" && (scheme != "data" || !strings.HasPrefix(rest, "image/")):
			a.Val = ""
		}
		return a
	}
	if !isWeb(a.Val) && scheme != "mailto" && scheme != "tel" {
		a.Val = ""
	}
	return a
}

// isWeb reports the address of something on some server.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// maxHiddenClasses bounds how many classes and ids are looked out for.
const maxHiddenClasses = 50

// hiddenClasses are the classes and ids that the page's style sheets hide
// whatever the screen is: what stands in blocks of @media is not looked at.
func hiddenClasses(page string) (names []string) {
	for len(names) < maxHiddenClasses {
		begin := indexFold(page, "<style")
		if begin < 0 {
			return names
		}
		page = page[begin+len("<style"):]
		end := indexFold(page, "</style")
		if end < 0 {
			return names
		}
		names = append(names, hidingRules(page[:end])...)
		page = page[end:]
	}
	return names
}

// indexFold finds a lower-case ASCII word in any case.
func indexFold(s, word string) int {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], word[0])
		if i < 0 || at+i+len(word) > len(s) {
			return -1
		}
		if at += i; strings.EqualFold(s[at:at+len(word)], word) {
			return at
		}
		at++
	}
}

// hidingRules are the single classes and ids of a style sheet's rules that
// hide, those within blocks left out.
func hidingRules(sheet string) (names []string) {
	depth, from, selector := 0, 0, ""
	for i, c := range []byte(sheet) {
		switch {
		case c == '{':
			if depth == 0 {
				selector = sheet[from:i]
			}
			depth, from = depth+1, i+1
		case c == '}' && depth > 0:
			if depth == 1 && !strings.Contains(selector, "@") && hiding(atom.Div, sheet[from:i]) {
				names = append(names, bareNames(selector)...)
			}
			depth, from = depth-1, i+1
		}
	}
	return names[:min(len(names), maxHiddenClasses)]
}

// bareNames are the classes and ids of a selector that stand alone.
func bareNames(selector string) (names []string) {
	for one := range strings.SplitSeq(selector, ",") {
		one = strings.TrimSpace(one[strings.LastIndexByte(one, '>')+1:])
		i := strings.LastIndexAny(one, ".#")
		if i >= 0 && i+1 < len(one) && !strings.ContainsAny(one, " :[*+~") {
			names = append(names, one[i+1:])
		}
	}
	return names
}
