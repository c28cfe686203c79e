package queue

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// CheckURL says what is wrong with the URL of a Redis, without connecting. The
// forms are
//
//	redis://user:password@host:6379/0       rediss:// for TLS
//	unix:///path/of.sock?db=0
//	redis-sentinel://host:26379/0?master_name=NAME&addr=host2:26379   rediss-sentinel:// for TLS
//	redis-cluster://host:6379?addr=host2:6379                         rediss-cluster:// for TLS
//
// with go-redis's options as further parameters. User and password before the
// @ of redis-sentinel are the sentinels'; Redis' own are parameters.
func CheckURL(text string) error {
	_, err := parse(text)
	return err
}

// dial makes the one client that everything shares; it does not connect.
func dial(text string) (redis.UniversalClient, error) {
	parsed, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("redis url: %w", err)
	}
	switch o := parsed.(type) {
	case *redis.FailoverOptions:
		return redis.NewFailoverClient(o), nil
	case *redis.ClusterOptions:
		return redis.NewClusterClient(o), nil
	case *redis.Options:
		return redis.NewClient(o), nil
	}
	panic("parse returns no other options")
}

var errScheme = errors.New("want redis://, rediss://, unix://, redis-sentinel:// or redis-cluster://")

// parse returns the options of go-redis that the URL means.
func parse(text string) (any, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("is no URL") // the error would quote the password
	}
	base, form, _ := strings.Cut(u.Scheme, "-")
	switch {
	case form == "" && (base == "redis" || base == "rediss" || base == "unix"):
		return parseOne(text)
	case base != "redis" && base != "rediss":
		return nil, errScheme
	case u.Host == "":
		return nil, errors.New("names no host")
	case form == "sentinel":
		u.Scheme = base
		return parseSentinel(u)
	case form == "cluster":
		u.Scheme = base
		return parseCluster(u)
	}
	return nil, errScheme
}

// The time limits are short: a hint that is late is worth less than a sweep.
const (
	dialTimeout = time.Second
	callTimeout = 2 * time.Second
)

func parseOne(text string) (*redis.Options, error) {
	o, err := redis.ParseURL(text)
	if err != nil {
		return nil, err
	}
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, callTimeout, callTimeout
	o.MaxRetries, o.DialerRetries = 1, 1
	return o, nil
}

func parseSentinel(u *url.URL) (*redis.FailoverOptions, error) {
	if u.Port() == "" {
		u.Host += ":26379"
	}
	o, err := redis.ParseFailoverURL(u.String())
	if err != nil {
		return nil, err
	}
	if o.MasterName == "" {
		return nil, errors.New("a redis-sentinel:// wants ?master_name=, the name that the sentinels know the master by")
	}
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, callTimeout, callTimeout
	o.MaxRetries, o.DialerRetries = 1, 1
	return o, nil
}

func parseCluster(u *url.URL) (*redis.ClusterOptions, error) {
	if db := strings.Trim(u.Path, "/"); db != "" && db != "0" {
		return nil, errors.New("a cluster has no database but 0")
	}
	o, err := redis.ParseClusterURL(u.String())
	if err != nil {
		return nil, err
	}
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, callTimeout, callTimeout
	o.MaxRetries, o.DialerRetries = 1, 1
	return o, nil
}
