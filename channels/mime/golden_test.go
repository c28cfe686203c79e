package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden lists the mails of testdata without their ending.
func golden(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d golden mails, %v; want at least 40", len(names), err)
	}
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], ".eml")
	}
	return names
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGolden(t *testing.T) {
	for _, name := range golden(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if why := strings.TrimSpace(string(readFile(t, name+".txt"))); !strings.HasSuffix(why, ".") {
				t.Errorf("%s.txt says no sentence: %q", name, why)
			}
			raw := readFile(t, name+".eml")
			m := Read(raw, Options{AnyLoop: true}) // as `gatehouse parse` does
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(m); err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(name+".json", got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(readFile(t, name+".json")), got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			checkInvariants(t, raw, m)
			checkAttachments(t, raw, m)
		})
	}
}

// checkAttachments decodes each attachment again and compares its sum.
func checkAttachments(t *testing.T, raw []byte, m Mail) {
	t.Helper()
	for i, f := range m.Attachments {
		b, err := Attachment(raw, i)
		if err != nil {
			t.Errorf("attachment %d: %v", i, err)
			continue
		}
		if sum := sha256.Sum256(b); int64(len(b)) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("attachment %d: %d octets, said %d; sums agree: %t", i, len(b), f.Size, hex.EncodeToString(sum[:]) == f.SHA256)
		}
	}
	for _, i := range []int{-1, len(m.Attachments)} {
		if _, err := Attachment(raw, i); err == nil {
			t.Errorf("attachment %d: no error", i)
		}
	}
}
