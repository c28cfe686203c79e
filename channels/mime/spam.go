package mime

import (
	"strings"

	"gatehouse/ingest"
)

// spamHeaders lists the headers of ingest.SpamHeaders that call the mail spam:
// X-Spam-Flag: YES, X-Spam-Status: Yes, score=…, X-Spam: true. Servers write
// at the top, so only the topmost of a name counts: those below may be the
// sender's own.
func spamHeaders(get func(name string) string) []string {
	found := []string{}
	for _, name := range ingest.SpamHeaders {
		word, _, _ := strings.Cut(get(name), ",")
		switch strings.ToLower(strings.TrimSpace(word)) {
		case "yes", "true":
			found = append(found, name)
		}
	}
	return found
}
