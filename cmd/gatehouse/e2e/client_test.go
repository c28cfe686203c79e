//go:build long && interop

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// The packages that make a client of docs/openapi.yaml are where .ci/interop.sh
// puts them; what imports them has to be below.
const interop = "../../../.gatehouse/interop"

// A client that is made of the description alone drives the built program: if
// either changes what a client relies on, it does not compile or does not arrive.
// All that the API's own tests are answered is held against the schemas there.
func TestLongGeneratedClient(t *testing.T) {
	t.Parallel()
	folder := clientFolder(t)
	node := func(program string, args ...string) {
		t.Helper()
		cmd := exec.Command("node", append([]string{filepath.Join("..", "node_modules", program)}, args...)...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
	}
	node("openapi-typescript/bin/cli.js", "openapi.yaml", "--output", "api.d.ts")
	node("typescript/bin/tsc", "--project", ".")

	h := newHouse(t, housetest.SiteChat)
	h.Serve()
	cmd := exec.Command("node", "journey.js")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GATEHOUSE_URL="+h.Now.Load().Base, "GATEHOUSE_DOOR="+housetest.Door, "GATEHOUSE_TOKEN="+h.Token())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// Others' tools take the description for OpenAPI 3.1, too.
func TestLongDescriptionIsLinted(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("node", "lint.mjs", "openapi.yaml")
	cmd.Dir = clientFolder(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func clientFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp(interop, "client-")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(folder)) })
	must(t, os.CopyFS(folder, os.DirFS("testdata/client")))
	description, err := os.ReadFile("../../../docs/openapi.yaml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, "openapi.yaml"), description, 0o600))
	return folder
}
