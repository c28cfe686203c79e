package ses

import (
	"cmp"
	"fmt"
	"strings"

	"gatehouse/channels"
)

// setup says what AWS must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	s3 := "mail beyond 150 KB needs the action S3, with the same topic, and access_key_id here"
	if s.bucket.usable() {
		s3 = "mail beyond 150 KB: the action Deliver to S3 bucket, with the same topic and no message encryption"
	}
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		fmt.Sprintf("SNS: subscribe that URL to %s by HTTPS, raw message delivery off; it is confirmed by itself", strings.Join(s.AllowedTopicARNs, ", ")),
		"SES, Email receiving: a receipt rule with the action Publish to SNS topic, encoding Base64",
		s3,
	}, nil
}
