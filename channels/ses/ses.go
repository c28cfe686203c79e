// Package ses takes mail that Amazon SES receives and tells of through an SNS
// topic (docs: SES, Receiving email; SNS, HTTP/HTTPS endpoints).
//
// The signature proves that SNS posts, not whose topic it is: anybody can let
// his own topic call this URL. So a request counts for the topics of the
// setting allowed_topic_arns only, and only their subscriptions are confirmed.
// A mail is named for ever by SES's id of it.
//
// SES's verdicts on DMARC, SPF and DKIM tell how well a sender is known. Mail that
// it calls spam or infected counts as if a header said so (setting spam_header).
//
// A notification holds the mail (action SNS, up to 150 KB), or says where in S3
// it lies. From there it is fetched before the notification is acknowledged,
// within the 15 seconds that SNS waits: only then has the mail a text that it
// can be decided and answered by. SNS tries again for a minute only, if nobody
// set it otherwise. So what could not be fetched by then is stored with what the
// notification says, and the mail itself as a file that is still to be fetched,
// which is tried for a day.
package ses

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is Amazon SES, through SNS.
var Kind = channels.Kind{
	Name:   "ses",
	Tried:  "requests as the provider's own validator takes them; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature: "in the body: RSA of SNS, with SHA-256 or SHA-1, by a certificate of Amazon's",
		Covers:    "message, topic, time, type and the URL of a confirmation",
		Replay:    "the mail's id, for ever",
		Retries:   "4 tries in a minute, if the subscription's delivery policy does not say otherwise",
		Media:     "in the mail; mail in S3 is fetched with access_key_id",
		Refused:   http.StatusForbidden,
		Retried:   time.Minute,
		Limit:     15 * time.Second,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is an SES channel in the configuration.
type settings struct {
	AllowedTopicARNs  []string `yaml:"allowed_topic_arns"` // the topics that SES publishes to: arn:aws:sns:…
	PublicURL         string   `yaml:"public_url"`         // nothing signs it; for people
	bucket            `yaml:",inline"`
	pushmail.Settings `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	settings     settings
	host         channels.Host
	certificates *certificates
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{settings: s, host: host, certificates: newCertificates(host)}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	if err := decode(&s); err != nil {
		return s, err
	}
	if len(s.AllowedTopicARNs) == 0 {
		return s, errors.New("allowed_topic_arns must be said: anybody can let a topic of his own call this URL")
	}
	if s.ProviderHeaders {
		return s, errors.New("provider_headers: what SES finds of a sender is in its notifications")
	}
	for _, arn := range s.AllowedTopicARNs {
		if regionOf(arn) == "" {
			return s, fmt.Errorf("allowed_topic_arns: %q is no topic: want arn:aws:sns:REGION:ACCOUNT:NAME", arn)
		}
	}
	if err := s.bucket.check(); err != nil {
		return s, err
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}

// regionOf is the region of a topic, "" if the name is no topic's.
func regionOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "sns" || !isLabel(parts[3]) || parts[5] == "" {
		return ""
	}
	return parts[3]
}
