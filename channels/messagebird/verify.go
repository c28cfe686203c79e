package messagebird

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/channels"
)

const (
	tokenHeader = "MessageBird-Signature-JWT"
	oldHeader   = "MessageBird-Signature"
)

var methods = []string{"HS256", "HS384", "HS512"}

// Verify returns nil if MessageBird signed the request, just now. A token that is
// wrong is not made good by an old signature.
func (h *hook) Verify(r channels.Request) error {
	if len(r.Header.Values(tokenHeader)) == 0 && h.OldSignature {
		return h.verifyOld(r)
	}
	token, err := r.HeaderOnce(tokenHeader)
	if err != nil {
		return err
	}
	claims, err := h.host.JWT(token, methods, h.SigningKey, h.leeway())
	if err != nil {
		return err
	}
	if err := complete(claims); err != nil {
		return err
	}
	if err := h.hasURL(r, claims); err != nil {
		return err
	}
	return hasBody(r, claims)
}

// complete returns nil if a token says all that it has to: who made it, until
// when, and its own id. One without an end would be valid for ever.
func complete(claims jwt.MapClaims) error {
	issuer, _ := claims.GetIssuer()
	ends, err := claims.GetExpirationTime()
	_, hasID := claims["jti"]
	if issuer != "MessageBird" || err != nil || ends == nil || !hasID {
		return channels.CauseOther.Because("the token is signed, and none of a webhook's: want iss, exp and jti")
	}
	return nil
}

// hasURL returns nil if the token was made for the URL that was called.
func (h *hook) hasURL(r channels.Request, claims jwt.MapClaims) error {
	err := channels.AtURL(h.base, r, func(address string) bool { return isHash(claims["url_hash"], []byte(address)) })
	var refusal *channels.Refusal
	if errors.As(err, &refusal) && refusal.Cause != channels.CauseURL {
		refusal.Cause, refusal.Err = channels.CauseURL, fmt.Errorf("the token was made for another URL than %s", h.base)
	}
	return err
}

var errBody = channels.CauseBody.Because("the token was made for another body")

// hasBody returns nil if the token was made for the body. It says nothing of one
// only if there is none.
func hasBody(r channels.Request, claims jwt.MapClaims) error {
	claim, found := claims["payload_hash"]
	if !found && len(r.Raw) == 0 || found && isHash(claim, r.Raw) {
		return nil
	}
	return errBody
}

// isHash reports whether a claim is the SHA-256 of something, in hexadecimal.
func isHash(claim any, of []byte) bool {
	text, _ := claim.(string)
	given, err := hex.DecodeString(text)
	sum := sha256.Sum256(of)
	return err == nil && subtle.ConstantTimeCompare(given, sum[:]) == 1
}
