//go:build long && interop

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A Node of before 22.18 does not take the types out by itself: what does so in
// later ones does it here.
func TestLongConsumersInTypeScript(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cmd := exec.Command("node", "testdata/strip.mjs", "../../../.gatehouse/interop", "../../../docs/consume/typescript", folder)
	cmd.Stderr = os.Stderr
	must(t, cmd.Run())
	consume(t, language{"node", filepath.Join(folder, "%s.mjs")})
}
