package mime

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkDivision checks what holds of every division of a text: there is a
// reply where there is text, and no word is lost or made up.
func checkDivision(t interface{ Errorf(string, ...any) }, text string) {
	got := splitReply(text)
	if strings.TrimSpace(text) != "" && strings.TrimSpace(got.reply) == "" {
		t.Errorf("%q leaves no reply", text)
	}
	words := map[string]int{}
	for _, word := range undashed(text) {
		words[word]++
	}
	for _, word := range undashed(got.reply + "\n" + got.quoted + "\n" + got.signature) {
		words[word]--
	}
	for word, n := range words {
		if n != 0 {
			t.Errorf("%q: %d of %q lost: reply %q, quoted %q, signature %q", text, n, word, got.reply, got.quoted, got.signature)
		}
	}
}

// undashed are the words of a text; dashes between an answer and history on the
// same line go.
func undashed(text string) []string { return strings.Fields(strings.ReplaceAll(text, "-", " ")) }

// TestNoWordIsLost builds texts of the lines of all tables in any order.
func TestNoWordIsLost(t *testing.T) {
	lines := append([]string{"Fine.", "Is it red?", "> Is it?", ">> Nested", ">", "", "", "-- ", "--", "___", "Ann Lee", "Best regards,", "a sentence that goes on for quite some while, and ends here."}, attributionLines...)
	for _, block := range headerBlocks {
		lines = append(lines, strings.Split(block, "\n")...)
	}
	lines = append(lines, advertLines...)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(lines), 1, 25).Draw(t, "lines"), "\n")
		checkDivision(t, text)
	})
}

// TestReplyOfReply holds that a reply cut off above its history is not cut
// again.
func TestReplyOfReply(t *testing.T) {
	for _, c := range append(shapes, layouts...) {
		first := splitReply(c.text)
		if again := splitReply(first.reply); first.quoted != "" && !strings.Contains(first.reply, ">") && again.reply != first.reply && !strings.Contains(first.reply, "wrote:") {
			t.Errorf("%s: reply %q, of which %q", c.name, first.reply, again.reply)
		}
	}
}

// TestShareRight prints how much of all the tables is divided right; each has
// a test of its own that says what is not.
func TestShareRight(t *testing.T) {
	right := 0
	all := append(shapes, layouts...)
	for _, c := range all {
		want := c.want
		if want == "=" {
			want = strings.TrimSpace(c.text)
		}
		if splitReply(c.text).reply == want {
			right++
		}
	}
	for _, c := range htmlReplies {
		if reply := Read([]byte("Content-Type: text/html; charset=utf-8\n\n"+c.html), Options{}).ReplyText; strings.Join(strings.Fields(reply), " ") == "Fine. Bob" {
			right++
		}
	}
	for _, line := range attributionLines {
		if splitReply("Fine.\n\n"+line+"\n\n> Is it?\n").reply == "Fine." {
			right++
		}
	}
	for _, block := range headerBlocks {
		if splitReply("Fine.\n\n"+block+"\n\nIs it?\n").reply == "Fine." {
			right++
		}
	}
	for _, line := range advertLines {
		if splitReply("Fine.\n\n"+line).reply == "Fine." {
			right++
		}
	}
	total := len(all) + len(htmlReplies) + len(attributionLines) + len(headerBlocks) + len(advertLines)
	t.Logf("%d of %d texts divided right: %.1f %%", right, total, 100*float64(right)/float64(total))
	if right != total {
		t.Errorf("%d of %d texts divided wrong", total-right, total)
	}
}

func FuzzSplitReply(f *testing.F) {
	for _, c := range append(shapes, layouts...) {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkDivision(t, strings.ToValidUTF8(text, "?")) })
}
