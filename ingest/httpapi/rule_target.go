package httpapi

import (
	"context"
	"fmt"

	"gatehouse/ingest"
)

// readTarget reads a target that a person wrote. It refuses identities of a kind
// that nobody writes from: such a rule would match nothing and nobody would know.
func (a *api) readTarget(ctx context.Context, s string) (ingest.Target, error) {
	target, err := a.Region.ParseTarget(s)
	if err != nil {
		return target, badField("target", err.Error())
	}
	if target.MayMatch() {
		return target, nil
	}
	seen, err := a.Store.KindSeen(ctx, target.Kind)
	if err == nil && !seen {
		err = badField("target", fmt.Sprintf("%q: nobody writes from an address of the kind %s", target, target.Kind))
	}
	return target, err
}
