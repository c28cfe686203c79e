// Package e2e tests Gatehouse as its operators run it: the built program as a
// process of its own, with a private Postgres and Redis, an IMAP server and
// HTTP, which is killed, and robbed of each, while messages come in. It is
// tests alone.
package e2e
