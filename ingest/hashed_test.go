package ingest

import "testing"

func TestHashedTargets(t *testing.T) {
	key := HashKey("k")
	id := Identity{Kind: "email", Value: "ann@example.com"}
	said := id.Hash(key).String()
	if want := "email:#3d4f78e9"; said[:len(want)] != want {
		t.Errorf("%s", said)
	}
	if got, err := ParseTarget(said); err != nil || got != id.Hash(key) || !got.Hashed() {
		t.Errorf("read again: %v, %v", got, err)
	}
	for _, s := range []string{"contact:" + said[6:], "email:" + said[6:69], "email:#" + said[6:69]} {
		if got, err := ParseTarget(s); err == nil {
			t.Errorf("%s is taken for %v", s, got)
		}
	}
	if (Target{Kind: "email", Value: key.Hash("email", "x")}).names(Identity{Kind: "email", Value: key.Hash("email", "x")}) {
		t.Error("a hash is compared as an address")
	}
}
