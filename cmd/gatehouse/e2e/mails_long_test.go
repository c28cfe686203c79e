//go:build long && dovecot

package e2e

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A piece is a mail that the test can tell from all others, and what is to
// become of it.
type piece struct {
	mark string // stands in its first line; equal mails share one
	text string
	fate string // a state; empty: that of the same mail in an undisturbed mailbox
}

// marker begins the first line of each mail, so that it is found whatever the
// rest of the mail is.
const marker = "X-Marker: "

func newPiece(mark, fate, text string) piece {
	return piece{mark, marker + mark + "\r\n" + strings.ReplaceAll(text, "{mark}", mark), fate}
}

// Whom the rules name, what the database refuses, and where the line breaks.
const (
	bannedSender = "shut-out@example.net"
	blockedHost  = "set-aside.example.net"
	unstorable   = "no database takes this"
	breakHere    = "the line breaks just here"
	mailLimit    = 256 << 10 // octets
)

// goldens are the mails of package mime, of all the kinds that there are.
func goldens(t *testing.T) (list []piece) {
	t.Helper()
	files, err := filepath.Glob("../../../channels/mime/testdata/*.eml")
	must(t, err)
	if len(files) < 400 {
		t.Fatalf("%d golden mails", len(files))
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		must(t, err)
		list = append(list, newPiece("golden "+strings.TrimSuffix(filepath.Base(f), ".eml"), "", string(raw)))
	}
	return list
}

// correspondence is n mails: the goldens among generated ones, the same each time.
func correspondence(n int, goldens []piece) []piece {
	list := make([]piece, n)
	random := rand.New(rand.NewPCG(7, 11))
	for i := range list {
		if i%20 == 7 && i/20 < len(goldens) {
			list[i] = goldens[i/20]
			continue
		}
		list[i] = generated(random, i)
	}
	return list
}

// generated is the i-th mail: every kind comes in each hundred, what is rare in
// each two thousand.
func generated(random *rand.Rand, i int) piece {
	mark := fmt.Sprintf("mail %d", i)
	from := fmt.Sprintf("customer%d@example.com", i/10)
	switch {
	case i%2000 == 998:
		return newPiece(mark, "dead", written(i, from, "", unstorable))
	case i%2000 == 1498:
		return newPiece(mark, "held", written(i, from, "", filler(random, mailLimit+1000)))
	case i%100 == 43:
		return newPiece("equal", "conversed", written(0, "twin@example.org", "Message-ID: <twin@example.org>", "Word for word the same."))
	case i%25 == 4:
		return newPiece(mark, "refused", written(i, bannedSender, "", "You will not read this."))
	}
	switch i % 10 {
	case 3:
		return newPiece(mark, "held", written(i, fmt.Sprintf("c%d@%s", i%300, blockedHost), "", "Please read me."))
	case 5:
		return newPiece(mark, "conversed", attached(random, i, from))
	case 6:
		return newPiece(mark, "conversed", written(i, from, "Content-Type: text/html", "<p>My <b>parcel</b> has not come.</p>"))
	case 8:
		return newPiece(mark, "conversed", broken(random, i, from))
	case 9:
		return newPiece(mark, "conversed", written(i, from, "", "No Message-ID on this one."))
	}
	return newPiece(mark, "conversed", thread(i, from))
}

// written is a mail with a header field of its own, or none.
func written(i int, from, field, body string) string {
	if field != "" {
		field += "\r\n"
	}
	return fmt.Sprintf("From: <%s>\r\nTo: support@example.org\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\nSubject: About {mark}\r\n"+
		"MIME-Version: 1.0\r\n%s\r\n%s {mark} %d %s\r\n", from, field, planted, i, body)
}

// thread is a mail that answers the first of its ten, which is one of them.
func thread(i int, from string) string {
	first := fmt.Sprintf("<t%d@example.com>", i/10*10)
	if i%10 == 0 {
		return written(i, from, "Message-ID: "+first, "Where is my parcel?")
	}
	return written(i, from, fmt.Sprintf("Message-ID: <t%d@example.com>\r\nIn-Reply-To: %s\r\nReferences: %s", i, first, first), "Still not here.")
}

func attached(random *rand.Rand, i int, from string) string {
	data := make([]byte, 2000+random.IntN(60_000))
	for k := range data {
		data[k] = byte(random.Uint32())
	}
	return written(i, from, "Content-Type: multipart/mixed; boundary=b", "\r\n--b\r\n\r\nSee the picture.\r\n--b\r\nContent-Type: image/png; name=p.png\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString(data)+"\r\n--b--\r\n")
}

// broken is a mail that a program wrote badly.
func broken(random *rand.Rand, i int, from string) string {
	switch random.IntN(4) {
	case 0:
		return written(i, from, "Content-Type: multipart/mixed; boundary=\"never", "--never closed")
	case 1:
		return written(i, from, "Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64", "!!! no base64 \xff\xfe")
	case 2:
		return written(i, from, "Content-Type: multipart/alternative; boundary=x", "--x\r\nContent-Type: text/html\r\n\r\n<p><table><p>cut of")
	}
	return strings.Replace(written(i, from, "Message-ID: <<broken @ >", "\x80\x81 no charset"), "Date: Fri,", "Date: sometime,", 1)
}

// longPiece is a mail of which much follows where the line breaks.
func longPiece() piece {
	random := rand.New(rand.NewPCG(1, 2))
	return newPiece("long", "conversed", written(1, "long@example.com", "", filler(random, 60_000)+"\r\n"+breakHere+"\r\n"+filler(random, 60_000)))
}

func filler(random *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "line %d of a long mail\r\n", random.Uint32())
	}
	return b.String()
}
