//go:build long && dovecot

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/jackc/pgx/v5"

	"gatehouse/channels/imap/dovecot"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// deliver puts mails into a user's mailbox, many on their way at a time.
func deliver(server *dovecot.Server, user string, list []piece) error {
	c, err := imapclient.DialInsecure(net.JoinHostPort(server.Host, strconv.Itoa(server.Port)), nil)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Login(user, "secret").Wait(); err != nil {
		return err
	}
	for some := range slices.Chunk(list, 50) {
		if err := appended(c, some); err != nil {
			return err
		}
	}
	return nil
}

func appended(c *imapclient.Client, list []piece) error {
	var under []*imapclient.AppendCommand
	var errs []error
	for _, l := range list {
		cmd := c.Append("INBOX", int64(len(l.text)), nil)
		_, err := io.WriteString(cmd, l.text)
		errs = append(errs, err, cmd.Close())
		under = append(under, cmd)
	}
	for _, cmd := range under {
		_, err := cmd.Wait()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// A fate is what became of a mail: a state, and why, where it is held or dead.
type fate struct{ state, reason string }

// fates are those of a channel's mails by their marks, read out of the bytes
// that are stored: the program's own keys have no say.
func fates(t *testing.T, database, channel string) map[string][]fate {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	db, err := pgx.Connect(ctx, database)
	must(t, err)
	defer db.Close(ctx)
	rows, err := db.Query(ctx, `select substring(r.data from 1 for 200), m.state::text, coalesce(m.reason, '')
from messages m join raw r on r.message = m.id and r.n = 0 join channels c on c.id = m.channel where c.name = $1`, channel)
	must(t, err)
	all := map[string][]fate{}
	var raw []byte
	var f fate
	_, err = pgx.ForEachRow(rows, []any{&raw, &f.state, &f.reason}, func() error {
		line, _, _ := strings.Cut(string(raw), "\r\n")
		mark, ok := strings.CutPrefix(line, marker)
		if !ok {
			return fmt.Errorf("a mail without its mark: %q", line)
		}
		all[mark] = append(all[mark], f)
		return nil
	})
	must(t, err)
	return all
}

// as compares what became of a channel's mails with what should have.
func (h house) as(got map[string][]fate, list []piece, undisturbed map[string][]fate) {
	h.T.Helper()
	want := map[string]int{}
	for _, l := range list {
		if l.fate == "refused" {
			continue // nothing of it is kept
		}
		want[l.mark]++
		should := fate{state: l.fate}
		if l.fate == "" {
			should = undisturbed[l.mark][0]
		}
		for _, f := range got[l.mark] {
			if f.state != should.state || l.fate == "" && f != should {
				h.T.Errorf("%s is %v, should be %v", l.mark, f, should)
			}
		}
	}
	for mark, n := range want {
		if len(got[mark]) != n {
			h.T.Errorf("%s is there %d times, should be %d times", mark, len(got[mark]), n)
		}
	}
	for mark := range got {
		if want[mark] == 0 {
			h.T.Errorf("nobody wrote %q", mark)
		}
	}
}

// threaded checks that the answers of each customer stand with what they
// answer.
func (h house) threaded(database string) {
	h.T.Helper()
	db, err := pgx.Connect(h.T.Context(), database)
	must(h.T, err)
	defer db.Close(context.Background())
	var threads, torn int
	must(h.T, db.QueryRow(h.T.Context(), `select count(*), count(*) filter (where n > 1) from (
  select count(distinct m.conversation) as n from messages m join bodies b on b.message = m.id join channels c on c.id = m.channel
  where c.name = 'support-mail' and (b.text like '% Where is my parcel?%' or b.text like '% Still not here.%') group by m.sender) x`).Scan(&threads, &torn))
	if threads < 500 || torn > 0 {
		h.T.Errorf("of %d threads %d are torn", threads, torn)
	}
}

// reached waits until so many mails are accepted.
func (h house) reached(n int64) {
	h.T.Helper()
	eventually(h.T, fmt.Sprintf("%d mails accepted", n), func() bool { return h.Books()["support-mail"].Accepted >= n })
}

// killed ends the program as kill -9 does once so many mails are accepted, and
// starts it again.
func (h house) killed(at int64) {
	h.T.Helper()
	h.reached(at)
	h.Now.Load().Kill()
	h.Age()
	h.Serve()
}

// Of ten thousand mails of all kinds in a real server each arrives whole and
// once, whatever happens on the way: the program is killed three times, the
// network is cut twice, once within a mail, and more mail keeps coming.
func TestLongMailboxArrivesWholeAndOnce(t *testing.T) {
	t.Parallel()
	server := dovecot.Test(t)
	must(t, server.AddUser("support", "secret"))
	must(t, server.AddUser("calm", "secret"))
	r := newRelay(t, net.JoinHostPort(server.Host, strconv.Itoa(server.Port)))
	database := localpg.Test(t)
	limit := fmt.Sprintf(", max_message_bytes: %d}", mailLimit)
	h := newHouseOn(t, database, strings.Replace(housetest.ChannelAt("support-mail", r.port()), "}", limit, 1),
		strings.NewReplacer("username: support", "username: calm", "}", limit).Replace(housetest.ChannelAt("calm-mail", server.Port)))
	golden := goldens(t)
	must(t, deliver(server, "calm", golden))
	h.Serve()
	h.forbids()
	h.Decided(map[string]int{"calm-mail": len(golden)})
	calm := fates(t, database, "calm-mail")

	all := correspondence(9999, golden)
	all = append(all[:5000:5000], append([]piece{longPiece()}, all[5000:]...)...)
	r.cutAt(breakHere)
	began := time.Now()
	must(t, deliver(server, "support", all[:2000]))
	delivered := make(chan error, 1)
	go func() { delivered <- deliver(server, "support", all[2000:]) }()
	h.killed(700)
	h.killed(2500)
	r.cut()
	time.Sleep(time.Second) // it finds the network away
	r.heal()
	r.broke()
	r.heal()
	h.killed(7000)
	must(t, <-delivered)
	h.Decided(map[string]int{"support-mail": len(all)})
	t.Logf("%d mails after %v", len(all), time.Since(began))
	h.arrived(fates(t, database, "support-mail"), all, calm)
	h.threaded(database)
}

// forbids sets what the mails meet: a ban, a block, and a database that refuses
// some of them for what is in them.
func (h house) forbids() {
	h.T.Helper()
	for kind, target := range map[string]string{"ban": "email:" + bannedSender, "block": "domain:" + blockedHost} {
		h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": kind, "target": target, "reason": "test"}, nil)
	}
	h.SQL(`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused' using errcode = 'data_exception'; end $$`)
	h.SQL(`create trigger refuse before insert on bodies for each row when (new.text like '%` + unstorable + `%') execute function refuse()`)
}

// arrived checks that all is there, once, and as it should be.
func (h house) arrived(got map[string][]fate, all []piece, calm map[string][]fate) {
	h.T.Helper()
	h.as(got, all, calm)
	refused := 0
	for _, l := range all {
		if l.fate == "refused" {
			refused++
		}
	}
	if b := h.Books()["support-mail"]; b.Refused != int64(refused) || b.Accepted != int64(len(all)) {
		h.T.Errorf("want %d accepted and %d refused: %+v", len(all), refused, b)
	}
	h.Command(0, "verify")
	books := h.reconcile(0)
	if books.OnServer != len(all) || books.Missing+books.Mended+books.Waiting+books.LeftOut != 0 || len(books.Gaps) > 0 {
		h.T.Errorf("the books: %+v", books)
	}
}
