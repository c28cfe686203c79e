package ingest

import (
	"strings"
	"testing"
)

func TestReplyTokens(t *testing.T) {
	old, both := ReplySecrets{"an older secret"}, ReplySecrets{"a newer secret", "an older secret"}
	for _, n := range []int64{1, 255, 256, 123456789, 1<<63 - 1} {
		address, err := old.Address("Support@example.com", n)
		if err != nil {
			t.Fatal(err)
		}
		for _, written := range []string{address, strings.ToUpper(address)} {
			if got, ok := both.Conversation(ReplyToken(written)); !ok || got != n {
				t.Errorf("%s: %d %t, want %d", written, got, ok, n)
			}
		}
		if _, ok := (ReplySecrets{"a newer secret"}).Conversation(ReplyToken(address)); ok {
			t.Errorf("%s is believed without the secret that signed it", address)
		}
		token := ReplyToken(address)
		for i := len(tokenMark); i < len(token); i++ {
			forged := token[:i] + string(rune('a'+(token[i]-'a'+1)%26)) + token[i+1:]
			if got, ok := both.Conversation(forged); ok && got != n {
				t.Errorf("%s forged to %s names %d", token, forged, got)
			}
		}
	}
	for _, none := range []string{"", "support@example.com", "support+r-@example.com", "support+r-aaaa@example.com", "r-aaaaaaaaaaaaaaaaaaaa", "+r-AAAA@",
		"support+r-" + strings.Repeat("a", 200) + "@example.com"} {
		if n, ok := both.Conversation(ReplyToken(none)); ok {
			t.Errorf("%q names %d", none, n)
		}
	}
	if _, err := old.Address(strings.Repeat("a", 50)+"@example.com", 1); err == nil {
		t.Error("an address too long for a token is no error")
	}
	if _, err := (ReplySecrets{}).Address("support@example.com", 1); err == nil {
		t.Error("without a secret there is no token")
	}
}

func FuzzReplyToken(f *testing.F) {
	s := ReplySecrets{"a secret"}
	address, _ := s.Address("support@example.com", 7)
	f.Add(address)
	f.Add("support+r-aaaaaaaaaaaaaaaaaaaaaaaa@example.com")
	f.Fuzz(func(t *testing.T, address string) {
		token := ReplyToken(address)
		if n, ok := s.Conversation(token); ok && s.Token(n) != token {
			t.Errorf("%q names %d, whose token is %q", token, n, s.Token(n))
		}
	})
}
