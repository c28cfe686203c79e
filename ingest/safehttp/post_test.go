package safehttp_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/ingest/safehttp"
)

func TestPost(t *testing.T) {
	inside := server(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { t.Error("it was led on") })
	s := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || string(body) != "hello" || r.Header.Get("X-Own") != "1" || r.Header.Get("User-Agent") != "Gatehouse" {
			t.Errorf("%s %q %v", r.Method, body, r.Header)
		}
		switch r.URL.Path {
		case "/led":
			http.Redirect(w, r, inside.URL, http.StatusPermanentRedirect)
		case "/busy":
			w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		case "/silent":
			<-r.Context().Done()
		}
	})
	c := client(t, safehttp.Options{Allow: []netip.Prefix{only127}, Timeout: 5 * time.Second, Stall: 200 * time.Millisecond})
	for path, code := range map[string]safehttp.Code{
		"/": "", "/led": safehttp.Redirects, "/busy": safehttp.Server, "/endless": "", "/silent": safehttp.Timeout,
	} {
		status, err := c.Post(t.Context(), s.URL+path, http.Header{"X-Own": {"1"}}, []byte("hello"))
		if code == "" {
			if err != nil || status != 200 {
				t.Errorf("%s: %d, %v", path, status, err)
			}
			continue
		}
		want(t, err, code)
		var f *safehttp.Fault
		if errors.As(err, &f) && path == "/busy" && (f.After < 59*time.Minute || f.After > time.Hour) {
			t.Errorf("asked to wait %s", f.After)
		}
	}
}

// A name that leads outside when it is looked up first and inside the next time.
func TestPostAfterRebinding(t *testing.T) {
	inside, l := sameport(t, func(http.ResponseWriter, *http.Request) { t.Error("it was led inside") })
	_, port, _ := net.SplitHostPort(hostOf(inside))
	outside := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })}
	go func() { _ = outside.Serve(l) }()
	t.Cleanup(func() { _ = outside.Close() })
	var asked atomic.Int32
	c := client(t, safehttp.Options{Allow: []netip.Prefix{only127}, Resolver: names(t, func() [4]byte { return [4]byte{127, 0, 0, byte(asked.Add(1))} })})
	to := "http://rebind.example.com:" + port + "/"
	if _, err := c.Post(t.Context(), to, nil, nil); err != nil {
		t.Fatal(err)
	}
	_, err := c.Post(t.Context(), to, nil, nil)
	want(t, err, safehttp.Address)
}

func TestAllows(t *testing.T) {
	open, closed := client(t, safehttp.Options{Allow: []netip.Prefix{only127}}), client(t, safehttp.Options{})
	for _, k := range []struct {
		url          string
		open, closed bool
	}{
		{"https://hooks.example.com/x", true, true},
		{"http://hooks.example.com/x", true, false},
		{"https://8.8.8.8/", true, true},
		{"http://8.8.8.8/", false, false},
		{"https://127.0.0.1:8443/", true, false},
		{"http://[::ffff:127.0.0.1]/", true, false},
		{"https://127.0.0.2/", false, false},
		{"https://10.0.0.1/", false, false},
		{"https://[fe80::1]/", false, false},
		{"https://2130706433/", false, false},
		{"ftp://hooks.example.com/", false, false},
		{"hooks.example.com", false, false},
	} {
		if err := open.Allows(k.url); (err == nil) != k.open {
			t.Errorf("%s with a network allowed: %v", k.url, err)
		}
		if err := closed.Allows(k.url); (err == nil) != k.closed {
			t.Errorf("%s: %v", k.url, err)
		}
	}
}
