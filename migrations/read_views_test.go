package migrations_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/migrations/localpg"
)

// One message of each state, all of which say the same word, some where the
// state allows none.
const oneOfEach = `
insert into channels (name, kind, family) values ('mail', 'imap', 'email');
insert into contacts (id) values ('00000000-0000-7000-8000-000000000001');
insert into conversations (id, contact, channel, family, status)
select '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', id, 'email', 'open' from channels;
insert into tickets (id, contact, channel, messages, reason)
select '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000001', id, 1, 'flood' from channels;
insert into messages (id, channel, state, sender, envelope, contact, conversation, ticket, reason, note, held_xid)
select ('10000000-0000-7000-8000-00000000000' || n)::uuid, c.id, s::state, case when s = 'purged' then '' else 'email:' || s || '-says@example.com' end,
  case when s = 'purged' then '{}' else jsonb_build_object('subject', s || '-says') end,
  case when s <> 'received' then '00000000-0000-7000-8000-000000000001'::uuid end,
  case when s in ('conversed', 'purged') then '00000000-0000-7000-8000-000000000002'::uuid end,
  case when s = 'held' then '00000000-0000-7000-8000-000000000003'::uuid end,
  case when s in ('held', 'refused', 'dead') then s || '-flood' end, s || '-says',
  case when s = 'held' then pg_current_xact_id() end
from channels c, unnest(array['received', 'conversed', 'held', 'refused', 'dead', 'purged']) with ordinality x(s, n);
insert into bodies (message, text, reply_text, html) select id, state || '-says', state || '-says', state || '-says' from messages;
insert into held_texts (message, ticket, seq, preview, text) select id, ticket, seq, 'held-says', 'held-says' from messages where state = 'held'`

func TestReadSchemaShowsWhatIsConversedOnly(t *testing.T) {
	conn := connect(t, localpg.Test(t))
	if _, err := conn.Exec(context.Background(), oneOfEach); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, view := range names(t, conn, `select relname::text from pg_class where relnamespace = 'gatehouse_read'::regnamespace`) {
		rows := names(t, conn, "select coalesce(json_agg(v), '[]')::text from gatehouse_read."+view+" v")
		all.WriteString(rows[0])
	}
	if n := strings.Count(all.String(), "conversed-says"); n != 5 {
		t.Errorf("what is conversed shows %d times, want as sender, subject, text, reply and HTML", n)
	}
	if n := strings.Count(all.String(), "-says"); n != 5 {
		t.Errorf("%d texts show, want 5: %s", n, all.String())
	}
	if !strings.Contains(all.String(), "10000000-0000-7000-8000-000000000003") {
		t.Error("what is held is in no view")
	}
}

// A function of a reader's own that tells what it is asked, cheaper than any
// condition of a view; strict, so that a join may be asked behind it.
const tells = `
insert into tickets (id, contact, channel, messages, reason)
select '00000000-0000-7000-8000-000000000004', contact, channel, 0, 'flood' from tickets;
set enable_indexscan = off; set enable_bitmapscan = off; set role gatehouse_supervisor_reader;
create function pg_temp.tell(what anyelement) returns bool language plpgsql strict cost 0.0000001 as $$ begin raise notice '%', what; return true; end $$;
select from gatehouse_read.messages where pg_temp.tell(text) and pg_temp.tell(subject) and pg_temp.tell(sender);
select from gatehouse_read.tickets where pg_temp.tell(id)`

// heard returns what such a function is asked, of a database that was changed
// by sql.
func heard(t *testing.T, sql string) string {
	t.Helper()
	cfg, err := pgx.ParseConfig(localpg.Test(t))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { told = append(told, n.Message) }
	ctx := context.Background()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, oneOfEach+";"+sql+tells); err != nil {
		t.Fatal(err)
	}
	return strings.Join(told, " ")
}

func TestReadersFunctionsSeeNoMore(t *testing.T) {
	const ticket, emptied = "000000000003", "000000000004"
	is := heard(t, "")
	if !strings.Contains(is, "conversed-says") || !strings.Contains(is, ticket) {
		t.Errorf("the function was not asked: %s", is)
	}
	const off = `alter view gatehouse_read.messages set (security_barrier = off); alter view gatehouse_read.tickets set (security_barrier = off);`
	without := heard(t, off)
	for _, word := range []string{"held-says", emptied} {
		if strings.Contains(is, word) {
			t.Errorf("the function was shown %s", word)
		}
		if !strings.Contains(without, word) {
			t.Errorf("without barriers the function is not shown %s either, so nothing is proved: %s", word, without)
		}
	}
}

func TestEveryViewIsABarrier(t *testing.T) {
	conn := connect(t, localpg.Test(t))
	bare := names(t, conn, `select coalesce(string_agg(relname, ' '), '') from pg_class where relnamespace = 'gatehouse_read'::regnamespace
and (relkind <> 'v' or not coalesce(reloptions, '{}') @> '{security_barrier=true}')`)
	if bare[0] != "" {
		t.Errorf("no security barriers: %s", bare[0])
	}
}

// filled is half a year of a desk, one of each an hour.
const filled = `;
create temp table hours as select gatehouse_read.first_id(at) as id, n, at
from generate_series(1, 4000) n, lateral (select '2025-10-01'::timestamptz + n * interval '1 hour' as at) x;
insert into contacts (id, created_at) select id, at from hours;
insert into identities (contact, kind, value, how) select id, 'email', n || '@example.com', 'verified' from hours;
insert into conversations (id, contact, channel, family, status, opened_at, last_message_at)
select h.id, h.id, c.id, 'email', 'open', at, at from hours h, channels c;
insert into rules (kind, target_kind, target, created_by, epoch) select 'block', 'email', n || '@example.com', 'ann', n from hours;
insert into tickets (id, contact, channel, messages, reason, held_at) select h.id, h.id, c.id, 1, 'flood', at from hours h, channels c;
insert into messages (id, channel, state, sender, envelope, contact, conversation, received_at, settled_at)
select h.id, c.id, 'conversed', 'email:' || n || '@example.com', '{}', h.id, h.id, at, at from hours h, channels c;
insert into messages (id, channel, state, sender, envelope, contact, ticket, reason, held_xid, received_at, settled_at)
select gen_random_uuid(), c.id, 'held', 'email:' || n || '@example.com', '{}', h.id, h.id, 'flood', pg_current_xact_id(), at, at from hours h, channels c;
insert into bodies (message, text) select id, 'hello' from hours;
insert into events (type, message) select 'message.conversed', id from hours;
insert into jobs (kind, scope, state, pass_epoch, created_by, finished_at) select 'release', 'all', 'done', 1, 'ann', at from hours;
analyze`

func TestReadSchemaUsesIndexes(t *testing.T) {
	conn := connect(t, localpg.Test(t))
	if _, err := conn.Exec(context.Background(), oneOfEach+filled); err != nil {
		t.Fatal(err)
	}
	const id = "'00000000-0000-7000-8000-000000000001'"
	for sql, index := range map[string]string{
		"messages where id = " + id: "messages_pkey",
		"messages where id >= gatehouse_read.first_id('2026-01-01') and id < gatehouse_read.first_id('2026-01-08')": "messages_pkey",
		"messages where conversation = " + id + " and received_at > '2026-01-01'":                                   "messages_conversation",
		"conversations where id = " + id:                                                       "conversations_pkey",
		"conversations where own_contact = " + id:                                              "conversations_contact",
		"conversations where last_message_at > '2026-03-10'":                                   "conversations_recent",
		"contacts where id = " + id:                                                            "contacts_pkey",
		"contacts where created_at > '2026-03-10'":                                             "contacts_created",
		"identities where own_contact = " + id:                                                 "identities_contact",
		"identities where kind = 'email' and value = 'a@example.com' and how <> 'claimed'":     "identities_joining",
		"tickets where held_at > '2026-03-10'":                                                 "tickets_recent",
		"held_messages where ticket = " + id:                                                   "messages_ticket",
		"events where id > 3900":                                                               "events_pkey",
		"jobs where id = 1":                                                                    "jobs_pkey",
		"rules where target_kind = 'email' and target = 'a@example.com' and lifted_at is null": "rules_target",
	} {
		plan := strings.Join(names(t, conn, "explain select * from gatehouse_read."+sql), "\n")
		if !uses(plan, index) {
			t.Errorf("%s does not ask by %s:\n%s", sql, index, plan)
		}
	}
}

// uses reports whether a condition in plan is asked of the index.
func uses(plan, index string) bool {
	lines := strings.Split(plan, "\n")
	for i, line := range lines[:len(lines)-1] {
		if strings.Contains(line, index) && strings.Contains(lines[i+1], "Index Cond") {
			return true
		}
	}
	return false
}
