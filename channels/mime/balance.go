package mime

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxNested bounds how deep the tags of shown html are nested; those beyond
// are left out, their text stays.
const maxNested = 200

// balance closes each tag that opens and leaves out those that close nothing,
// so that a mail cannot end an element of the page it is shown in.
func balance(page string) string {
	var b balancer
	b.out.Grow(len(page))
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			b.closeTo(0)
			return b.out.String()
		case html.TextToken:
			b.out.Write(z.Raw())
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(atom.Lookup(name))
		}
	}
}

// balancer knows the tags that are open.
type balancer struct {
	out  strings.Builder
	open []atom.Atom
}

func (b *balancer) start(t html.Token) {
	t.Type = html.StartTagToken
	if void(t.DataAtom) {
		b.out.WriteString(t.String())
		return
	}
	for len(b.open) > 0 && ends(t.DataAtom, b.open[len(b.open)-1]) {
		b.closeTo(len(b.open) - 1)
	}
	if len(b.open) < maxNested {
		b.open = append(b.open, t.DataAtom)
		b.out.WriteString(t.String())
	}
}

func (b *balancer) end(tag atom.Atom) {
	for i, open := range slices.Backward(b.open) {
		if open == tag {
			b.closeTo(i)
			return
		}
		if open == atom.Table && tag != atom.Table {
			return // as in HTML, what is within a table ends nothing around it
		}
	}
}

func (b *balancer) closeTo(n int) {
	for _, tag := range slices.Backward(b.open[n:]) {
		b.out.WriteString("</" + tag.String() + ">")
	}
	b.open = b.open[:n]
}

// ends reports that a tag ends the open one by the rules of HTML (§13.1.2.4).
func ends(tag, open atom.Atom) bool {
	switch open {
	case atom.Li:
		return tag == atom.Li
	case atom.Dt, atom.Dd:
		return tag == atom.Dt || tag == atom.Dd
	case atom.Td, atom.Th:
		return tag == atom.Td || tag == atom.Th || tag == atom.Tr || tag == atom.Tbody
	case atom.Tr:
		return tag == atom.Tr || tag == atom.Tbody || tag == atom.Tfoot || tag == atom.Thead
	case atom.P:
		return blockBreaks(tag) > 0 || tag == atom.Blockquote || tag == atom.Pre || tag == atom.Hr
	}
	return false
}
