package ses

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"slices"

	"gatehouse/channels"
)

// Verify returns nil if SNS signed the request for one of the channel's topics.
// The topic is looked at first: anybody can let his own topic call this URL, and
// no certificate is fetched for him.
func (h *hook) Verify(r channels.Request) error {
	if r.Header.Get("X-Amz-Sns-Rawdelivery") != "" {
		return channels.CauseUnsigned.Because("raw message delivery takes the signature away: turn it off in the subscription")
	}
	e, err := readEnvelope(r.Raw)
	if err != nil {
		return channels.CauseUnsigned.Because("%w", err)
	}
	if !slices.Contains(h.settings.AllowedTopicARNs, e.TopicArn) {
		return channels.CauseOther.Because("the topic is none of allowed_topic_arns")
	}
	given, err := channels.Base64(e.Signature)
	if err != nil {
		return channels.CauseSecret.Because("the signature is no base64")
	}
	if err := sound(e); err != nil {
		return err
	}
	key, err := h.certificates.key(r.Context(), e.SigningCertURL)
	if err != nil {
		return err
	}
	return e.verify(key, given)
}

// sound refuses what cannot be a signed message before a certificate is fetched
// for it.
func sound(e envelope) error {
	if e.SignatureVersion != "1" && e.SignatureVersion != "2" {
		return channels.CauseSecret.Because("signature version %.8q is not known", e.SignatureVersion)
	}
	if e.signed() == nil {
		return channels.CauseOther.Because("type %.40q is not known", e.Type)
	}
	if e.Type == typeSubscribe && !e.confirms() {
		return channels.CauseOther.Because("SubscribeURL is no confirmation of the topic by SNS")
	}
	return nil
}

// confirms reports whether SubscribeURL is SNS's, and of the topic.
func (e envelope) confirms() bool {
	u, err := ofSNS(e.SubscribeURL)
	return err == nil && u.Query().Get("Action") == "ConfirmSubscription" && u.Query().Get("TopicArn") == e.TopicArn
}

// verify checks the signature: RSA with SHA-1 in version 1, with SHA-256 in
// version 2 (RFC 8017 §8.2).
func (e envelope) verify(key *rsa.PublicKey, given []byte) error {
	for _, text := range e.signed() {
		hash, sum := crypto.SHA256, sha256.Sum256([]byte(text))
		digest := sum[:]
		if e.SignatureVersion == "1" {
			old := sha1.Sum([]byte(text))
			hash, digest = crypto.SHA1, old[:]
		}
		if rsa.VerifyPKCS1v15(key, hash, digest, given) == nil {
			return nil
		}
	}
	return channels.CauseSecret.Because("the certificate's key did not make this signature")
}
