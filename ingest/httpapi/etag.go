package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// Tagged is one resource with its ETag.
type Tagged[T any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   T
}

func (*Tagged[T]) hasTag() {}

type hadKey struct{}

// noneMatch keeps what If-None-Match says for tagged.
func noneMatch(ctx huma.Context, next func(huma.Context)) {
	next(huma.WithValue(ctx, hadKey{}, ctx.Header("If-None-Match")))
}

// tagged gives a resource its ETag: its version, which If-Match asks for, a
// point, and a hash of all that is answered, which If-None-Match asks for too: a
// conversation has more messages, a contact another standing, without anybody
// having changed what a PATCH changes. 304 if the asker has the answer already.
func tagged[T any](ctx context.Context, version string, v T) (*Tagged[T], error) {
	h := sha256.New()
	if err := writeJSON(h, v); err != nil {
		return nil, err
	}
	t := &Tagged[T]{http.StatusOK, strconv.Quote(version + "." + hex.EncodeToString(h.Sum(nil)[:8])), v}
	if had, _ := ctx.Value(hadKey{}).(string); amongTags(had, t.ETag) {
		t.Status = http.StatusNotModified
	}
	return t, nil
}

// amongTags compares weakly, as RFC 9110 §13.1.2 has it of If-None-Match.
func amongTags(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}

func number(version int64) string { return strconv.FormatInt(version, 10) }

// numberIn reads If-Match where versions are numbers; 0 asks for nothing.
func numberIn(tag string) (int64, error) {
	version, err := versionIn(tag, digits)
	if err != nil || version == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil || n <= 0 {
		return 0, errNoTag
	}
	return n, nil
}

var (
	digits   = regexp.MustCompile(`^[0-9]+$`)
	errNoTag = badField("If-Match", "not an ETag that was given")
)

// versionIn reads the version that If-Match asks for; "" asks for nothing.
func versionIn(tag string, form *regexp.Regexp) (string, error) {
	if tag == "" || tag == "*" {
		return "", nil
	}
	version, _, _ := strings.Cut(strings.Trim(tag, `"`), ".")
	if !form.MatchString(version) {
		return "", errNoTag
	}
	return version, nil
}

// quicker says, of a change that came too late, who did last what it was to
// change: the audit knows.
func (a *api) quicker(ctx context.Context, err error, subject, action string) error {
	if !errors.Is(err, ingest.ErrStale) {
		return err
	}
	last, failed := a.Store.Audit(ctx, ingest.AuditFilter{Part: ingest.Part{Limit: 1}, Subject: subject, Action: action})
	if failed != nil || len(last.Items) == 0 {
		return err
	}
	return &Problem{Type: "stale", Status: http.StatusPreconditionFailed, Detail: last.Items[0].Actor + " changed it meanwhile: read it again"}
}
