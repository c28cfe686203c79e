package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Text is the certificate for people, with what shows that it is genuine.
func (c Certificate) Text(e Erasure) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Certificate of erasure %d", c.Erasure)
	line("")
	line("Asked for by %s at %s%s.", c.AskedBy, c.AskedAt.Format(time.RFC3339), because(c.Reason))
	line("Finished at %s.", c.FinishedAt.Format(time.RFC3339))
	line("")
	line("Contacts:")
	for _, id := range c.Contacts {
		line("  %s", id)
	}
	line("Addresses, as keyed hashes:")
	for _, a := range c.Addresses {
		line("  %s", a)
	}
	line("")
	line("Removed:")
	for _, class := range slices.Sorted(maps.Keys(c.Removed)) {
		line("  %-20s %d", strings.ReplaceAll(class, "_", " "), c.Removed[class])
	}
	line("")
	line("Not removed:")
	for _, s := range c.Stays {
		line("  %s: %s.", s.What, s.Why)
	}
	line("")
	line("SHA-256:    %s", e.Hash)
	line("Signature:  %s", e.Signature)
	line("Public key: %s (Ed25519)", e.PublicKey)
	return b.String()
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ", reason " + reason
}
