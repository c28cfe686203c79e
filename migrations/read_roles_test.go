package migrations_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/migrations/localpg"
)

const denied = "42501" // insufficient_privilege

// codeOf does sql as a role and returns the code that it is refused with.
func codeOf(t *testing.T, conn *pgx.Conn, role, sql string) string {
	t.Helper()
	err := pgx.BeginFunc(context.Background(), conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(context.Background(), "set local role "+role); err != nil {
			t.Fatal(err)
		}
		_, err := tx.Exec(context.Background(), sql)
		return err
	})
	var pg *pgconn.PgError
	if err != nil && !errors.As(err, &pg) {
		t.Fatal(err)
	}
	if pg == nil {
		return ""
	}
	return pg.Code
}

func names(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), sql)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(list) == 0 {
		t.Fatalf("%d names: %v", len(list), err)
	}
	return list
}

func TestReadersReadTheViewsAndNothingElse(t *testing.T) {
	conn := connect(t, localpg.Test(t))
	only := map[string]bool{}
	for _, c := range columns(t, conn) {
		only[c.View] = c.Readers == "supervisors"
	}
	for _, view := range []string{"rules", "tickets", "held_messages", "jobs"} {
		if !only[view] {
			t.Errorf("%s is for everybody", view)
		}
	}
	tables := names(t, conn, `select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'S')`)
	for _, role := range []string{agent, desk} {
		for view, supervisors := range only {
			want := ""
			if supervisors && role == agent {
				want = denied
			}
			if got := codeOf(t, conn, role, "select * from gatehouse_read."+view); got != want {
				t.Errorf("%s reads %s: %q, want %q", role, view, got, want)
			}
			if got := codeOf(t, conn, role, "delete from gatehouse_read."+view); got != denied && got != "55000" { // of several tables: for nobody
				t.Errorf("%s deletes from %s: %q", role, view, got)
			}
		}
		for _, table := range tables {
			if got := codeOf(t, conn, role, "select * from "+table); got != denied {
				t.Errorf("%s reads %s: %q", role, table, got)
			}
		}
		for _, sql := range []string{
			"insert into gatehouse_read.channels (name) values ('x')", "update gatehouse_read.contacts set name = 'x'",
			"insert into events (type) values ('x')", "create table gatehouse_read.x ()", "create table public.x ()",
			"select gatehouse_read.grant_readers()",
		} {
			if got := codeOf(t, conn, role, sql); got != denied {
				t.Errorf("%s may %s: %q", role, sql, got)
			}
		}
	}
}
