package chat

import (
	"strings"

	"gatehouse/ingest"
)

// technical is what page, browser and proxy say of where the visitor is.
func (r *received) technical() *ingest.Technical {
	p := &r.Post
	t := &ingest.Technical{
		Widget: word(p.Widget, 100), Locale: word(p.Locale, 35), TimeZone: word(p.TimeZone, 64), Agent: word(r.Agent, 500),
		Page: p.Page.tidy(), Device: p.device(r.Agent), Region: r.Region,
	}
	if *t == (ingest.Technical{}) {
		return nil
	}
	return t
}

// page is where a widget says it is.
type page ingest.Page

// tidy makes lines that fit of what a stranger's page says; nil of nothing.
func (p *page) tidy() *ingest.Page {
	if p == nil {
		return nil
	}
	return &ingest.Page{URL: word(p.URL, 2000), Title: word(p.Title, 300), Referrer: word(p.Referrer, 2000)}
}

// device is what the widget says of it; where it says nothing, what the
// browser's own name tells. nil: nothing is known.
func (p *post) device(agent string) *ingest.Device {
	d := deviceOf(agent)
	if p.Device != nil {
		d = ingest.Device{OS: word(p.Device.OS, 100), Browser: word(p.Device.Browser, 100)}
	}
	if p.Device == nil && d == (ingest.Device{}) {
		return nil
	}
	return &d
}

// What a User-Agent (RFC 9110 §10.1.5) has in it, and what it means: the first
// that is found counts, for most browsers also name those that they are like.
var (
	systems = [][2]string{
		{"Windows", "Windows"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
	browsers = [][2]string{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"},
	}
)

// deviceOf reads a User-Agent: the system, and the browser with its major version.
func deviceOf(agent string) (d ingest.Device) {
	if !strings.HasPrefix(agent, "Mozilla/") {
		return d // no browser
	}
	for _, s := range systems {
		if strings.Contains(agent, s[0]) {
			d.OS = s[1]
			break
		}
	}
	for _, b := range browsers {
		if _, version, ok := strings.Cut(agent, b[0]); ok {
			d.Browser = strings.TrimSpace(b[1] + " " + digits(version))
			break
		}
	}
	return d
}

// digits is the number that s begins with, of at most four digits.
func digits(s string) string {
	n := 0
	for n < min(len(s), 4) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}
