package chat_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
	"gatehouse/ingest"
)

func TestNoticeIsInTheVisitorsLanguage(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, settings)
	s := ingest.StandingUnder(&ingest.Rule{Kind: ingest.Ban})
	s.Widget, s.Notices = "notice", ingest.Notices{"*": "any", "de": "deutsch", "de-CH": "schweizerisch", "pt-BR": "brasileiro"}
	d.Intake.Say("visitor:v1", s)
	for name, tt := range map[string]struct{ locale, accept, want string }{
		"nothing is known":       {"", "", "any"},
		"the page says":          {"de-AT", "pt-BR", "deutsch"},
		"the browser says":       {"", "fr, pt-br;q=0.8, de;q=0.7", "brasileiro"},
		"best first":             {"", "de;q=0.5, de-CH;q=0.9", "schweizerisch"},
		"the page's is not here": {"fr", "de", "deutsch"},
		"nonsense":               {"\x00-\x01-;", strings.Repeat("de,", 1000), "any"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/chat/golden/standing?visitor_id=v1&locale="+url.QueryEscape(tt.locale), nil)
		r.Header.Set("Accept-Language", tt.accept)
		if body := d.Do(r).Body.String(); !strings.Contains(body, `"widget":"notice"`) || !strings.Contains(body, `"notice":"`+tt.want+`"`) {
			t.Errorf("%s: %s", name, body)
		}
	}
}
