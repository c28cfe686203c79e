//go:build long && python

package e2e

import "testing"

func TestLongConsumersInPython(t *testing.T) {
	t.Parallel()
	consume(t, language{"python3", "../../../docs/consume/python/%s.py"})
}
