package pipeline_test

import (
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

// Who opted out and was erased since is known by the keyed hash, to a process
// too that began later.
func TestOptOutsOfTheErasedAreForetold(t *testing.T) {
	id := ingest.Identity{Kind: "visitor", Value: "v1", How: ingest.Header}
	key := ingest.HashKey("a key of the installation's")
	var j pipeline.Judge
	j.Hear(ingest.News{Epoch: 1, Hashes: key, Opted: map[ingest.OptHash]bool{ingest.OptHash(key.Short(id.Kind, id.Value)): true}})
	other := id
	other.Value = "v2"
	for _, c := range []struct {
		id   ingest.Identity
		want bool
	}{{id, true}, {other, false}} {
		if got := j.Foretell([]ingest.Asked{{Identities: []ingest.Identity{c.id}}}, time.Now())[0].Opted; got != c.want {
			t.Errorf("%s: may have opted out %t", c.id.Value, got)
		}
	}
}
