package ses

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// bucket is how mail in S3 is fetched.
type bucket struct {
	AccessKeyID     string `yaml:"access_key_id"`     // of a user who may do s3:GetObject in the bucket, for receipt rules with the action S3
	SecretAccessKey string `yaml:"secret_access_key"` // its secret
	Region          string `yaml:"region"`            // of the bucket; default: the topic's
	S3Base          string `yaml:"s3_base"`           // instead of Amazon's own: an endpoint that speaks S3, as https://s3.example.com
	MaxMessageBytes int64  `yaml:"max_message_bytes"` // of larger mail only the notification is read; default 50 MiB
}

func (b *bucket) check() error {
	b.MaxMessageBytes = cmp.Or(b.MaxMessageBytes, 50<<20)
	if (b.AccessKeyID == "") != (b.SecretAccessKey == "") {
		return errors.New("access_key_id and secret_access_key belong together")
	}
	if b.Region != "" && !isLabel(b.Region) {
		return fmt.Errorf("region: %q is none", b.Region)
	}
	if u, err := url.Parse(b.S3Base); b.S3Base != "" && (err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "") {
		return errors.New("s3_base: want https://host and no more")
	}
	return nil
}

func (b *bucket) usable() bool { return b.AccessKeyID != "" }

// object is a mail in S3.
type object struct {
	Region string `json:"region"` // of the topic
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
}

// String is the object as a file's id.
func (o object) String() string {
	b, _ := json.Marshal(o) // three texts
	return string(b)
}

// bucketName is a bucket (S3: Bucket naming rules). It becomes part of a host's
// name, so nothing else passes.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// isLabel reports a part of a host's name, as a region is.
func isLabel(s string) bool {
	return s != "" && len(s) < 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// object is where the mail lies; false: the notification names no place.
func (n notice) object() (object, bool) {
	a := n.Receipt.Action
	return object{Region: regionOf(a.TopicARN), Bucket: a.Bucket, Key: a.ObjectKey},
		a.Type == "S3" && bucketName.MatchString(a.Bucket) && !strings.Contains(a.Bucket, "..") && a.ObjectKey != "" && len(a.ObjectKey) <= 1024
}

// ask is the request for an object, signed for its region and sent to nobody but
// S3.
func (b *bucket) ask(o object, now func() time.Time) safehttp.Ask {
	region := cmp.Or(b.Region, o.Region, "us-east-1")
	base := b.base(o.Bucket, region)
	host := base[strings.Index(base, "//")+2:]
	host, _, _ = strings.Cut(host, "/")
	sign := signer{id: b.AccessKeyID, secret: b.SecretAccessKey, region: region, service: "s3"}
	return safehttp.Ask{
		URL: base + "/" + pathOf(o.Key), Hosts: []string{host}, Limit: b.MaxMessageBytes,
		Secrets: []func(*http.Request){func(r *http.Request) { sign.sign(r, now()) }},
	}
}

// base is the URL of a bucket. A name with dots is in the path: no certificate
// is for such a host.
func (b *bucket) base(name, region string) string {
	domain := "s3." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	switch {
	case b.S3Base != "":
		return b.S3Base + "/" + name
	case strings.Contains(name, "."):
		return "https://" + domain + "/" + name
	}
	return "https://" + name + "." + domain
}

// media fetches mail that could not be had when its notification came.
type media struct {
	bucket bucket
	now    func() time.Time
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	return media{s.bucket, host.Now}, err
}

// Open asks for the object. Without credentials nobody may.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (*safehttp.Answer, error) {
	var o object
	if err := json.Unmarshal([]byte(f.ID), &o); err != nil {
		return nil, &safehttp.Fault{Code: safehttp.Address, Err: err}
	}
	if !m.bucket.usable() {
		return nil, &safehttp.Fault{Code: safehttp.Denied, Err: errors.New("access_key_id is not said")}
	}
	return client.Get(ctx, m.bucket.ask(o, m.now))
}
