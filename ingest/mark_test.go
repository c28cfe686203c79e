package ingest_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
)

// TestMark holds what is taken for our own mark. The first was made by
//
//	printf 'v1 c7' | openssl dgst -sha256 -hmac 'a secret'
func TestMark(t *testing.T) {
	secrets := []string{"another", "a secret"}
	mark := ingest.Mark("a secret", "c7")
	for value, want := range map[string]bool{
		"v1 c7 78b168c79bfd0f82f32a6b2af2b5d4da4e674bffbf7d6122de18d3d7718b3320": true,
		mark:                         true,
		" " + mark + "\r\n":          true,
		strings.ToUpper(mark):        false,
		mark[:len(mark)-1]:           false,
		mark + " more":               false,
		"v1 c8 " + mark[6:]:          false,
		"v2" + mark[2:]:              false,
		"":                           false,
		ingest.Mark("theirs", "c7"):  false,
		ingest.Mark("a secret", ""):  false,
		ingest.Mark("a secret", "ä"): false,
		ingest.Mark("a secret", strings.Repeat("a", 101)): false,
	} {
		if got := ingest.Marked(value, secrets); got != want {
			t.Errorf("%q: %t", value, got)
		}
		if ingest.Marked(value, nil) || ingest.Marked(value, []string{""}) {
			t.Errorf("%q is taken without a secret", value)
		}
	}
}
