package queue

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/redis/go-redis/v9"
)

func TestURLs(t *testing.T) {
	for url, want := range map[string]any{
		"redis://localhost:6380/3":              &redis.Options{Network: "tcp", Addr: "localhost:6380", DB: 3},
		"redis://:secret@192.0.2.1":             &redis.Options{Network: "tcp", Addr: "192.0.2.1:6379", Password: "secret"},
		"rediss://ann:secret@redis.example.com": &redis.Options{Network: "tcp", Addr: "redis.example.com:6379", Username: "ann", Password: "secret", TLSConfig: &tls.Config{ServerName: "redis.example.com"}},
		"unix:///run/redis.sock?db=2":           &redis.Options{Network: "unix", Addr: "/run/redis.sock", DB: 2},
		"redis-sentinel://a.example.com?master_name=mymaster": &redis.FailoverOptions{
			MasterName: "mymaster", SentinelAddrs: []string{"a.example.com:26379"}},
		"redis-sentinel://s:sesame@a.example.com:26380/4?master_name=m&addr=b.example.com:26381&username=ann&password=secret": &redis.FailoverOptions{
			MasterName: "m", SentinelAddrs: []string{"a.example.com:26380", "b.example.com:26381"}, SentinelUsername: "s", SentinelPassword: "sesame",
			Username: "ann", Password: "secret", DB: 4},
		"rediss-sentinel://[2001:db8::1]/0?master_name=m": &redis.FailoverOptions{
			MasterName: "m", SentinelAddrs: []string{"[2001:db8::1]:26379"}, TLSConfig: &tls.Config{ServerName: "2001:db8::1"}},
		"redis-cluster://ann:secret@a.example.com?addr=b.example.com:7001": &redis.ClusterOptions{
			Addrs: []string{"a.example.com:6379", "b.example.com:7001"}, Username: "ann", Password: "secret"},
		"rediss-cluster://a.example.com:7000/0": &redis.ClusterOptions{
			Addrs: []string{"a.example.com:7000"}, TLSConfig: &tls.Config{ServerName: "a.example.com"}},
	} {
		got, err := parse(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if d := cmp.Diff(limited(want), got,
			cmpopts.IgnoreUnexported(redis.Options{}, redis.FailoverOptions{}, redis.ClusterOptions{}, tls.Config{}),
			cmpopts.IgnoreFields(tls.Config{}, "MinVersion")); d != "" {
			t.Errorf("%s (-want +got):\n%s", url, d)
		}
		if err := CheckURL(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
		client, err := dial(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
}

// limited adds the limits that every connection gets.
func limited(options any) any {
	const dial, call = time.Second, 2 * time.Second
	switch o := options.(type) {
	case *redis.Options:
		o.ContextTimeoutEnabled, o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.DialerRetries = true, dial, call, call, 1, 1
	case *redis.FailoverOptions:
		o.ContextTimeoutEnabled, o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.DialerRetries = true, dial, call, call, 1, 1
	case *redis.ClusterOptions:
		o.ContextTimeoutEnabled, o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries, o.DialerRetries = true, dial, call, call, 1, 1
	}
	return options
}

func TestBadURLs(t *testing.T) {
	for url, says := range map[string]string{
		"":                                   "want redis://",
		"carrier://pigeon":                   "want redis://",
		"redis-pigeon://a.example.com":       "want redis://",
		"redis://user:secret@[::1":           "is no URL",
		"redis://a.example.com/one":          "database",
		"redis://a.example.com?colour=red":   "colour",
		"redis-sentinel://a.example.com":     "master_name",
		"redis-sentinel://?master_name=m":    "host",
		"redis-cluster:///0":                 "host",
		"redis-cluster://a.example.com/1":    "database",
		"redis-cluster://a.example.com?db=1": "db",
		"redis-cluster://a.example.com?addr=secret@b.example.com": "addr",
	} {
		err := CheckURL(url)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "user:secret") {
			t.Errorf("%s: %v, want %q", url, err, says)
		}
	}
}
