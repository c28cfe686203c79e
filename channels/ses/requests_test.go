package ses_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
)

const (
	topic   = "arn:aws:sns:eu-west-1:000000000042:inbound"
	certURL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0042.pem"
	confirm = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=t0"
)

// fields are what SNS posts, in the order in which it is signed.
type fields map[string]string

var order = []string{"Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"}

// signingKey is the key of testdata/sns.pem.
func signingKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile("testdata/sns.key")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signed is what SNS posts, signed as its type and version ask for.
func (f fields) signed(t testing.TB, key *rsa.PrivateKey) []byte {
	t.Helper()
	all := fields{
		"Type": "Notification", "MessageId": "00000000-0000-4000-8000-000000000001", "TopicArn": topic,
		"Timestamp": "2026-11-21T11:59:58.000Z", "SignatureVersion": "2", "SigningCertURL": certURL,
	}
	for name, value := range f {
		all[name] = value
	}
	var text strings.Builder
	for _, name := range order {
		if value, there := all[name]; there {
			text.WriteString(name + "\n" + value + "\n")
		}
	}
	hash, sum := crypto.SHA256, sha256.Sum256([]byte(text.String()))
	digest := sum[:]
	if all["SignatureVersion"] == "1" {
		old := sha1.Sum([]byte(text.String()))
		hash, digest = crypto.SHA1, old[:]
	}
	signature, err := rsa.SignPKCS1v15(nil, key, hash, digest)
	if err != nil {
		t.Fatal(err)
	}
	all["Signature"] = base64.StdEncoding.EncodeToString(signature)
	body, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// notice is SES's message of a mail.
func notice(t testing.TB, id string, change func(mail, receipt map[string]any), content any) string {
	t.Helper()
	mail := map[string]any{
		"messageId": id, "source": "ann@example.org", "timestamp": "2026-11-21T11:59:57.000Z", "destination": []string{"support@example.com"},
		"headersTruncated": false, "commonHeaders": map[string]any{
			"from": []string{"Ann <ann@example.org>"}, "to": []string{"support@example.com"}, "messageId": "<" + id + "@mail.example.org>",
			"date": "Sat, 21 Nov 2026 11:59:50 +0000", "subject": "Where is my order?",
		},
	}
	pass := map[string]string{"status": "PASS"}
	receipt := map[string]any{
		"recipients": []string{"support@example.com"}, "spamVerdict": pass, "virusVerdict": pass, "spfVerdict": pass, "dkimVerdict": pass,
		"dmarcVerdict": pass, "action": map[string]string{"type": "SNS", "topicArn": topic, "encoding": "BASE64"},
	}
	if change != nil {
		change(mail, receipt)
	}
	message := map[string]any{"notificationType": "Received", "mail": mail, "receipt": receipt}
	if content != nil {
		message["content"] = content
	}
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// eml is a mail as SES has it.
func eml(id, body string) string {
	return "Return-Path: <ann@example.org>\r\nReceived: from mail.example.org by inbound-smtp.example.net; Sat, 21 Nov 2026 11:59:57 +0000\r\n" +
		"From: Ann <ann@example.org>\r\nTo: support@example.com\r\nSubject: Where is my order?\r\nDate: Sat, 21 Nov 2026 11:59:50 +0000\r\n" +
		"Message-ID: <" + id + "@mail.example.org>\r\nMIME-Version: 1.0\r\n" + body
}

const plain = "Content-Type: text/plain; charset=utf-8\r\n\r\n"

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func status(s string) map[string]string { return map[string]string{"status": s} }

// inS3 puts a mail into a bucket.
func inS3(_, receipt map[string]any) {
	receipt["action"] = map[string]string{"type": "S3", "topicArn": topic, "bucketName": "inbound-mail", "objectKey": "in/mail 0004"}
}

// requests are those of testdata.
func requests(t testing.TB) map[string][]byte {
	key, other := signingKey(t), otherKey(t)
	mail := func(id string, change func(mail, receipt map[string]any), content any) []byte {
		return fields{"Subject": "Amazon SES Email Receipt Notification", "Message": notice(t, id, change, content)}.signed(t, key)
	}
	hello := notice(t, "m", nil, b64(eml("m", plain+"Hello")))
	file := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + plain + "See the file.\r\n--b\r\nContent-Type: image/png\r\n" +
		"Content-Disposition: attachment; filename=\"order.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
	text := func(r map[string]any) {
		r["action"] = map[string]string{"type": "SNS", "topicArn": topic, "encoding": "UTF8"}
	}
	return map[string][]byte{
		"01-base64": mail("m01", nil, b64(eml("m01", plain+"It was to be here on Monday. 😀\r\n\r\n"+strings.Repeat("Line after line. ", 40)))),
		"02-utf8-version-1": fields{
			"SignatureVersion": "1", "Message": notice(t, "m02", func(_, r map[string]any) { text(r) }, eml("m02", plain+"Grüße, と")),
		}.signed(t, key),
		"03-file":  mail("m03", nil, b64(eml("m03", file))),
		"04-in-s3": mail("m04", inS3, nil),
		"05-two-recipients": mail("m05", func(m, r map[string]any) {
			r["recipients"] = []string{"support@example.com", "orders@example.com"}
		}, b64(eml("m05", plain+"To both"))),
		"06-spam-and-virus": mail("m06", func(_, r map[string]any) { r["spamVerdict"], r["virusVerdict"] = status("FAIL"), status("FAIL") }, b64(eml("m06", plain+"Buy"))),
		"07-dmarc-fail":     mail("m07", func(_, r map[string]any) { r["dmarcVerdict"], r["dmarcPolicy"] = status("FAIL"), "reject" }, b64(eml("m07", plain+"Forged"))),
		"08-spf-aligned":    mail("m08", func(_, r map[string]any) { r["dmarcVerdict"], r["dkimVerdict"] = status("GRAY"), status("GRAY") }, b64(eml("m08", plain+"By SPF"))),
		"09-spf-of-another": mail("m09", func(m, r map[string]any) {
			m["source"], r["dmarcVerdict"] = "bounces@example.net", status("GRAY")
		}, b64(eml("m09", "Authentication-Results: amazonses.com; dmarc=pass header.from=example.org\r\n"+plain+"Claimed"))),
		"10-dkim-aligned": mail("m10", func(m, r map[string]any) {
			m["source"], r["dmarcVerdict"] = "bounces@example.net", status("GRAY")
			m["headers"] = []map[string]string{{"name": "DKIM-Signature", "value": "v=1; a=rsa-sha256; d=example.org; s=s1; b=AAAA"}}
		}, b64(eml("m10", plain+"By its signature"))),
		"18-dkim-of-two": mail("m18", func(m, r map[string]any) {
			m["source"], r["dmarcVerdict"] = "bounces@example.net", status("GRAY")
			m["headers"] = []map[string]string{{"name": "DKIM-Signature", "value": "v=1; a=rsa-sha256; d=example.org; s=s1; d=example.net; b=AAAA"}}
		}, b64(eml("m18", plain+"By whose signature?"))),
		"11-no-content":                  mail("m11", func(_, r map[string]any) { r["action"] = map[string]string{"type": "Lambda"} }, nil),
		"12-no-id":                       mail("", nil, b64(eml("", plain+"Hello"))),
		"13-broken-base64":               mail("m13", nil, "%%%"),
		"14-wrong-types":                 mail("m14", func(_, r map[string]any) { r["recipients"] = 7 }, b64(eml("m14", plain+"Hello"))),
		"15-no-mail":                     mail("m15", nil, ""),
		"20-setup":                       fields{"Message": `{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have …"}`, "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"}.signed(t, key),
		"21-text":                        fields{"Message": "Is anybody there?"}.signed(t, key),
		"22-bounce":                      fields{"Message": `{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","timestamp":"2026-11-21T11:59:00.000Z","bouncedRecipients":[{"status":"5.1.1"}]},"mail":{"messageId":"sent-1"}}`}.signed(t, key),
		"23-delivery":                    fields{"Message": `{"eventType":"Delivery","delivery":{"timestamp":"2026-11-21T11:59:00.000Z"},"mail":{"messageId":"sent-2"}}`}.signed(t, key),
		"24-complaint":                   fields{"Message": `{"notificationType":"Complaint","mail":{"messageId":"sent-3"}}`}.signed(t, key),
		"25-soft-bounce":                 fields{"Message": `{"notificationType":"Bounce","bounce":{"bounceType":"Transient"},"mail":{"messageId":"sent-4"}}`}.signed(t, key),
		"30-subscribe":                   fields{"Type": "SubscriptionConfirmation", "Token": "t0", "SubscribeURL": confirm, "Message": "You have chosen …"}.signed(t, key),
		"31-unsubscribe":                 fields{"Type": "UnsubscribeConfirmation", "Token": "t0", "SubscribeURL": confirm, "Message": "You have chosen …"}.signed(t, key),
		"32-unsubscribe-as-notification": withToken(fields{"Type": "UnsubscribeConfirmation", "SubscribeURL": confirm, "Message": "You have chosen …"}.signed(t, key)),
		"33-subscribe-elsewhere": fields{
			"Type": "SubscriptionConfirmation", "Token": "t0", "Message": "You have chosen …", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com.example.net/?Action=ConfirmSubscription&TopicArn=" + topic,
		}.signed(t, key),
		"34-subscribe-another": fields{
			"Type": "SubscriptionConfirmation", "Token": "t0", "Message": "You have chosen …", "SubscribeURL": strings.Replace(confirm, ":inbound", ":other", 1),
			"TopicArn": topic, "MessageId": "m",
		}.signed(t, key),
		"40-wrong-key":       fields{"Message": hello}.signed(t, other),
		"41-other-topic":     fields{"Message": hello, "TopicArn": "arn:aws:sns:eu-west-1:000000000666:inbound"}.signed(t, key),
		"42-lookalike":       fields{"Message": hello, "SigningCertURL": "https://sns.eu-west-1.amazonaws.com.example.net/x.pem"}.signed(t, key),
		"43-http":            fields{"Message": hello, "SigningCertURL": strings.Replace(certURL, "https", "http", 1)}.signed(t, key),
		"44-version-3":       fields{"Message": hello, "SignatureVersion": "3"}.signed(t, key),
		"45-user-in-url":     fields{"Message": hello, "SigningCertURL": strings.Replace(certURL, "://", "://sns@", 1)}.signed(t, key),
		"46-not-there":       fields{"Message": hello, "SigningCertURL": strings.Replace(certURL, "0042", "0043", 1)}.signed(t, key),
		"47-unknown-type":    fields{"Message": hello, "Type": "Other"}.signed(t, key),
		"48-raw-delivery":    []byte(hello),
		"49-raw-with-header": fields{"Message": hello}.signed(t, key),
		"50-no-json":         []byte("hello"),
		"51-odd-base64":      []byte(strings.Replace(string(fields{"Message": hello}.signed(t, key)), `==","Sig`, `=","Sig`, 1)),
		"52-query-in-url":    fields{"Message": hello, "SigningCertURL": certURL + "?x=.pem"}.signed(t, key),
		"53-bucket":          fields{"Message": hello, "SigningCertURL": "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0042.pem"}.signed(t, key),
	}
}

// withToken is a confirmation with a token that is not signed.
func withToken(body []byte) []byte {
	return []byte(strings.Replace(string(body), `"TopicArn"`, `"Token":"t0","TopicArn"`, 1))
}

// otherKey is one that SNS does not have.
func otherKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile("testdata/other.key")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestRequests makes the requests of testdata, or compares them.
func TestRequests(t *testing.T) {
	for name, body := range requests(t) {
		head := "POST /hooks/golden HTTP/1.1\nHost: support.example.com\nContent-Type: text/plain; charset=UTF-8\n"
		if name == "49-raw-with-header" {
			head += "x-amz-sns-rawdelivery: true\n"
		}
		want, file := head+"\n"+string(body)+"\n", "testdata/"+name+".http"
		if channeltest.Update() {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s differs (%v): make it anew with -update", file, err)
		}
	}
}
