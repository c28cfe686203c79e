package httpapi_test

import (
	"bytes"
	"os"
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
