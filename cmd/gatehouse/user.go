package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/password"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Make a user who signs in with a password; the first administrator is made so."`
	List   userListCmd   `cmd:"" help:"List the users."`
}

type userCreateCmd struct {
	configured
	Login         string `arg:"" help:"What they sign in with: a name or mail address."`
	Role          string `help:"What they may do." enum:"agent,supervisor,admin" required:""`
	Name          string `help:"What they are called; the login, if it is not given."`
	TimeZone      string `help:"Theirs, as Europe/Berlin." placeholder:"ZONE"`
	PasswordStdin bool   `help:"Read the password from the first line of stdin; without, one is made up and printed, once."`
	JSON          bool   `help:"Print JSON."`
}

// Run prints a password that was made up alone, so that a script can take it.
func (c *userCreateCmd) Run(env *environment) error {
	login, err := ingest.LoginOf(c.Login)
	if err != nil {
		return exitError{exitUsage, err}
	}
	word, err := c.password(login)
	if err != nil {
		return err
	}
	hash, err := password.New(password.Usual, 1).Hash(env.ctx, word)
	if err != nil {
		return err
	}
	if c.Name == "" {
		c.Name = login
	}
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	id, err := s.CreateUser(env.ctx, ingest.NewUser{Login: login, Name: c.Name, Role: ingest.Role(c.Role), TimeZone: c.TimeZone,
		Password: ingest.Secret(hash), Actor: "command line"})
	if err != nil {
		return err
	}
	return c.print(env.out, id, login, word)
}

func (c *userCreateCmd) password(login string) (string, error) {
	if !c.PasswordStdin {
		return password.Generate(), nil
	}
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, 4<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", exitError{exitUsage, fmt.Errorf("password: %w", err)}
	}
	word := strings.TrimRight(line, "\r\n")
	return word, password.Allowed(word, login)
}

func (c *userCreateCmd) print(out io.Writer, id int64, login, word string) error {
	if c.PasswordStdin {
		word = ""
	}
	if c.JSON {
		return json.NewEncoder(out).Encode(struct {
			ID       int64  `json:"id,string"`
			Login    string `json:"login"`
			Password string `json:"password,omitempty"`
		}{id, login, word})
	}
	if word != "" {
		fmt.Fprintln(out, word)
	}
	return nil
}

type userListCmd struct{ configured }

func (c *userListCmd) Run(env *environment) error {
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	for part := (ingest.Part{Limit: 200}); ; {
		list, err := s.Users(env.ctx, part)
		if err != nil {
			return err
		}
		for _, u := range list.Items {
			state := "enabled"
			if u.DisabledAt != nil {
				state = "disabled"
			}
			fmt.Fprintf(env.out, "%-6d %-11s %-9s %s (%s)\n", u.ID, u.Role, state, u.Login, u.Name)
		}
		if part.After = list.Next; part.After == "" {
			return nil
		}
	}
}
