//go:build long

package mime

import (
	"strings"
	"testing"
)

// TestLongHostileParts reads them at the sizes that a mail may have.
func TestLongHostileParts(t *testing.T) {
	for name, make := range hostileParts {
		raw := []byte(make(100_000))
		m := Read(raw, Options{})
		checkInvariants(t, raw, m)
		if n := len(m.Attachments); n > 0 {
			if _, err := Attachment(raw, n-1); err != nil {
				t.Errorf("%s: the last of %d attachments: %v", name, n, err)
			}
		}
	}
}

// TestLongReplyOfHostileTexts takes texts that make careless parsers take for ever.
func TestLongReplyOfHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"quoted lines":     strings.Repeat("> a\n", 200_000),
		"openers":          strings.Repeat("On ", 200_000) + "wrote:",
		"folded openers":   strings.Repeat("On 1 March 2024 Ann\n", 100_000),
		"colons":           strings.Repeat("On 1 March 2024, a@b.example:\nx\n", 50_000),
		"blank lines":      strings.Repeat("On 1 March 2024\n\n\n\n\n\n\n\n", 50_000),
		"rules":            strings.Repeat("-----\n\n", 100_000),
		"header fields":    strings.Repeat("From: a\n", 100_000),
		"signature marks":  strings.Repeat("-- \n", 100_000),
		"answers on lines": strings.Repeat("a On 1 March 2024, a@b.example wrote:\n> b\n", 20_000),
		"one line":         strings.Repeat("a On 1 ", 200_000),
		"marked headers":   strings.Repeat("> On 1 March 2024\na\n", 50_000),
		"broken lines":     "On 1 March 2024 Ann wrote:\n" + strings.Repeat("> "+strings.Repeat("a", 70)+"\nb\n", 50_000),
		"answers":          "On 1 March 2024 Ann wrote:\n" + strings.Repeat("> a\n\nb\n\n", 50_000),
		"folded fields":    strings.Repeat("To: a@b.example,\nc@d.example,\n", 50_000),
		"labels":           strings.Repeat("A: <a@b.example> 2024 1:00\n", 100_000),
		"rules and fields": strings.Repeat("-----\nFrom: a@b.example\n\n", 50_000),
		"advertisements":   strings.Repeat("Sent from my iPhone\n", 100_000),
		"blanks below":     "a\n--\n" + strings.Repeat("\n", 200_000),
		"fields between":   "On 1 March 2024 Ann wrote:\n> a\n" + strings.Repeat("From: a\n", 100_000),
		"open brackets":    strings.Repeat("On 1 March 2024 <\n", 100_000),
		"wrote":            strings.Repeat("On 1 March 2024 wrote:\na\n", 50_000),
	} {
		if got := splitReply(text); got.reply == "" {
			t.Errorf("%s: no reply", name)
		}
	}
}

// TestLongSafeHTML makes large pages safe that were made to be dear.
func TestLongSafeHTML(t *testing.T) {
	for _, page := range []string{
		strings.Repeat("<", 300_000), strings.Repeat("<div>", 100_000), strings.Repeat("<div style=display:none>", 100_000),
		strings.Repeat("<b><table>", 50_000) + strings.Repeat("</b>", 100_000), strings.Repeat("<style>.a{display:none}</style>", 20_000),
		strings.Repeat("<style>", 50_000), strings.Repeat("<p style='color:red;", 20_000), "<p style='" + strings.Repeat("color:red;", 20_000) + "'>a",
		strings.Repeat("<a href=http://a.example/", 20_000), strings.Repeat("<img src=cid:a>", 50_000), strings.Repeat("text ", 2_000_000),
	} {
		if got := SafeHTML(page); len(got) > 6*len(page)+100*maxNested {
			t.Errorf("%d octets became %d", len(page), len(got))
		}
	}
}

// TestLongBounceHostile reads reports at the sizes that a mail may have.
func TestLongBounceHostile(t *testing.T) {
	for _, make := range bounceHostile {
		checkBounce(t, Read([]byte(make(400_000)), Options{}).Bounce)
	}
}
