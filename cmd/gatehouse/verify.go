package main

import (
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/ingest"
)

type verifyCmd struct {
	configured
	Since time.Time `help:"Pass over messages received before this (RFC 3339)." format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME"`
	JSON  bool      `help:"Print JSON."`
}

// Run asks the laws that a query can ask, in one snapshot.
func (c *verifyCmd) Run(env *environment) error {
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	v, err := s.Verify(env.ctx, c.Since)
	if err != nil {
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
		return no("%d laws do not hold", len(v.Violations))
	}
	return nil
}
