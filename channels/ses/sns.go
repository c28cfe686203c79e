package ses

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// What a request of SNS is.
const (
	typeNotification = "Notification"
	typeSubscribe    = "SubscriptionConfirmation"
	typeUnsubscribe  = "UnsubscribeConfirmation"
)

// envelope is what SNS posts. Its signature is in it: what is verified and what
// is made use of are the same fields, read once.
type envelope struct {
	Type             string
	MessageId        string
	TopicArn         string
	Subject          *string // null: there is none
	Message          string
	Timestamp        string
	Token            string
	SubscribeURL     string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
}

func readEnvelope(body []byte) (e envelope, err error) {
	if json.Unmarshal(body, &e) != nil || e.Signature == "" {
		return e, errors.New("the body is no message of SNS with its signature: is raw message delivery on?")
	}
	return e, nil
}

// at is when SNS took the message, the same in each of its tries.
func (e envelope) at() time.Time {
	at, err := time.Parse(time.RFC3339, e.Timestamp)
	if err != nil {
		return time.Time{}
	}
	return at
}

// signed are the texts one of which the signature is of. What is signed of an
// UnsubscribeConfirmation is not known for sure: all, as the documentation says,
// or all but the token, as AWS's own validator for Node reads it.
func (e envelope) signed() []string {
	notified, confirmed := e.notified(), e.confirmed()
	switch e.Type {
	case typeNotification:
		return []string{notified}
	case typeSubscribe:
		return []string{confirmed}
	case typeUnsubscribe:
		return []string{confirmed, notified}
	}
	return nil
}

func (e envelope) notified() string {
	fields := []string{"Message", e.Message, "MessageId", e.MessageId}
	if e.Subject != nil {
		fields = append(fields, "Subject", *e.Subject)
	}
	if e.SubscribeURL != "" { // SNS's notifications have none
		fields = append(fields, "SubscribeURL", e.SubscribeURL)
	}
	return lines(append(fields, "Timestamp", e.Timestamp, "TopicArn", e.TopicArn, "Type", e.Type)...)
}

func (e envelope) confirmed() string {
	return lines("Message", e.Message, "MessageId", e.MessageId, "SubscribeURL", e.SubscribeURL, "Timestamp", e.Timestamp,
		"Token", e.Token, "TopicArn", e.TopicArn, "Type", e.Type)
}

// lines are names and values, each on a line of its own.
func lines(fields ...string) string { return strings.Join(fields, "\n") + "\n" }
