package main

import (
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print its secret, once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

type tokenCreateCmd struct {
	configured
	Role      string        `help:"What its holder may do." enum:"agent,supervisor,admin" required:""`
	Name      string        `help:"Who holds it." default:"command line"`
	ExpiresIn time.Duration `help:"How long it lasts; 0: until revoked."`
	Scope     []string      `help:"What it is for: *, read, or areas of the API, as contacts or blocked:read." default:"*"`
	Rate      int           `help:"Requests a minute; 0: as many as the settings say."`
	JSON      bool          `help:"Print JSON."`
}

// Run prints the secret alone, so that a script can take it.
func (c *tokenCreateCmd) Run(env *environment) error {
	order := ingest.TokenOrder{Name: c.Name, Role: ingest.Role(c.Role), Rate: max(c.Rate, 0), Actor: "command line"}
	for _, scope := range c.Scope {
		order.Scopes = append(order.Scopes, ingest.Scope(scope))
	}
	if err := ingest.CheckScopes(order.Scopes, httpapi.Areas()); err != nil {
		return exitError{exitUsage, err}
	}
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	if c.ExpiresIn > 0 {
		at := time.Now().Add(c.ExpiresIn)
		order.ExpiresAt = &at
	}
	t, err := s.CreateToken(env.ctx, order)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(env.out).Encode(t)
	}
	fmt.Fprintln(env.out, t.Secret)
	return nil
}

type tokenListCmd struct{ configured }

func (c *tokenListCmd) Run(env *environment) error {
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	for part := (ingest.Part{Limit: 200}); ; {
		list, err := s.Tokens(env.ctx, part)
		if err != nil {
			return err
		}
		for _, t := range list.Items {
			fmt.Fprintf(env.out, "%-6d %-11s %-9s %-9s %s %s\n", t.ID, t.Role, standingOf(t), t.Prefix, t.Name, t.Scopes)
		}
		if part.After = list.Next; part.After == "" {
			return nil
		}
	}
}

func standingOf(t ingest.Token) string {
	switch {
	case t.RevokedAt != nil:
		return "revoked"
	case t.ExpiresAt != nil && time.Now().After(*t.ExpiresAt):
		return "expired"
	}
	return "valid"
}

type tokenRevokeCmd struct {
	configured
	ID int64 `arg:"" help:"The token's id, as token list shows it."`
}

func (c *tokenRevokeCmd) Run(env *environment) error {
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.RevokeToken(env.ctx, c.ID, "command line")
}

type versionCmd struct{}

func (versionCmd) Run(env *environment) error {
	_, err := fmt.Fprintln(env.out, "gatehouse", version)
	return err
}
