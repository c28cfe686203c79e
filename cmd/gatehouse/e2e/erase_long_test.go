//go:build long

package e2e

import (
	"archive/zip"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

const (
	writer   = "planted.ann@example.com"
	chatter  = "v-ann"
	talked   = 600 // chat messages before the rule
	heldBack = 500 // and after it: more together than a step takes
)

// inside is what a file says that is attached to the mail, as it stands in it.
var inside = base64.StdEncoding.EncodeToString([]byte("plantedattachment"))

// plantedWords are in what is stored of the person, and afterwards nowhere.
var plantedWords = []string{writer, ann[1:], inside, "plantedmail", "plantedtext", "plantedphoto", "plantedtalk", "plantedheld", "plantedname", "plantednote"}

// leaving is a house, and a person in it who wrote by all ways and is erased.
type leaving struct {
	house
	db       *pgx.Conn
	box      *housetest.Mailbox
	album    *album
	contacts []string // by mail, SMS and chat, merged into the last
	rule     string   // on the visitor
	files    map[string]string
}

func newLeaving(t *testing.T) *leaving {
	t.Helper()
	l := &leaving{box: housetest.NewMailbox(t), album: newAlbum(t), files: map[string]string{}}
	database := localpg.Test(t)
	l.house = house{housetest.NewOn(t, database, housetest.Settings+"\nmedia: {allow: [127.0.0.1/32]}", l.box.Channel("support-mail"), housetest.SiteChat,
		fmt.Sprintf("{name: sms, kind: twilio, account_sid: AC1, auth_token: secret, public_url: %q, api_base: %q}", textsURL, l.album.api.URL))}
	var err error
	l.db, err = pgx.Connect(t.Context(), database)
	must(t, err)
	t.Cleanup(func() { _ = l.db.Close(context.WithoutCancel(t.Context())) })
	return l
}

// letterFrom is a mail of the person with a file in it.
func letterFrom(name string) string {
	return "From: Plantedname <" + writer + ">\r\nSubject: " + name + "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nplantedmail " + planted +
		"\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inside + "\r\n--b--\r\n"
}

// settleIn has the person write by mail, SMS and chat, be merged, noted of and
// blocked, and write on.
func (l *leaving) settleIn() {
	t := l.T
	l.album.put("plantedphoto", 300_000)
	l.box.Deliver("plantedmail", letterFrom("plantedmail"))
	l.mms("plantedtext", ann, l.album.api.URL+"/plantedphoto")
	l.write("plantedtalk", talked)
	l.become("plantedtext", "stored")
	for _, name := range []string{"plantedmail", "plantedtext", "plantedtalk 0"} {
		l.contacts = append(l.contacts, l.In("conversed", name).Contact)
	}
	into := l.contacts[2]
	for _, c := range l.contacts[:2] {
		l.Read(http.StatusCreated, http.MethodPost, "/contacts/"+c+"/merge", map[string]string{"into": into}, nil)
	}
	l.Read(http.StatusOK, http.MethodPatch, "/contacts/"+into, map[string]string{"name": "Plantedname"}, nil)
	l.Read(http.StatusCreated, http.MethodPost, "/contacts/"+into+"/notes", map[string]string{"text": "plantednote"}, nil)
	var rule housetest.Rule
	l.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": "block", "target": "visitor:" + chatter, "reason": "spam"}, &rule)
	l.rule = rule.ID
	l.write("plantedheld", heldBack)
	l.Decided(map[string]int{"site-chat": talked + heldBack})
	for _, path := range []string{"/contacts/export", "/contacts/" + l.contacts[0] + "/dossier"} {
		var job housetest.Job
		l.Read(http.StatusAccepted, http.MethodPost, path, nil, &job)
		l.Finished(job.ID)
		l.files[job.Kind] = job.ID
	}
	if found := l.grep(plantedWords); len(found) != len(plantedWords) {
		t.Fatalf("of %q only %q are stored", plantedWords, found)
	}
}

// write has the visitor write so many messages.
func (l *leaving) write(name string, n int) {
	for i := range n {
		l.Say(chatter, fmt.Sprintf("%s-%d", name, i), fmt.Sprintf("%s %d", name, i))
	}
}

// file is a file of an export.
func (l *leaving) file(want int, kind string) string {
	l.T.Helper()
	a, err := l.API(http.MethodGet, "/exports/"+l.files[kind]+"/file", nil)
	must(l.T, err)
	if a.Status != want {
		l.T.Fatalf("the %s is answered %d, want %d", kind, a.Status, want)
	}
	return a.Body
}

// tellsOfThem holds that both files were made and tell of the person.
func (l *leaving) tellsOfThem() {
	if csv := l.file(http.StatusOK, "export"); !strings.Contains(csv, "Plantedname") || !strings.Contains(csv, writer) {
		l.T.Errorf("the export does not tell of them: %.300s", csv)
	}
	all := l.file(http.StatusOK, "dossier")
	z, err := zip.NewReader(strings.NewReader(all), int64(len(all)))
	must(l.T, err)
	left := slices.Clone(plantedWords)
	for _, f := range z.File {
		r, err := f.Open()
		must(l.T, err)
		b, err := io.ReadAll(r)
		must(l.T, err)
		left = slices.DeleteFunc(left, func(word string) bool { return strings.Contains(strings.ToLower(string(b)), strings.ToLower(word)) })
	}
	if len(left) > 0 {
		l.T.Errorf("the dossier does not say %q", left)
	}
}

// grep finds which words are stored in any table, as they are or in octets.
func (l *leaving) grep(words []string) (found []string) {
	l.T.Helper()
	ctx := l.T.Context()
	rows, err := l.db.Query(ctx, "select format('%I', tablename) from pg_tables where schemaname = 'public'")
	must(l.T, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(l.T, err)
	for _, table := range tables {
		rows, err := l.db.Query(ctx, `select w from unnest($1::text[]) w where exists (select from `+table+` x
			where x::text ilike '%' || w || '%' or x::text ilike '%' || encode(convert_to(w, 'UTF8'), 'hex') || '%')`, words)
		must(l.T, err)
		in, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(l.T, err)
		for _, word := range in {
			l.T.Logf("%s says %s", table, word)
		}
		found = append(found, in...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// inRedis is all that Redis keeps, keys and values.
func (l *leaving) inRedis() string {
	l.T.Helper()
	ctx := l.T.Context()
	o, err := redis.ParseURL(l.Redis.URL())
	must(l.T, err)
	c := redis.NewClient(o)
	defer c.Close()
	must(l.T, c.Set(ctx, "control", "seen", 0).Err())
	defer c.Del(ctx, "control")
	var all strings.Builder
	for keys := c.Scan(ctx, 0, "*", 1000).Iterator(); keys.Next(ctx); {
		key := keys.Val()
		kind, err := c.Type(ctx, key).Result()
		must(l.T, err)
		var value any
		switch kind {
		case "string":
			value = c.Get(ctx, key).Val()
		case "list":
			value = c.LRange(ctx, key, 0, -1).Val()
		case "set":
			value = c.SMembers(ctx, key).Val()
		case "zset":
			value = c.ZRange(ctx, key, 0, -1).Val()
		case "hash":
			value = c.HGetAll(ctx, key).Val()
		case "none": // it went meanwhile
		default:
			l.T.Errorf("%s is a %s, which is not looked into", key, kind)
		}
		fmt.Fprintln(&all, key, value)
	}
	if !strings.Contains(all.String(), "control seen") {
		l.T.Errorf("what is in Redis is not seen: %.300s", all.String())
	}
	return all.String()
}

// noTrace holds that words are neither in the database nor in Redis.
func (l *leaving) noTrace(words []string) {
	l.T.Helper()
	if found := l.grep(words); len(found) > 0 {
		l.T.Errorf("the database still says %q", found)
	}
	all := strings.ToLower(l.inRedis())
	for _, word := range words {
		if strings.Contains(all, strings.ToLower(word)) {
			l.T.Errorf("Redis says %q", word)
		}
	}
}

// race has the person write on from now on; stop returns what was acknowledged.
func (l *leaving) race() (stop func() []string) {
	var names []string
	var racing sync.WaitGroup
	over := make(chan struct{})
	racing.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-over:
				return
			case <-time.After(50 * time.Millisecond):
			}
			name := fmt.Sprintf("racing%dx", n)
			a, err := l.Ask(http.MethodPost, housetest.Door, housetest.Post(chatter, name, name))
			if err == nil && a.Status == http.StatusAccepted { // else it is killed at the moment
				names = append(names, name)
			}
		}
	})
	return func() []string { close(over); racing.Wait(); return names }
}

// killedWithin orders the erasure of one of the contacts and kills the program
// when a part of it is done and the next is under way; another program ends it.
func (l *leaving) killedWithin(p *housetest.Program) (job string) {
	l.T.Helper()
	ctx := l.T.Context()
	other, err := pgx.ConnectConfig(ctx, l.db.Config())
	must(l.T, err)
	defer other.Close(ctx)
	tx, err := other.Begin(ctx) // its last step waits for this
	must(l.T, err)
	_, err = tx.Exec(ctx, "select from messages where id = (select max(id::text)::uuid from messages where sender = 'visitor:' || $1 and state = 'held') for update", chatter)
	must(l.T, err)
	var j housetest.Job
	l.Read(http.StatusAccepted, http.MethodPost, "/contacts/"+l.contacts[0]+"/erase", map[string]string{"reason": "request-9"}, &j)
	eventually(l.T, "a part is erased, and the next waits", func() bool {
		var begun, waits bool
		must(l.T, l.db.QueryRow(ctx, `select exists (select from erasures where after_id is not null),
			exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for update%' and pid <> pg_backend_pid())`).
			Scan(&begun, &waits))
		return begun && waits
	})
	p.Kill()
	var state string
	must(l.T, l.db.QueryRow(ctx, "select state from jobs where kind = 'erase'").Scan(&state))
	if state != "running" {
		l.T.Errorf("it is %s when the program is killed", state)
	}
	l.Serve()
	must(l.T, tx.Rollback(ctx))
	return j.ID
}

// A person of three contacts is erased while they write and the program is
// killed: nothing of what was is left, and who writes now is somebody new, whom
// the rule still holds.
func TestLongErasure(t *testing.T) {
	t.Parallel()
	l := newLeaving(t)
	p := l.Serve()
	l.settleIn()
	l.tellsOfThem()
	p.Terminate()
	p = l.Serve() // its first steps are short
	stop := l.race()
	l.Finished(l.killedWithin(p))
	raced := stop()
	l.certified()
	for kind := range l.files {
		l.file(http.StatusGone, kind)
	}
	l.noTrace(append(slices.Clone(plantedWords), l.gone(raced)...))
	l.newcomers()
	l.Command(0, "verify")
}

// gone are those messages of the race that were erased; the others are those of
// somebody new, and held.
func (l *leaving) gone(raced []string) []string {
	l.T.Helper()
	eventually(l.T, "nothing waits", func() bool {
		var n int
		must(l.T, l.db.QueryRow(l.T.Context(), "select count(*) from messages where state = 'received'").Scan(&n))
		return n == 0
	})
	after := map[string]housetest.Message{}
	for _, m := range l.Messages() {
		if strings.HasPrefix(m.Name(), "racing") {
			after[m.Name()] = m
		}
	}
	var gone []string
	for _, name := range raced {
		m, stays := after[name]
		switch {
		case !stays:
			gone = append(gone, name)
		case slices.Contains(l.contacts, m.Contact) || m.State != "held" || m.Rule == nil || m.Rule.ID != l.rule:
			l.T.Errorf("%s is %s of contact %s by %+v", name, m.State, m.Contact, m.Rule)
		}
	}
	l.T.Logf("%d messages were written meanwhile, %d of them erased", len(raced), len(gone))
	if len(gone) == 0 {
		l.T.Errorf("none of %d messages was erased: there was no race", len(raced))
	}
	return gone
}

// certified holds the certificate to what was done, by the key that is given
// out with it.
func (l *leaving) certified() {
	l.T.Helper()
	var e struct {
		Certificate, Signature string
		PublicKey              string `json:"public_key"`
	}
	l.Read(http.StatusOK, http.MethodGet, "/erasures/1", nil, &e)
	key, err := hex.DecodeString(e.PublicKey)
	must(l.T, err)
	signature, err := hex.DecodeString(e.Signature)
	must(l.T, err)
	if !ed25519.Verify(key, []byte(e.Certificate), signature) || ed25519.Verify(key, []byte(e.Certificate+" "), signature) {
		l.T.Errorf("the signature is not the certificate's")
	}
	var says struct {
		Contacts, Addresses []string
		Reason              string
		Removed             map[string]int
	}
	must(l.T, json.Unmarshal([]byte(e.Certificate), &says))
	slices.Sort(l.contacts)
	slices.Sort(says.Contacts)
	if !slices.Equal(says.Contacts, l.contacts) || says.Reason != "request-9" || len(says.Addresses) != 3 {
		l.T.Errorf("it is of %q, %q, %q", says.Contacts, says.Addresses, says.Reason)
	}
	for class, n := range map[string]int{"messages_conversed": talked + 2, "contacts": 3, "identities": 3, "notes": 1, "rules": 1, "files": 1,
		"exports": 1, "dossiers": 1, "merges": 2} {
		if says.Removed[class] != n {
			l.T.Errorf("%s: %d, want %d", class, says.Removed[class], n)
		}
	}
	if n := says.Removed["messages_held"]; n < heldBack {
		l.T.Errorf("%d held messages, want %d and those of the race", n, heldBack)
	}
}

// newcomers has the person write again by all ways.
func (l *leaving) newcomers() {
	l.T.Helper()
	l.box.Deliver("again by mail", letterFrom("again by mail"))
	l.mms("again by SMS", ann)
	l.Say(chatter, "again", "again by chat")
	for name, state := range map[string]string{"again by mail": "conversed", "again by SMS": "conversed", "again by chat": "held"} {
		m := l.In(state, name)
		if slices.Contains(l.contacts, m.Contact) || m.Contact == "" {
			l.T.Errorf("%s is of contact %s, who was erased", name, m.Contact)
		}
		if state == "held" && (m.Rule == nil || m.Rule.ID != l.rule || !strings.HasPrefix(m.Rule.Target, "visitor:#")) {
			l.T.Errorf("%s is held by %+v, want rule %s by its hash", name, m.Rule, l.rule)
		}
	}
}
