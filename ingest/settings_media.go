package ingest

import (
	"fmt"
	"mime"
	"strings"
)

func (s Settings) checkMedia() error {
	if s.MediaMaxBytes < 1 {
		return fmt.Errorf("media_max_bytes %d: want at least 1", s.MediaMaxBytes)
	}
	for _, t := range s.refusedTypes() {
		if major, minor, ok := strings.Cut(t, "/"); !ok || major == "" || minor == "" || strings.ContainsAny(t, " ;") {
			return fmt.Errorf("media_refused_types %q: want media types with commas between, as video/*", t)
		}
	}
	return nil
}

func (s Settings) refusedTypes() (list []string) {
	for t := range strings.SplitSeq(s.MediaRefusedTypes, ",") {
		if t = strings.ToLower(strings.TrimSpace(t)); t != "" {
			list = append(list, t)
		}
	}
	return list
}

// RefusesType reports whether files of a media type, which may have parameters,
// are not fetched. One that cannot be read is none of those.
func (s Settings) RefusesType(of string) bool {
	of, _, err := mime.ParseMediaType(of)
	if err != nil {
		return false
	}
	major, _, _ := strings.Cut(of, "/")
	for _, t := range s.refusedTypes() {
		if t == of || t == major+"/*" {
			return true
		}
	}
	return false
}
