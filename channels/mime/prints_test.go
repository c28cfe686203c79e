package mime

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"gatehouse/ingest"
)

const printedMail = "From: a@example.com\nSubject: x\n folded\nStatus: RO\nX-Keywords: a\n b\nMessage-ID: <1@example.com>\n\nHello\n\nFrom here on\nbye\n"

// TestContentHash takes one mail as a server, an mbox file and a Maildir keep
// it: the hash is the same, and that of the plain form.
func TestContentHash(t *testing.T) {
	plain := []byte("From: a@example.com\nSubject: x\n folded\nMessage-ID: <1@example.com>\n\nHello\n\nFrom here on\nbye")
	want := ingest.Hash(sha256.Sum256(plain))
	for name, raw := range map[string]string{
		"as it is":       printedMail,
		"CRLF":           string(bytes.ReplaceAll([]byte(printedMail), []byte("\n"), []byte("\r\n"))),
		"mbox":           "From a@example.com Fri Mar  1 09:05:00 2024\n" + string(bytes.ReplaceAll([]byte(printedMail), []byte("\nFrom h"), []byte("\n>From h"))),
		"mbox, twice":    string(bytes.ReplaceAll([]byte(printedMail), []byte("\nFrom h"), []byte("\n>>From h"))),
		"blank lines":    printedMail + "\n\n\r\n",
		"no end of line": printedMail[:len(printedMail)-1],
	} {
		if got := Prints([]byte(raw))[0]; got != (ingest.Print{Kind: "raw", Hash: want}) {
			t.Errorf("%s: another content hash", name)
		}
	}
	for name, raw := range map[string]string{
		"body":            printedMail + "more",
		"status in body":  printedMail + "\nStatus: RO\n",
		"blank line more": string(bytes.Replace([]byte(printedMail), []byte("Hello\n"), []byte("Hello\n\n"), 1)),
	} {
		if Prints([]byte(raw))[0].Hash == want {
			t.Errorf("%s: the same content hash", name)
		}
	}
}

func TestHeaderPrint(t *testing.T) {
	head := "Received: from a\n by b; Fri, 1 Mar 2024\nReceived: from c\nFrom: a@example.com\nTo: b@example.com\nSubject: x\nDate: Fri, 1 Mar 2024\nMessage-ID: <1@example.com>\n"
	want, ok := HeaderPrint([]byte(head))
	if !ok || want.Kind != "mail" {
		t.Fatalf("print %v %t", want, ok)
	}
	sum := ingest.Sum("message-id", "<1@example.com>", "date", "Fri, 1 Mar 2024", "from", "a@example.com", "subject", "x",
		"received", "from a by b; Fri, 1 Mar 2024", "received", "from c")
	if want.Hash != sum {
		t.Error("the print is not over the five fields, unfolded")
	}
	for name, same := range map[string]string{
		"with a body":    head + "\nbody\nSubject: y\n",
		"folded anew":    string(bytes.ReplaceAll([]byte(head), []byte("from a\n by"), []byte("from\r\n\ta by"))),
		"another order":  "X-Other: 1\n" + head,
		"other To":       string(bytes.ReplaceAll([]byte(head), []byte("b@example.com"), []byte("z@example.com"))),
		"with mbox line": "From a@example.com Fri Mar  1 09:05:00 2024\n" + head,
	} {
		if got, _ := HeaderPrint([]byte(same)); got != want {
			t.Errorf("%s: another print", name)
		}
	}
	if got, _ := HeaderPrint([]byte("Received: from d\n" + head)); got == want {
		t.Error("another way here: the same print")
	}
	if _, ok := HeaderPrint([]byte("To: b@example.com\n\nx")); ok {
		t.Error("a header that names nothing has a print")
	}
}
