package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// receive takes events that are posted to http://ADDRESS. TLS ends in front of it.
func receive(address string, k *kept) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("GATEHOUSE_SECRET"), "whsec_"))
	if err != nil || len(secret) < 24 {
		log.Fatal("GATEHOUSE_SECRET is not the secret of an endpoint")
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || !signed(r.Header, body, secret, time.Now()) {
			http.Error(w, "not signed as it should be", http.StatusUnauthorized)
			return
		}
		k.keep(body)
		w.WriteHeader(http.StatusNoContent) // not before it is kept
	})
	l, err := net.Listen("tcp", address)
	check(err)
	fmt.Printf("listening on %s\n", l.Addr())
	server := http.Server{Handler: handler, ReadTimeout: 15 * time.Second}
	check(server.Serve(l))
}

// signed reports whether a request is of Gatehouse, and of these minutes
// (Standard Webhooks, v1). It may have several signatures, while a secret
// changes.
func signed(h http.Header, body, secret []byte, now time.Time) bool {
	id, timestamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	for _, signature := range strings.Fields(h.Get("webhook-signature")) {
		version, text, _ := strings.Cut(signature, ",")
		given, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(given, mac.Sum(nil)) {
			return true
		}
	}
	return false
}
