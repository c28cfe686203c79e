package channeltest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notes is the smallest webhook there can be: a signed JSON list of texts.
type notes struct {
	Secret channels.Secrets `yaml:"secret"`
}

var kind = channels.Kind{
	Name: "channeltest", Family: ingest.Hook, Reread: reread,
	Webhook: func(decode channels.Settings, _ channels.Host) (channels.Webhook, error) {
		n := &notes{}
		return n, decode(n)
	},
}

func reread(raw []byte) (m ingest.Message, err error) {
	m.Auto = ingest.AutoNone
	return m, json.Unmarshal(raw, &m.Text)
}

func (n *notes) Verify(r channels.Request) error {
	mac := hmac.New(sha256.New, []byte(n.Secret[0]))
	mac.Write(r.Raw)
	if r.Header.Get("Signature") != hex.EncodeToString(mac.Sum(nil)) {
		return errors.New("wrong signature")
	}
	return nil
}

func (n *notes) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	var all []json.RawMessage
	if err := json.Unmarshal(r.Raw, &all); err != nil {
		return nil, reply, err
	}
	for _, raw := range all {
		m, err := reread(raw)
		a := ingest.Arrival{Message: m, Raw: raw, Keys: []string{string(raw)}}
		if err != nil {
			a.Problem = ingest.ReasonUnreadable
		}
		arrivals = append(arrivals, a)
	}
	return arrivals, reply, nil
}

func TestSuite(t *testing.T) { channeltest.Run(t, kind, "../channeltest") }

// pages is a source of numbered messages, in pages of two. faults makes it
// break its contract.
type pages struct {
	n      int
	faults string
	at     string
	known  bool
}

func (p *pages) Poll(ctx context.Context, in channels.Session) error {
	if !p.known || p.faults != "remembers" {
		at, err := in.Cursor(ctx, "")
		if err != nil {
			return err
		}
		p.at, p.known = at, true
	}
	for {
		from, _ := strconv.Atoi(p.at) // "" is 0
		if from >= p.n {
			return nil
		}
		to := min(from+2, p.n)
		b := ingest.Batch{Move: &ingest.Move{From: p.at, To: strconv.Itoa(to)}}
		for i := from; i < to; i++ {
			b.Arrivals = append(b.Arrivals, ingest.Arrival{Raw: []byte{byte(i)}, Keys: []string{strconv.Itoa(i)}})
		}
		if _, err := in.Receive(ctx, b); err != nil && p.faults != "goes on" {
			return err
		}
		p.at = b.Move.To
	}
}

func (p *pages) Wait(context.Context) error { return nil }
func (p *pages) Close() error               { return nil }

func TestResume(t *testing.T) {
	channeltest.Resume(t, ingest.Email, 7, func(*testing.T) channels.Poller { return &pages{n: 7} })
}

// TestResumeBites runs pollers that lose mail: each must be found out.
func TestResumeBites(t *testing.T) {
	for _, faults := range []string{"remembers", "goes on"} {
		found := channeltest.StopAt(ingest.Email, 7, &pages{n: 7, faults: faults}, 1, func(s *channeltest.Store) {
			s.LoseAnswer(ingest.AsTemporary(errors.New("away")))
		})
		if faults == "goes on" {
			found = channeltest.StopAt(ingest.Email, 7, &pages{n: 7, faults: faults}, 1, func(s *channeltest.Store) {
				s.FailNext(ingest.AsTemporary(errors.New("away")))
			})
		}
		if found == nil {
			t.Errorf("a poller that %s is not found out", faults)
		}
	}
}

func TestStoreKeepsItsPromises(t *testing.T) {
	ctx, s := context.Background(), channeltest.NewStore()
	in := channeltest.NewSession(s, "mail", ingest.Email)
	batch := func(from, to string, era int64, recheck bool, keys ...string) (ingest.Receipt, error) {
		b := ingest.Batch{Move: &ingest.Move{Mailbox: "INBOX", From: from, To: to, Era: era, Recheck: recheck}}
		for _, k := range keys {
			b.Arrivals = append(b.Arrivals, ingest.Arrival{Raw: []byte("same"), Keys: []string{k}, Prints: []ingest.Print{{Kind: "raw", Hash: ingest.Sum("same")}}})
		}
		return in.Receive(ctx, b)
	}
	if r, err := batch("", "2", 1, false, "1", "2"); err != nil || !r.Results[0].Fresh || !r.Results[1].Fresh || len(r.Lanes) == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := batch("", "3", 1, false, "3"); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("a cursor that has moved: %v", err)
	}
	r, err := batch("2", "9", 2, true, "2/1", "2/2", "2/3")
	if err != nil || r.Results[0].Fresh || r.Results[1].Fresh || !r.Results[2].Fresh {
		t.Errorf("two of three equal mails were known: %+v, %v", r, err)
	}
	channeltest.NewSession(s, "mail", ingest.Email)
	if _, err := batch("9", "10", 2, false, "4"); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("an old token: %v", err)
	}
	if _, err := in.Cursor(ctx, "INBOX"); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("a cursor under an old token: %v", err)
	}
	if _, err := s.Acquire(ctx, "mail", "x", time.Second); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("a lease that another has: %v", err)
	}
	if n := fmt.Sprint(s.Batches()); n != "[2 3]" {
		t.Errorf("batches %s", n)
	}
}
