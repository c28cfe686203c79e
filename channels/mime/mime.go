// Package mime reads the bytes of an e-mail into the one shape every message
// has. It never refuses a mail: whatever the bytes, what can be read is read,
// and what was wrong is listed as defects. Its cost grows linearly with the
// size of the mail, and depth, parts, header and addresses are bounded.
//
// Header blocks are read by go-message, after a repair pass took out what
// go-message refuses. Parts are cut out of the raw bytes here, without a
// copy: go-message puts no limit on a part's header, joins parts of mail with
// mixed line ends without a word, and cannot go on behind a broken part.
// Decoded attachments are never kept: they are hashed as they stream by, and
// [Attachment] decodes one again when it is asked for.
package mime

import (
	"fmt"

	"gatehouse/ingest"
)

// Limits of one mail. Passing one gives a defect limit_*; the rest is kept as
// an attachment or cut.
const (
	maxDepth     = 50       // multiparts within multiparts
	maxParts     = 1000     // parts of a mail
	maxHeader    = 1 << 20  // octets of a header block
	maxFields    = 5000     // fields of a header block
	maxAddresses = 1000     // mailboxes of a header
	maxAuthors   = 20       // mailboxes of From that rules meet
	maxText      = 16 << 20 // octets of decoded text, and of html
	maxDefects   = 100      // defects listed
	maxIDs       = 1000     // ids in References
)

// Options is what reading depends on besides the bytes.
type Options struct {
	// AnyLoop takes a foreign X-Loop for a loop too. Mailing lists and other
	// desks write it for themselves, so only a look at one file wants that.
	AnyLoop bool
}

// Mail is everything read out of a mail, in the form `gatehouse parse` prints.
// Every string is valid UTF-8 without NUL; no slice is nil.
type Mail struct {
	MessageID   string           `json:"message_id"`  // without angle brackets
	InReplyTo   string           `json:"in_reply_to"` // the first id
	References  []string         `json:"references"`  // in order, then ids of In-Reply-To alone
	Date        string           `json:"date"`        // RFC 3339 in the sender's own offset, or ""
	DateSource  string           `json:"date_source"` // date, received or none
	Subject     string           `json:"subject"`
	From        *ingest.Mailbox  `json:"from"`
	Sender      *ingest.Mailbox  `json:"sender"`
	ReplyTo     []ingest.Mailbox `json:"reply_to"`
	To          []ingest.Mailbox `json:"to"`
	CC          []ingest.Mailbox `json:"cc"`
	BCC         []ingest.Mailbox `json:"bcc"`
	Text        string           `json:"text"`        // the readable body
	TextSource  string           `json:"text_source"` // plain, html or none
	HTML        string           `json:"html"`        // as sent: never show it unsanitised
	ReplyText   string           `json:"reply_text"`  // only what this sender newly wrote
	QuotedText  string           `json:"quoted_text"` // what was taken for history
	Signature   string           `json:"signature"`   // what was taken for a signature
	Attachments []File           `json:"attachments"`
	Auto        string           `json:"auto"`
	AutoReasons []string         `json:"auto_reasons"`
	Bounce      *Bounce          `json:"bounce"`
	Defects     []ingest.Defect  `json:"defects"`

	// Unproven says that the mail names several authors: nobody can tell which
	// of them wrote it. What else is known of the sender, Senders tells.
	Unproven bool `json:"-"`
	// Authors are all the addresses that From names, the author's first: rules
	// meet every one of them.
	Authors []string `json:"-"`
	// returned are the mails that a report is about, nearest first.
	returned []string
	// Tokens are what looks like a reply token: see ingest.ReplyToken.
	Tokens []string `json:"-"`
	// Spam lists the headers that call it spam: see ingest.SpamHeaders.
	Spam []string `json:"-"`
}

// File is an attachment's description; its bytes stay in the raw mail.
type File struct {
	Filename    string `json:"filename"` // no directory; "" if none was given
	ContentType string `json:"content_type"`
	Disposition string `json:"disposition"` // inline or attachment
	ContentID   string `json:"content_id"`
	Size        int64  `json:"size"`   // octets after transfer decoding
	SHA256      string `json:"sha256"` // of the same octets, lower-case hexadecimal
	Charset     string `json:"charset"`
}

// Read reads a whole mail, whatever the bytes. Should a bug end the reading,
// an empty mail with the defect unreadable stands for it. What is to be stored
// is read by TryRead.
func Read(raw []byte, o Options) Mail {
	m, err := TryRead(raw, o)
	if err != nil {
		return unreadable(err)
	}
	return m
}

// TryRead is Read, but a bug that ends the reading is an error: such a mail is
// kept as it is, to be read again, and not taken for an empty one.
func TryRead(raw []byte, o Options) (Mail, error) {
	return guard(func() Mail { return read(raw, o) })
}

// guard makes an error of a panic, without its value, which may quote the mail.
func guard(read func() Mail) (m Mail, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			m, err = Mail{}, fmt.Errorf("the reader panicked: %T", cause)
		}
	}()
	return read(), nil
}

func read(raw []byte, o Options) Mail {
	r := newReader(o)
	root := r.parse(tidy(r, raw))
	m := r.envelope(root)
	m.Tokens = r.tokens(&m, root)
	r.assemble(&m, root)
	split := splitReply(withoutArmour(m.Text))
	m.ReplyText, m.QuotedText, m.Signature = split.reply, split.quoted, split.signature
	r.classify(&m, root)
	m.returned = returnedIDs(&m, root)
	m.Defects = r.defects
	return m
}

// ReadHeader reads a mail of which only the header is at hand: for a refusal
// by header and for mail too large to fetch. Text and attachments are empty.
func ReadHeader(header []byte, o Options) Mail {
	r := newReader(o)
	head, _ := splitHeader(r, "", tidy(r, header))
	root := r.entity("", head, nil)
	m := r.envelope(root)
	m.Tokens = r.tokens(&m, root)
	m.TextSource, m.Attachments = "none", []File{}
	r.classify(&m, root)
	m.Defects = r.defects
	return m
}

// unreadable is the mail of which nothing could be read.
func unreadable(cause error) Mail {
	return Mail{
		References: []string{}, ReplyTo: []ingest.Mailbox{}, To: []ingest.Mailbox{}, CC: []ingest.Mailbox{}, BCC: []ingest.Mailbox{},
		Attachments: []File{}, AutoReasons: []string{}, Authors: []string{}, Spam: []string{}, Tokens: []string{}, Auto: string(ingest.AutoNone), DateSource: "none", TextSource: "none",
		Defects: []ingest.Defect{{Code: "unreadable", Detail: cause.Error()}},
	}
}
