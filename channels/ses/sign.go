package ses

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"gatehouse/channels"
)

// signer signs requests by AWS Signature Version 4.
type signer struct{ id, secret, region, service string }

// emptyHash is the SHA-256 of no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// sign puts on a request without body, whose query is in the order of its names,
// what proves who asks, at a time: it holds for 15 minutes.
func (s signer) sign(r *http.Request, at time.Time) {
	moment := at.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", moment)
	r.Header.Set("X-Amz-Content-Sha256", emptyHash)
	const signed = "host;x-amz-content-sha256;x-amz-date"
	request := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), r.URL.RawQuery,
		"host:" + r.URL.Host, "x-amz-content-sha256:" + emptyHash, "x-amz-date:" + moment, "", signed, emptyHash,
	}, "\n")
	scope := moment[:8] + "/" + s.region + "/" + s.service + "/aws4_request"
	sum := sha256.Sum256([]byte(request))
	signature := s.mac(scope, "AWS4-HMAC-SHA256\n"+moment+"\n"+scope+"\n"+hex.EncodeToString(sum[:]))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.id+"/"+scope+", SignedHeaders="+signed+", Signature="+signature)
}

// mac signs with a key made of the secret and, one after the other, the parts of
// the scope.
func (s signer) mac(scope, text string) string {
	key := "AWS4" + s.secret
	for part := range strings.SplitSeq(scope, "/") {
		key = string(channels.MAC(sha256.New, key, []byte(part)))
	}
	return hex.EncodeToString(channels.MAC(sha256.New, key, []byte(text)))
}

// pathOf writes a key of S3 as a path: all but letters, digits and -._~/ in
// percent, in one spelling, which is what is signed.
func pathOf(key string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
	var path strings.Builder
	for _, c := range []byte(key) {
		if strings.IndexByte(plain, c) >= 0 {
			path.WriteByte(c)
		} else {
			path.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return path.String()
}
