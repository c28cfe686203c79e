package twilio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/twilio"
	"gatehouse/ingest/safehttp"
)

// provider is an API whose media are in storage elsewhere, with the second auth
// token alone in use.
func provider(t *testing.T) (api *httptest.Server) {
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the storage was told the credentials")
		}
		_, _ = io.WriteString(w, "bytes of "+r.URL.Path)
	}))
	t.Cleanup(storage.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2010-04-01/Accounts/AC1/Messages/MM1/Media.json", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"media_list":[{"uri":"/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME0.json"},{"uri":"/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1.json"}]}`)
	})
	mux.HandleFunc("GET /2010-04-01/Accounts/AC1/Messages/MM1/Media/{media}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, storage.URL+"/"+r.PathValue("media"), http.StatusTemporaryRedirect)
	})
	api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, token, _ := r.BasicAuth(); user != "AC1" || token != "second" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	return api
}

func TestMediaAreFetched(t *testing.T) {
	api := provider(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("somebody else was told the credentials")
		}
		_, _ = io.WriteString(w, "from elsewhere")
	}))
	t.Cleanup(elsewhere.Close)
	decode := channeltest.Settings([]byte("account_sid: AC1\nauth_token: [first, second]\napi_base: " + api.URL + "\n"))
	media, err := twilio.Kind.Media(decode, channels.Host{PublicURL: "https://support.example.com/hooks/sms"})
	if err != nil {
		t.Fatal(err)
	}
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	t.Cleanup(client.Close)
	at := api.URL + "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME7"
	for _, c := range []struct {
		file channels.File
		want string
	}{
		{channels.File{URL: at, ID: "MM1/0"}, "bytes of /ME7"},
		{channels.File{ID: "MM1/1"}, "bytes of /ME1"},
		{channels.File{ID: "MM1/2"}, "fetch: not_found"},
		{channels.File{ID: "MM2/0"}, "fetch: not_found, answer 404"},
		{channels.File{URL: elsewhere.URL}, "from elsewhere"},
	} {
		answer, err := media.Open(t.Context(), client, c.file)
		if err != nil {
			if err.Error() != c.want {
				t.Errorf("%+v: %v, want %s", c.file, err, c.want)
			}
			continue
		}
		got, err := io.ReadAll(answer)
		if _ = answer.Close(); err != nil || string(got) != c.want {
			t.Errorf("%+v: %q, %v, want %s", c.file, got, err, c.want)
		}
	}
}
