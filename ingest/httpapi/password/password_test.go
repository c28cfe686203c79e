package password_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/password"
)

var cheap = password.Cost{Memory: 64, Passes: 1, Threads: 1}

func check(t *testing.T, h *password.Hasher, hash, word string) (right, stale bool) {
	t.Helper()
	right, stale, err := h.Check(t.Context(), hash, word)
	if err != nil {
		t.Fatal(err)
	}
	return right, stale
}

func TestAHashIsOfItsPassword(t *testing.T) {
	h := password.New(cheap, 1)
	hash, err := h.Hash(t.Context(), "correct horse é")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%q %v", hash, err)
	}
	if right, stale := check(t, h, hash, "correct horse e\u0301"); !right || stale {
		t.Errorf("typed in another form of Unicode: right %v, stale %v", right, stale)
	}
	for _, wrong := range []string{"", "correct horse", "Correct horse é", hash} {
		if right, _ := check(t, h, hash, wrong); right {
			t.Errorf("%q is right too", wrong)
		}
	}
	if again, _ := h.Hash(t.Context(), "correct horse é"); again == hash {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	if right, stale := check(t, password.New(password.Cost{Memory: 128, Passes: 1, Threads: 1}, 1), hash, "correct horse é"); !right || !stale {
		t.Errorf("after a change of the cost: right %v, stale %v", right, stale)
	}
}

// A hash of another program: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 24`, of the reference
// implementation's own tests.
func TestAHashOfAnotherProgram(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if right, stale := check(t, password.New(cheap, 1), hash, "password"); !right || !stale {
		t.Errorf("right %v, stale %v", right, stale)
	}
}

func TestNoHashIsOfNoPassword(t *testing.T) {
	h := password.New(cheap, 1)
	for _, word := range []string{"", "x"} {
		if right, _ := check(t, h, "", word); right {
			t.Errorf("%q opens what has no password", word)
		}
	}
}

func TestWhatIsNoHash(t *testing.T) {
	h := password.New(cheap, 1)
	for _, hash := range []string{
		"plain", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
		"$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "$argon2id$v=19$m=64,t=1,p=1,x=2$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
	} {
		if right, _, err := h.Check(t.Context(), hash, "password"); err == nil || right {
			t.Errorf("%s: right %v, %v", hash, right, err)
		}
	}
}

func TestAFullHouseIsSaid(t *testing.T) {
	h := password.New(cheap, 0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "x"); !ingest.Temporary(err) {
		t.Errorf("hash: %v", err)
	}
	if _, _, err := h.Check(ctx, "", "x"); !ingest.Temporary(err) {
		t.Errorf("check: %v", err)
	}
}

func TestPasswordsThatMayBeChosen(t *testing.T) {
	for word, want := range map[string]string{
		"correct horse battery": "", "ann@example.com": "little more", "eleven char": "at least 12", "aaaaaaaaaaaaaaaa": "over and over",
		strings.Repeat("ab", 600): "at most", "\xff\xfe and some more": "want text", "zwölf Buchst": "", password.Generate(): "",
	} {
		err := password.Allowed(word, "ann@example.com")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", word, err, want)
		}
	}
}
