//go:build long

package migrations_test

import (
	"context"
	"net/url"
	"testing"

	"gatehouse/migrations"
	"gatehouse/migrations/localpg"
)

// Who may create no roles migrates all the same; somebody else creates them,
// and the owner grants.
func TestLongMigrateWithoutRightToCreateRoles(t *testing.T) {
	ctx, server := context.Background(), localpg.Own(t, localpg.Options{})
	super := connect(t, server.URL(localpg.Database))
	for _, sql := range []string{"create role plain login", "create database plainly owner plain"} {
		if _, err := super.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	address, err := url.Parse(server.URL("plainly"))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("user", "plain")
	address.RawQuery = query.Encode()
	if _, err := migrations.Up(ctx, address.String()); err != nil {
		t.Fatal(err)
	}
	owner := connect(t, address.String())
	if names := names(t, owner, "select count(*)::text from pg_roles where rolname like 'gatehouse%reader'"); names[0] != "0" {
		t.Errorf("%s roles were created", names[0])
	}
	if _, err := super.Exec(ctx, "create role gatehouse_reader nologin; create role gatehouse_supervisor_reader nologin"); err != nil {
		t.Fatal(err)
	}
	if _, err := owner.Exec(ctx, "select gatehouse_read.grant_readers()"); err != nil {
		t.Fatal(err)
	}
	there := connect(t, server.URL("plainly"))
	for role, want := range map[string]string{agent: denied, desk: ""} {
		if got := codeOf(t, there, role, "select * from gatehouse_read.rules"); got != want {
			t.Errorf("%s reads rules: %q, want %q", role, got, want)
		}
		if got := codeOf(t, there, role, "select * from gatehouse_read.messages"); got != "" {
			t.Errorf("%s reads messages: %q", role, got)
		}
	}
}
