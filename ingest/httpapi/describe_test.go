package httpapi_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"gatehouse/ingest/httpapi"
)

// docs/openapi.yaml is the description that is served, with an example of each
// answer.
func TestTheDescriptionIsCheckedIn(t *testing.T) {
	if *update {
		return // it is written when the tests are through
	}
	made, _, err := httpapi.Described(os.DirFS(answersDir))
	must(t, err)
	kept, err := os.ReadFile(description)
	must(t, err)
	if !bytes.Equal(made, kept) {
		t.Fatalf("docs/openapi.yaml is not the API's description: %s", renew)
	}
}

// What may be sent twice without a key, and why.
var withoutKey = map[string]string{
	"POST /blocked/preview":             "changes nothing",
	"POST /standing":                    "changes nothing",
	"POST /channels/reload":             "what was applied is unchanged the second time",
	"POST /channels/{name}/pause":       "a paused channel stays paused",
	"POST /channels/{name}/resume":      "as pause",
	"POST /channels/{name}/reconcile":   "what is asked for already is not asked for again",
	"POST /conversations/{id}/outgoing": "the message's own id is the key",
	"POST /endpoints/{id}/test":         "stores nothing that a key could stand in; who asks twice wants to know how it is now, and no transaction waits for a stranger's server",
	"POST /session":                     "a second session is an answer of its own, and its cookie is not kept",
	"POST /session/invitation":          "an invitation is used up once",
	"POST /session/password":            "the old password holds no more",
	"POST /tokens":                      "its secret is shown once and not kept",
	"POST /tokens/{id}/rotate":          "its secret is shown once and not kept",
	"POST /users":                       "a login is taken once",
	"POST /users/{id}/free":             "who has no pause has none",
	"POST /users/{id}/reset":            "its invitation is shown once and not kept",
}

func TestPostsHeedIdempotencyKeys(t *testing.T) {
	for _, o := range operations(t, open(t)) {
		why := withoutKey[o.does]
		if strings.HasPrefix(o.does, "POST ") && o.heeds("header", "Idempotency-Key") == (why != "") {
			t.Errorf("%s: either it heeds Idempotency-Key (once: true), or it says here why it need not: %q", o.does, why)
		}
	}
}

func TestEveryParameterIsDescribed(t *testing.T) {
	for _, o := range operations(t, open(t)) {
		for _, p := range o.Parameters {
			if p.Description == "" {
				t.Errorf("%s: %s says nothing; give it a doc tag", o.does, p.Name)
			}
		}
	}
}
