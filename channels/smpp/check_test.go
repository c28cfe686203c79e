package smpp

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/smpp/smpptest"
	"gatehouse/ingest"
)

// secured is a centre on loopback that speaks TLS, and the file that has its
// authority.
func secured(t *testing.T, c *smpptest.Centre) (address, authority string) {
	web := httptest.NewTLSServer(nil) // for its certificate
	web.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.ServeOn(tls.NewListener(l, &tls.Config{Certificates: web.TLS.Certificates}))
	authority = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String(), authority
}

// TestCheck binds over real sockets, in the clear and by TLS.
func TestCheck(t *testing.T) {
	plain, private := newCentre(t), newCentre(t)
	strict := newCentre(t, func(c *smpptest.Centre) {
		c.Sign = func(_, password string) uint32 { return map[bool]uint32{false: 0x0E}[password == "new"] }
	})
	at, there := plain.Listen(t), strict.Listen(t)
	secure, authority := secured(t, private)
	for _, c := range []struct {
		settings, says string
		reauth, passes bool
	}{
		{fmt.Sprintf("addresses: %q, password: p", at), "bound as transceiver", false, false},
		{fmt.Sprintf("addresses: %q, password: p, bind: receiver", at), "bound as receiver", false, false},
		{fmt.Sprintf("addresses: %q, password: p, tls: true, ca_file: %q", secure, authority), "bound as", false, false},
		{fmt.Sprintf("addresses: %q, password: [old, new]", there), "bound as", false, false},
		{fmt.Sprintf("addresses: %q, password: [old, older]", there), "check password", true, false},
		{fmt.Sprintf("addresses: %q, password: p, tls: true", secure), "ca_file", false, false},
		{fmt.Sprintf("addresses: %q, password: p, tls: true, connect_timeout: 1s, answer_timeout: 1s", at), "tls", false, true},
		{fmt.Sprintf("addresses: %q, password: p, answer_timeout: 1s", secure), "tls", false, true},
	} {
		p, err := New(channeltest.Settings([]byte("{system_id: desk, "+c.settings+"}")), channeltest.Host())
		if err != nil {
			t.Fatal(err)
		}
		says, err := p.(channels.Checker).Check(t.Context())
		if !strings.Contains(fmt.Sprint(says, err), c.says) || channels.ReauthNeeded(err) != c.reauth || ingest.Temporary(err) != c.passes {
			t.Errorf("%s: %q, %v (temporary: %v)", c.settings, says, err, ingest.Temporary(err))
		}
	}
	for deadline := time.Now().Add(time.Minute); plain.Sessions()+private.Sessions() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a session is left")
		}
	}
	plain.Close()
	private.Close()
	strict.Close()
}

// TestOverTLS delivers over real sockets.
func TestOverTLS(t *testing.T) {
	c, store := newCentre(t), newStore()
	address, authority := secured(t, c)
	p, err := New(channeltest.Settings([]byte(fmt.Sprintf("{system_id: desk, password: p, addresses: %q, tls: true, ca_file: %q}", address, authority))), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	c.Put(texts(300)...)
	stop := run(t, store, p)
	for deadline := time.Now().Add(time.Minute); c.Left() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d are left", c.Left())
		}
	}
	stop()
	checkEach(t, store, saying(texts(300))...)
	c.Close()
}
