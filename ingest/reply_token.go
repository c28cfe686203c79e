package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// ReplySecrets sign reply tokens: the first signs, each of them is believed.
type ReplySecrets []string

// A token is the number of a conversation and 80 bits of a signature, in lower
// case and without padding: mail servers fold the case of a local part.
const (
	tokenMark  = "r-"
	tokenSign  = 10 // octets
	longestTag = 8  // octets of a number
	maxLocal   = 64 // octets of a local part (RFC 5321 §4.5.3.1.1)
)

var tokenText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Address is the mailbox's address with the token of a conversation in it, as
// support+r-…@example.com (RFC 5233): whoever writes to it may claim the
// conversation. It fails if the address is none, or too long for a token.
func (s ReplySecrets) Address(mailbox string, conversation int64) (string, error) {
	at := strings.LastIndexByte(mailbox, '@')
	if at <= 0 || len(s) == 0 {
		return "", errors.New("no address to put a token in")
	}
	local := mailbox[:at] + "+" + s.Token(conversation)
	if len(local) > maxLocal {
		return "", fmt.Errorf("%s: with a token its local part has more than %d octets", mailbox, maxLocal)
	}
	return local + mailbox[at:], nil
}

// Token names a conversation so that nobody else can.
func (s ReplySecrets) Token(conversation int64) string {
	number := binary.BigEndian.AppendUint64(nil, uint64(conversation))
	for len(number) > 1 && number[0] == 0 {
		number = number[1:]
	}
	return tokenMark + tokenText.EncodeToString(append(number, signToken(s[0], number)...))
}

// Conversation is the number that a token names; false if no secret signed it.
func (s ReplySecrets) Conversation(token string) (int64, bool) {
	text, marked := strings.CutPrefix(token, tokenMark)
	b, err := tokenText.DecodeString(text)
	if !marked || err != nil || len(b) <= tokenSign || len(b) > tokenSign+longestTag || tokenText.EncodeToString(b) != text {
		return 0, false
	}
	number, sign := b[:len(b)-tokenSign], b[len(b)-tokenSign:]
	for _, secret := range s {
		if hmac.Equal(sign, signToken(secret, number)) {
			return int64(binary.BigEndian.Uint64(append(make([]byte, 8-len(number)), number...))), true
		}
	}
	return 0, false
}

func signToken(secret string, number []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("gatehouse reply token\x00"))
	h.Write(number)
	return h.Sum(nil)[:tokenSign]
}

// ReplyToken is what looks like a token in an address; "" if nothing does.
func ReplyToken(address string) string {
	local, _, found := strings.Cut(strings.ToLower(address), "@")
	i := strings.LastIndex(local, "+"+tokenMark)
	if !found || i < 0 || len(local) > maxLocal {
		return ""
	}
	return local[i+1:]
}
