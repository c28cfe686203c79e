package ingest

import (
	"bytes"
	"net/netip"
	"time"
)

// Family groups the kinds of channel that behave alike.
type Family string

// The families of channels.
const (
	Email   Family = "email"
	SMS     Family = "sms"
	Chat    Family = "chat"
	Hook    Family = "webhook"
	Unknown Family = ""
)

// OneAtATime reports whether a contact has at most one unclosed conversation
// on a channel of the family. A mail thread is a conversation of its own, and
// a contact may have many.
func (f Family) OneAtATime() bool { return f == Chat || f == SMS }

// Sender is the author of a message: the canonical identity, and what was
// written to name it.
type Sender struct {
	Identity
	Name    string `json:"name"`    // as the sender gives it
	Address string `json:"address"` // as written, before it was made canonical
}

// Mailbox is a recipient as written.
type Mailbox struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Auto says whether a person wrote the message.
type Auto string

// What a message may be instead of a person's own. The empty value is never
// stored: readers write AutoNone.
const (
	AutoNone     Auto = "none"
	AutoReply    Auto = "auto_reply"
	AutoBounce   Auto = "bounce"
	AutoList     Auto = "list"
	AutoFeedback Auto = "feedback"
	AutoLoop     Auto = "loop"
)

// Attachment is a file of a message. Its bytes are in the raw message and read
// out of it by Index; or the message only names it: then it is pending until
// its bytes were fetched.
type Attachment struct {
	Index       int    `json:"index"`
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	Disposition string `json:"disposition"` // inline or attachment
	ContentID   string `json:"content_id"`
	Size        int64  `json:"size"`                   // octets after transfer decoding
	SHA256      string `json:"sha256"`                 // lower-case hexadecimal
	Status      string `json:"status"`                 // stored, pending or failed
	Error       string `json:"error,omitempty"`        // why it failed, or the last try of a pending one: a code
	FetchedType string `json:"fetched_type,omitempty"` // its type as its source said when it was fetched
}

// Technical is what the sender's device and page said of themselves, for chats,
// and for mail that was delivered to us its envelope. An IP found in a mail's
// headers is not the customer's.
type Technical struct {
	Page     *Page   `json:"page,omitempty"`
	Widget   string  `json:"widget,omitempty"`
	Locale   string  `json:"locale,omitempty"`
	TimeZone string  `json:"time_zone,omitempty"`
	Device   *Device `json:"device,omitempty"`
	Region   string  `json:"region,omitempty"` // where a proxy of ours saw the connection come from, as DE
	Agent    string  `json:"user_agent,omitempty"`

	Envelope *Envelope `json:"envelope,omitempty"`
}

// Envelope is what a mail server said when it delivered a mail (RFC 5321). Who
// wrote the mail it does not tell.
type Envelope struct {
	From   string   `json:"from"`             // the return path; "" is the null one, of bounces
	To     []string `json:"to"`               // the channel's recipients
	Client string   `json:"client,omitempty"` // the server's address; "" on a unix socket
	Helo   string   `json:"helo"`             // as it calls itself
	TLS    string   `json:"tls,omitempty"`    // the version of STARTTLS; "": none
}

// Page is the web page a chat was written on.
type Page struct {
	URL      string `json:"url"`
	Title    string `json:"title"`
	Referrer string `json:"referrer"`
}

// Device is what the widget knows of the browser.
type Device struct {
	OS      string `json:"os"`
	Browser string `json:"browser"`
}

// Defect is something that was wrong with a message and could be read past.
type Defect struct {
	Code   string `json:"code"`
	Part   string `json:"part"`   // IMAP part path, "" for the whole
	Detail string `json:"detail"` // at most 200 characters
}

// Message is what arrived, in one shape for every channel. Its content never
// changes after it was stored.
type Message struct {
	ID         ID         `json:"id"`
	Seq        int64      `json:"seq"` // order of commit within a sender; ids order nothing
	Channel    string     `json:"channel"`
	Family     Family     `json:"-"`
	From       Sender     `json:"from"`
	Identities []Identity `json:"identities"` // From's first, then whatever else came with it
	To         []Mailbox  `json:"to"`
	Subject    string     `json:"subject"`
	Text       string     `json:"text"`       // the readable body as plain text
	ReplyText  string     `json:"reply_text"` // only what this sender newly wrote
	HTML       string     `json:"html"`       // as sent; the API gives it out made safe to show

	Attachments []Attachment `json:"attachments"`
	SentAt      *time.Time   `json:"sent_at"` // as the sender or provider says
	ReceivedAt  time.Time    `json:"received_at"`
	ClientIP    netip.Addr   `json:"client_ip"` // the zero Addr where there is none: never from mail
	Auto        Auto         `json:"auto"`
	Thread      string       `json:"message_id"`       // its own name in a thread: a mail's Message-ID; "" elsewhere
	Answers     []string     `json:"answers"`          // Thread of the messages it answers, nearest first
	Tokens      []string     `json:"-"`                // what looks like a reply token in the addresses it was sent to
	Change      *Change      `json:"change,omitempty"` // what it does to the message that it answers; nil: nothing
	Technical   *Technical   `json:"technical"`
	Defects     []Defect     `json:"defects"`

	Unproven bool `json:"unproven"` // mail that failed its sender check: no allow, no contact by its From
	Historic bool `json:"historic"` // older than the channel's first connection
	// Recovered says that it did not come by itself: its source was asked for what
	// had been missed, by back-fill or by a comparison of a mailbox with the books.
	// What a ban refused and was fetched again had not been missed.
	Recovered bool `json:"recovered,omitempty"`

	Origin *Origin `json:"origin,omitempty"` // how a mail's sender is known; nil: as From says, nobody checked

	// Opt is what the message asks for, of whether its sender may be written to, if
	// the provider says so; OptWord, set where it is stored, the word of the settings'
	// lists that is all of its text. "": nothing.
	Opt     Opt    `json:"opt,omitempty"`
	OptWord string `json:"opt_word,omitempty"`

	Spam []string `json:"spam,omitempty"` // those of SpamHeaders whose topmost says that it is spam
}

// Extension is that of a file in which a message is as it came, which begins so:
// .eml for what is a mail. A provider's post of one is kept as it was sealed with
// what was known beside it, which no mail begins like.
func (f Family) Extension(first []byte) string {
	if f == Email && !bytes.HasPrefix(first, []byte("{")) {
		return ".eml"
	}
	return ".bin"
}
