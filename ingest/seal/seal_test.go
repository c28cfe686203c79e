package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func newKey() string {
	b := make([]byte, keyLen)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

func ring(t testing.TB, keys ...string) *Ring {
	t.Helper()
	r, err := New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sealed(t testing.TB, r *Ring, secret, purpose string) []byte {
	t.Helper()
	blob, err := r.Seal([]byte(secret), purpose)
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

func TestSealedSecretsOpen(t *testing.T) {
	r := ring(t, newKey())
	for _, secret := range []string{"", "1//refresh", strings.Repeat("x", 5000)} {
		blob := sealed(t, r, secret, "channel 7")
		if len(secret) > 5 && bytes.Contains(blob, []byte(secret[:6])) {
			t.Error("the secret stands in the blob")
		}
		got, err := r.Open(blob, "channel 7")
		if err != nil || string(got) != secret {
			t.Errorf("%q, %v", got, err)
		}
	}
	if bytes.Equal(sealed(t, r, "same", "p"), sealed(t, r, "same", "p")) {
		t.Error("the same secret seals the same twice")
	}
}

func TestASecretOpensOnlyForWhatItIsFor(t *testing.T) {
	r := ring(t, newKey())
	one, two := sealed(t, r, "first", "channel 1"), sealed(t, r, "second", "channel 2")
	for name, c := range map[string]struct {
		blob    []byte
		purpose string
	}{
		"swapped":           {one, "channel 2"},
		"another use":       {one, "channel 1 verifier"},
		"key of the other":  {append(bytes.Clone(one[:secretsAt]), two[secretsAt:]...), "channel 1"},
		"cut off":           {one[:len(one)-1], "channel 1"},
		"nothing":           {nil, "channel 1"},
		"only the wrapping": {one[:secretsAt], "channel 1"},
		"another form":      {append([]byte{9}, one[1:]...), "channel 1"},
	} {
		if got, err := r.Open(c.blob, c.purpose); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for i := range one {
		bad := bytes.Clone(one)
		bad[i] ^= 1
		if _, err := r.Open(bad, "channel 1"); err == nil {
			t.Fatalf("octet %d may be changed", i)
		}
	}
}

func TestKeysRotate(t *testing.T) {
	old, fresh := newKey(), newKey()
	blob := sealed(t, ring(t, old), "secret", "p")
	both := ring(t, fresh, old)
	got, err := both.Open(blob, "p")
	if err != nil || string(got) != "secret" || both.Current(blob) {
		t.Errorf("%q, %v, current %t", got, err, both.Current(blob))
	}
	again := sealed(t, both, "secret", "p")
	if !both.Current(again) || !ring(t, fresh).Current(again) {
		t.Error("what the first key sealed is not current")
	}
	if _, err := ring(t, fresh).Open(blob, "p"); !errors.Is(err, ErrNoKey) {
		t.Error("without the old key:", err)
	}
}

func TestSignatures(t *testing.T) {
	old, fresh := newKey(), newKey()
	signature := ring(t, old).Sign([]byte("data"), "link")
	for name, c := range map[string]struct {
		ring          *Ring
		data, purpose string
		want          bool
	}{
		"its own":         {ring(t, old), "data", "link", true},
		"after rotation":  {ring(t, fresh, old), "data", "link", true},
		"another ring":    {ring(t, fresh), "data", "link", false},
		"other data":      {ring(t, old), "date", "link", false},
		"another purpose": {ring(t, old), "data", "state", false},
		"moved border":    {ring(t, old), "kdata", "lin", false},
	} {
		if got := c.ring.Signed([]byte(c.data), c.purpose, signature); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestKeysAreRead(t *testing.T) {
	good := newKey()
	raw, _ := base64.StdEncoding.DecodeString(good)
	for name, c := range map[string]struct {
		keys []string
		says string
	}{
		"base64":       {[]string{good}, ""},
		"with a line":  {[]string{" " + good + "\n"}, ""},
		"hexadecimal":  {[]string{hex.EncodeToString(raw)}, ""},
		"URL alphabet": {[]string{base64.RawURLEncoding.EncodeToString(raw)}, ""},
		"none":         {nil, "no key"},
		"empty":        {[]string{""}, "32 random octets"},
		"a password":   {[]string{"correct horse battery staple"}, "32 random octets"},
		"too short":    {[]string{base64.StdEncoding.EncodeToString(raw[:16])}, "32 random octets"},
		"zeros":        {[]string{hex.EncodeToString(make([]byte, 32))}, "not random"},
		"changeme":     {[]string{base64.StdEncoding.EncodeToString([]byte("changemechangemechangemechangeme"))}, "not random"},
		"twice":        {[]string{good, hex.EncodeToString(raw)}, "key 2 of 2 stands there twice"},
		"second bad":   {[]string{good, "x"}, "key 2 of 2"},
	} {
		_, err := New(c.keys...)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		if err != nil && strings.Contains(err.Error(), "horse") {
			t.Errorf("%s: the error quotes the key: %v", name, err)
		}
	}
}

func TestARingPrintsNoKey(t *testing.T) {
	r := ring(t, newKey())
	mac := hex.EncodeToString(r.keys[0].mac)
	for _, text := range []string{fmt.Sprint(r), fmt.Sprintf("%v %+v %#v", r, r, r)} {
		if strings.Contains(text, mac[:8]) || !strings.Contains(text, "1 sealing keys") {
			t.Error(text)
		}
	}
}

func FuzzOpen(f *testing.F) {
	r := ring(f, newKey())
	f.Add(sealed(f, r, "secret", "p"), "p")
	f.Add([]byte{form}, "")
	f.Fuzz(func(t *testing.T, blob []byte, purpose string) {
		if secret, err := r.Open(blob, purpose); err == nil && string(secret) != "secret" {
			t.Errorf("opened a forgery: %q", secret)
		}
	})
}
