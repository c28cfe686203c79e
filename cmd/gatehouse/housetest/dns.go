package housetest

import (
	"net"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// A DNS answers for names of the test's own, on a port of the loopback.
type DNS struct {
	Address string

	mu      sync.Mutex
	records map[string]string // TXT, by name
	down    bool
}

// NewDNS starts one without any name, which is there as long as the test.
func NewDNS(t TB) *DNS {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	Must(t, err)
	d := &DNS{Address: conn.LocalAddr().String(), records: map[string]string{}}
	var done sync.WaitGroup
	done.Go(func() { d.serve(conn) })
	t.Cleanup(func() { _ = conn.Close(); done.Wait() })
	return d
}

// Set gives a name a record.
func (d *DNS) Set(name, record string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.records[name+"."] = record
}

// Fail makes it answer every question with a failure, or no longer.
func (d *DNS) Fail(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

func (d *DNS) serve(conn net.PacketConn) {
	question := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(question)
		if err != nil {
			return // closed
		}
		if answer, err := d.answer(question[:n]); err == nil {
			_, _ = conn.WriteTo(answer, from)
		}
	}
}

func (d *DNS) answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	m.Response, m.Authoritative, m.RecursionAvailable, m.Additionals = true, true, true, nil
	q := m.Questions[0]
	d.mu.Lock()
	record, known := d.records[strings.ToLower(q.Name.String())]
	down := d.down
	d.mu.Unlock()
	switch {
	case down:
		m.RCode = dnsmessage.RCodeServerFailure
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeTXT:
		h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}
		m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.TXTResource{TXT: pieces(record)}}}
	}
	return m.Pack()
}

// pieces are of 255 octets at most (RFC 1035 §3.3).
func pieces(record string) (list []string) {
	for len(record) > 255 {
		list, record = append(list, record[:255]), record[255:]
	}
	return append(list, record)
}
