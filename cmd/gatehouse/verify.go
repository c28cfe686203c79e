package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

type verifyCmd struct {
	configured
	Since time.Time `help:"Pass over messages received before this (RFC 3339)." format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME"`
	Head  string    `name:"audit-head" help:"Besides, the audit's chain must have this hash, which was kept elsewhere (GET audit/head)." placeholder:"HASH"`
	JSON  bool      `help:"Print JSON."`
}

// Run asks the laws that a query can ask, in one snapshot. Of the audit it
// seals first what waits, for the program may have been stopped for long.
func (c *verifyCmd) Run(env *environment) error {
	if b, err := hex.DecodeString(c.Head); err != nil || c.Head != "" && len(b) != sha256.Size {
		return exitError{exitUsage, errors.New("--audit-head: want a hash of 64 hexadecimal digits")}
	}
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.SealAudit(env.ctx); err != nil { // a copy that only reads, perhaps: what waits too long is found below
		env.log.Warn("the audit's newest lines could not be sealed", "error", err)
	}
	v, err := s.Verify(env.ctx, c.Since)
	if err != nil {
		return err
	}
	if err := c.compareHead(env.ctx, s, &v); err != nil {
		return err
	}
	if c.JSON {
		v.Violations = append([]ingest.Violation{}, v.Violations...) // a list, if an empty one
		if err := json.NewEncoder(env.out).Encode(v); err != nil {
			return err
		}
	} else {
		for _, x := range v.Violations {
			fmt.Fprintf(env.out, "law %d: %s: %d, as %v\n", x.Law, x.Says, x.N, x.IDs)
		}
		fmt.Fprintf(env.out, "%d messages, %d violations\n", v.Messages, len(v.Violations))
	}
	if len(v.Violations) > 0 {
		return no("laws do not hold")
	}
	return nil
}

// compareHead adds it to the verdict if a hash of the audit that was kept
// elsewhere is not in its chain.
func (c *verifyCmd) compareHead(ctx context.Context, s *postgres.Store, v *ingest.Verdict) error {
	if c.Head == "" {
		return nil
	}
	kept, _ := hex.DecodeString(c.Head) // Run has looked
	has, err := s.AuditHas(ctx, kept)
	if err == nil && !has {
		v.Violations = append(v.Violations, ingest.Violation{Law: ingest.AuditLaw, N: 1, IDs: []string{c.Head},
			Says: "the audit has no line with the hash that was kept: it is another one, or retention removed the line"})
	}
	return err
}
