package demo

import (
	"context"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/password"
)

// person may do what their role may: on pages by signing in with the role's name
// and the password, in programs by the token.
type person struct {
	role            ingest.Role
	password, token string
}

func (s *story) makePeople(ctx context.Context) error {
	for _, role := range []ingest.Role{ingest.RoleAgent, ingest.RoleSupervisor, ingest.RoleAdmin} {
		p := person{role: role, password: password.Generate()}
		hash, err := password.New(password.Usual, 1).Hash(ctx, p.password)
		if err != nil {
			return err
		}
		name := string(role)
		if _, err := s.app.Store.CreateUser(ctx, ingest.NewUser{Login: name, Name: name, Role: role, Password: ingest.Secret(hash), Actor: "demo"}); err != nil {
			return err
		}
		t, err := s.app.Store.CreateToken(ctx, ingest.TokenOrder{Name: "demo " + name, Role: role, Actor: "demo"})
		if err != nil {
			return err
		}
		p.token, s.desk.token = t.Secret, t.Secret // the last one's is the administrator's
		s.people = append(s.people, p)
	}
	return nil
}

// introduce says where to look around, and as whom.
func (s *story) introduce() {
	s.say("Look around at %s/ in a browser.", s.desk.base)
	s.say("Programs ask %s/api/v1, described by %s/api/v1/openapi.yaml.", s.desk.base, s.desk.base)
	s.say("  %-10s  %-*s  token for programs", "sign in as", len(s.people[0].password), "password")
	for _, p := range s.people {
		s.say("  %-10s  %s  %s", p.role, p.password, p.token)
	}
}
