//go:build long && interop

package all_test

import (
	"context"
	"crypto"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/ingest/safehttp"
)

const (
	topic      = "arn:aws:sns:eu-west-1:000000000042:inbound"
	otherTopic = "arn:aws:sns:eu-west-1:000000000042:second"
	snsURL     = "https://sns.eu-west-1.amazonaws.com/"
)

// sns is what SES tells through. Its secrets are names of its certificates.
var sns = peer{
	sdk: "sns", kind: "ses", secrets: []string{"new", "old"}, stranger: "another", request: notice, sign: snsSignature,
	settings: func(exchange) string { return fmt.Sprintf("{allowed_topic_arns: [%q, %q]}", topic, otherTopic) },
	changes: map[string]func(*exchange){
		"message":            func(e *exchange) { e.set("Message", "another") },
		"topic":              func(e *exchange) { e.set("TopicArn", otherTopic) },
		"time in the body":   func(e *exchange) { e.set("Timestamp", "2026-11-21T11:59:59.000Z") },
		"type":               func(e *exchange) { e.set("Type", "Other") },
		"what the type adds": func(e *exchange) { e.set(added[e.field("Type")], "another") },
		"id":                 func(e *exchange) { e.set("MessageId", "another") },
		"signature":          func(e *exchange) { e.set("Signature", otherSignature(e.field("Signature"))) },
		"version":            func(e *exchange) { e.set("SignatureVersion", "3") },
		"version of the other": func(e *exchange) {
			e.set("SignatureVersion", map[string]string{"1": "2", "2": "1"}[e.field("SignatureVersion")])
		},
		"certificate's host":  func(e *exchange) { e.set("SigningCertURL", "https://sns.eu-west-1.amazonaws.com.example.com/a.pem") },
		"certificate by http": func(e *exchange) { e.set("SigningCertURL", "http://sns.eu-west-1.amazonaws.com/a.pem") },
		"no certificate":      func(e *exchange) { e.set("SigningCertURL", snsURL+"a.html") },
	},
}

// added is what a signature covers besides what each has.
var added = map[string]string{
	"Notification": "Subject", "SubscriptionConfirmation": "Token", "UnsubscribeConfirmation": "SubscribeURL",
}

// notice is a notification, with a subject or without, or a confirmation.
func notice(rng *rand.Rand) exchange {
	e := exchange{Method: http.MethodPost, URL: "https://in.example.org/hook", media: "text/plain; charset=UTF-8", Body: "{}"}
	e.set("Type", "Notification")
	e.set("MessageId", fmt.Sprintf("00000000-0000-4000-8000-%012d", rng.IntN(1000)))
	e.set("TopicArn", topic)
	e.set("Timestamp", "2026-11-21T11:59:58.000Z")
	e.set("SignatureVersion", []string{"1", "2"}[rng.IntN(2)])
	e.set("Message", "Order "+word(rng)) // SNS takes none that is empty
	switch n := rng.IntN(4); n {
	case 0:
		e.set("Subject", word(rng))
	case 1, 2:
		e.set("Type", []string{"SubscriptionConfirmation", "UnsubscribeConfirmation"}[n-1])
		e.set("Token", "t0")
		e.set("SubscribeURL", snsURL+"?Action=ConfirmSubscription&TopicArn="+topic+"&Token=t0")
	}
	return e
}

// fields are the body, if it is one of SNS.
func (e exchange) fields() map[string]string {
	var all map[string]string
	if err := json.Unmarshal([]byte(e.Body), &all); err != nil {
		panic(err) // notice made it
	}
	return all
}

func (e exchange) field(name string) string { return e.fields()[name] }

func (e *exchange) set(name, value string) {
	all := e.fields()
	all[name] = value
	body, err := json.Marshal(all)
	if err != nil {
		panic(err) // of strings there is none
	}
	e.Body = string(body)
}

// snsSignature is of the fields there are, in order: of who no longer subscribes,
// without the token, for so the SDK reads it. A stranger names the certificate
// of SNS.
func snsSignature(e *exchange) {
	if e.Certificate == "" {
		e.set("SigningCertURL", snsURL+"SimpleNotificationService-"+e.Secret+".pem")
		e.Certificate = string(authorities()[e.Secret].certificate)
	}
	var text strings.Builder
	all := e.fields()
	for _, name := range []string{"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"} {
		unsigned := name == "Token" && all["Type"] == "UnsubscribeConfirmation"
		if value, found := all[name]; found && !unsigned {
			text.WriteString(name + "\n" + value + "\n")
		}
	}
	hash, sum := crypto.SHA256, sha256.Sum256([]byte(text.String()))
	digest := sum[:]
	if all["SignatureVersion"] == "1" {
		old := sha1.Sum([]byte(text.String()))
		hash, digest = crypto.SHA1, old[:]
	}
	signature, err := rsa.SignPKCS1v15(nil, authorities()[e.Secret].key, hash, digest)
	if err != nil {
		panic(err) // of a sum there is none
	}
	e.set("Signature", base64.StdEncoding.EncodeToString(signature))
}

// authority signs for SNS.
type authority struct {
	key         *rsa.PrivateKey
	certificate []byte // in PEM
}

// authorities are SNS's, and a stranger's.
var authorities = sync.OnceValue(func() map[string]authority {
	all := map[string]authority{}
	for i, name := range []string{"new", "old", "another"} {
		all[name] = newAuthority(int64(i + 1))
	}
	return all
})

func newAuthority(serial int64) authority {
	key, err := rsa.GenerateKey(cryptorand.Reader, 2048)
	if err != nil {
		panic(err) // the system has chance
	}
	says := x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "sns.amazonaws.com"}, DNSNames: []string{"sns.amazonaws.com"},
		NotBefore: channeltest.Now.Add(-time.Hour), NotAfter: channeltest.Now.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(cryptorand.Reader, &says, &says, key.Public(), key)
	if err != nil {
		panic(err) // all that it needs is there
	}
	return authority{key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// get is what the channel is answered that asks for the URLs in the request.
func (e exchange) get(_ context.Context, url string) ([]byte, error) {
	switch {
	case e.Certificate != "" && strings.HasPrefix(url, snsURL) && strings.HasSuffix(url, ".pem"):
		return []byte(e.Certificate), nil
	case strings.HasPrefix(url, snsURL+"?Action=ConfirmSubscription"):
		return []byte("<ConfirmSubscriptionResponse/>"), nil
	}
	return nil, &safehttp.Fault{Code: safehttp.NotFound, Status: http.StatusNotFound}
}
