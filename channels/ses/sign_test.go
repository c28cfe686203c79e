package ses

import (
	"net/http"
	"testing"
	"time"
)

// TestSignature signs the request of Amazon's own example of a GET of S3.
func TestSignature(t *testing.T) {
	r, err := http.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com/?lifecycle=", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := signer{id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "s3"}
	s.sign(r, time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))
	const want = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
		"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestPlaces writes where objects are, and refuses names that are no bucket's.
func TestPlaces(t *testing.T) {
	now := func() time.Time { return time.Time{} }
	for _, c := range []struct {
		settings bucket
		of       object
		want     string
	}{
		{bucket{}, object{"eu-west-1", "inbound", "a/b c+ü"}, "https://inbound.s3.eu-west-1.amazonaws.com/a/b%20c%2B%C3%BC"},
		{bucket{Region: "us-west-2"}, object{"eu-west-1", "inbound", "k"}, "https://inbound.s3.us-west-2.amazonaws.com/k"},
		{bucket{}, object{"cn-north-1", "inbound", "k"}, "https://inbound.s3.cn-north-1.amazonaws.com.cn/k"},
		{bucket{}, object{"eu-west-1", "mail.example.com", "k"}, "https://s3.eu-west-1.amazonaws.com/mail.example.com/k"},
		{bucket{S3Base: "https://s3.example.com:9000"}, object{"eu-west-1", "inbound", "k"}, "https://s3.example.com:9000/inbound/k"},
	} {
		if got := c.settings.ask(c.of, now); got.URL != c.want {
			t.Errorf("%+v: %s, want %s", c.of, got.URL, c.want)
		}
	}
	for _, name := range []string{"", "a", "ab/", "a@b.example.net", "x.example.net/", "A-B", "a..b", ".ab", "a b"} {
		var n notice
		n.Receipt.Action.Type, n.Receipt.Action.Bucket, n.Receipt.Action.ObjectKey = "S3", name, "k"
		if o, found := n.object(); found {
			t.Errorf("%q is taken for a bucket: %+v", name, o)
		}
	}
}
