package ses

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
)

// received is the notification of a mail that came in.
const received = "Received"

// notice is what SES says in a message of SNS.
type notice struct {
	NotificationType string  `json:"notificationType"`
	EventType        string  `json:"eventType"` // of event publishing, instead
	Mail             mail    `json:"mail"`
	Receipt          receipt `json:"receipt"`
	Content          *string `json:"content"` // the mail; nil: it is elsewhere
	outcome
}

type mail struct {
	MessageID   string   `json:"messageId"`
	Source      string   `json:"source"` // the return path
	Destination []string `json:"destination"`
	Timestamp   string   `json:"timestamp"`
	Truncated   bool     `json:"headersTruncated"`
	Headers     []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"headers"`
	Common struct {
		From      []string `json:"from"`
		To        []string `json:"to"`
		CC        []string `json:"cc"`
		ReplyTo   []string `json:"replyTo"`
		MessageID string   `json:"messageId"`
		Date      string   `json:"date"`
		Subject   string   `json:"subject"`
	} `json:"commonHeaders"`
}

type receipt struct {
	Recipients []string `json:"recipients"` // those that the receipt rule is for
	Spam       verdict  `json:"spamVerdict"`
	Virus      verdict  `json:"virusVerdict"`
	SPF        verdict  `json:"spfVerdict"`
	DKIM       verdict  `json:"dkimVerdict"`
	DMARC      verdict  `json:"dmarcVerdict"`
	Action     struct {
		Type      string `json:"type"`
		TopicARN  string `json:"topicArn"`
		Encoding  string `json:"encoding"`
		Bucket    string `json:"bucketName"`
		ObjectKey string `json:"objectKey"`
	} `json:"action"`
}

// verdict is PASS, FAIL, GRAY (neither), PROCESSING_FAILED or DISABLED.
type verdict struct {
	Status string `json:"status"`
}

func (v verdict) failed() bool { return v.Status == "FAIL" }

// readNotice reads a notification; what is no JSON is not SES's.
func readNotice(message []byte) (n notice, err error) {
	err = json.Unmarshal(message, &n)
	return n, err
}

// facts are what is known of a mail beside its bytes, sealed with them.
type facts struct {
	ID       string             `json:"id"`
	Source   string             `json:"source"`
	To       []string           `json:"to"`
	Verdicts []pushmail.Verdict `json:"verdicts,omitempty"`
	Spam     bool               `json:"spam,omitempty"`
	Virus    bool               `json:"virus,omitempty"`
	pushmail.Settings
}

func (n notice) facts(s pushmail.Settings) facts {
	to := n.Receipt.Recipients
	if len(to) == 0 {
		to = n.Mail.Destination
	}
	return facts{
		ID: channels.Line(n.Mail.MessageID, 200), Source: n.Mail.Source, To: to, Verdicts: n.verdicts(),
		Spam: n.Receipt.Spam.failed(), Virus: n.Receipt.Virus.failed(), Settings: s,
	}
}

// results are SES's words in those of RFC 8601 §2.7.
var results = map[string]string{"PASS": "pass", "FAIL": "fail", "GRAY": "none", "PROCESSING_FAILED": "temperror"}

// nowhere is a domain that is nobody's (RFC 2606 §2).
const nowhere = "invalid"

// verdicts are what SES found of the sender. A pass of DMARC is for the domain
// of From as SES read it.
func (n notice) verdicts() (list []pushmail.Verdict) {
	from := ""
	if len(n.Mail.Common.From) == 1 {
		from = n.Mail.Common.From[0]
	}
	add := func(method string, v verdict, domain string) {
		if result := results[v.Status]; result != "" {
			list = append(list, pushmail.Verdict{Method: method, Result: result, Domain: domain})
		}
	}
	add("dmarc", n.Receipt.DMARC, domainOf(from))
	add("spf", n.Receipt.SPF, domainOf(n.Mail.Source))
	add("dkim", n.Receipt.DKIM, n.signer())
	return list
}

func domainOf(address string) string { return cmp.Or(pushmail.DomainOf(address), nowhere) }

// signer is the domain that the verdict on DKIM is for. SES does not name it: it
// is known where the mail has one signature.
func (n notice) signer() string {
	var signatures []string
	for _, h := range n.Mail.Headers {
		if strings.EqualFold(h.Name, "DKIM-Signature") {
			signatures = append(signatures, h.Value)
		}
	}
	if n.Mail.Truncated || len(signatures) != 1 {
		return nowhere
	}
	return cmp.Or(pushmail.Signer(signatures[0]), nowhere)
}

var errContent = errors.New("the content is no base64")

// content is the mail in the notification; nil: it is elsewhere.
func (n notice) content() ([]byte, error) {
	if n.Content == nil {
		return nil, nil
	}
	if !strings.EqualFold(n.Receipt.Action.Encoding, "BASE64") {
		return []byte(*n.Content), nil
	}
	b, err := base64.StdEncoding.DecodeString(*n.Content)
	if err != nil {
		return nil, errContent // what it says quotes nothing, but it means nothing to people
	}
	return b, nil
}
