package mailapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// A Refusal is an API's answer that is none of success.
type Refusal struct {
	Status int
	Code   string // the API's own
	Says   string
}

// Error repeats the API's words.
func (r *Refusal) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("the API answers %d %s: %s", r.Status, r.Code, r.Says), ": ")
}

// Refused returns the refusal within err; nil if it is none.
func Refused(err error) *Refusal {
	var r *Refusal
	errors.As(err, &r)
	return r
}

// Has reports whether the refusal has one of these codes, in whatever case.
func (r *Refusal) Has(codes ...string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return strings.EqualFold(c, r.Code) })
}

// readRefusal reads the body of a refusal: both Google and Microsoft put an
// object "error" there, with the code as a word, or in the first of "errors".
func readRefusal(status int, body []byte) *Refusal {
	var answer struct {
		Error struct {
			Code    json.RawMessage `json:"code"`
			Status  string          `json:"status"`
			Message string          `json:"message"`
			Errors  []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &answer) // a proxy's page says nothing
	r := &Refusal{Status: status, Code: answer.Error.Status, Says: words(answer.Error.Message)}
	var code string
	if len(answer.Error.Errors) > 0 {
		r.Code = answer.Error.Errors[0].Reason
	} else if json.Unmarshal(answer.Error.Code, &code) == nil {
		r.Code = code
	}
	r.Code = words(r.Code)
	return r
}

// words are a stranger's, in a line of at most 300 characters.
func words(s string) string {
	line := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "?")))
	return string(line[:min(len(line), 300)])
}

// quotas are the codes by which an API says to ask less, with whatever status.
var quotas = []string{"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "RESOURCE_EXHAUSTED",
	"TooManyRequests", "ApplicationThrottled", "activityLimitReached", "ErrorServerBusy"}

// Quota reports whether the API is asked too often.
func (r *Refusal) Quota() bool { return r.Status == http.StatusTooManyRequests || r.Has(quotas...) }

// passing reports whether another try may help.
func (r *Refusal) passing() bool { return r.Status >= 500 || r.Status == http.StatusRequestTimeout }

// judge marks a refusal by what is to be done about it.
func (r *Refusal) judge() error {
	switch {
	case r.Quota():
		return channels.Throttled(ingest.AsTemporary(r))
	case r.passing():
		return ingest.AsTemporary(r)
	}
	return r
}
