package ingest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Notices are texts by the languages that they are written in, as BCP 47 names
// these: de, pt-BR, zh-Hant. The one under * is for whoever reads none of them.
type Notices map[string]string

const anyLanguage = "*"

// UnmarshalJSON takes the texts for all there are: others do not stay beside
// them, and a map that somebody reads is not written to.
func (n *Notices) UnmarshalJSON(b []byte) error {
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		return fmt.Errorf("want texts by their languages, as {\"*\": \"…\", \"de\": \"…\"}")
	}
	*n = texts
	return nil
}

// String writes them as JSON.
func (n Notices) String() string {
	b, _ := json.Marshal(map[string]string(n)) // strings always encode
	return string(b)
}

// For is the text for a reader of the languages, the best known first. Each is
// looked up as a whole, then without its last parts (RFC 4647 §3.4): de-CH-1996,
// de-CH, de.
func (n Notices) For(languages ...string) string {
	for _, language := range languages {
		for tag := strings.ReplaceAll(language, "_", "-"); tag != ""; tag = shorter(tag) {
			if text, ok := n.in(tag); ok {
				return text
			}
		}
	}
	return n[anyLanguage]
}

func (n Notices) in(tag string) (string, bool) {
	for language, text := range n {
		if strings.EqualFold(language, tag) {
			return text, true
		}
	}
	return "", false
}

// shorter is a language tag without its last subtag, and without the single
// letter that introduced this.
func shorter(tag string) string {
	tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
	if n := len(tag); n > 2 && tag[n-2] == '-' {
		tag = tag[:n-2]
	}
	return tag
}

// maxNotice is the longest text, in characters.
const maxNotice = 1000

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

func (s Settings) checkChat() error {
	if s.ChatShows != "hide" && s.ChatShows != "notice" {
		return fmt.Errorf("chat_shows %q: want hide or notice", s.ChatShows)
	}
	if s.ChatNotice[anyLanguage] == "" {
		return fmt.Errorf("chat_notice has no text for *, any other language")
	}
	for language, text := range s.ChatNotice {
		switch {
		case language != anyLanguage && !languageTag.MatchString(language):
			return fmt.Errorf("chat_notice %q: want a language as de or pt-BR, or *", language)
		case strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > maxNotice:
			return fmt.Errorf("chat_notice %q: want a text of at most %d characters", language, maxNotice)
		}
	}
	return nil
}
