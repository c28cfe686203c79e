package main

import (
	"net/url"
	"os"
	"path/filepath"
	"time"
)

const most = 200 // items of a page: the limit that is asked for

// follow reads the log from the place in FOLDER/place on, for ever.
func follow(folder string, k *kept) {
	written, _ := os.ReadFile(filepath.Join(folder, "place")) // none: from the oldest event that is kept
	place, lost := string(written), false
	for {
		p, gone := get("events?limit=200&after=" + place)
		if gone {
			place, lost = "", true
			continue
		}
		for _, event := range p.Items {
			k.keep(event)
		}
		place = p.Next
		end := len(p.Items) < most
		if lost && end {
			copyAll(folder)
			lost = false
		}
		if !lost { // the lost place stays written down until the copy is whole
			write(folder, "place", []byte(place)) // after the work
		}
		if end {
			time.Sleep(time.Second)
		}
	}
}

// copyAll writes into FOLDER/copy.jsonl how things are now: some of the events
// that told of it were lost.
func copyAll(folder string) {
	var lines []byte
	for _, list := range []string{"contacts?from=2000-01-01T00:00:00Z", "conversations?", "messages?"} {
		for cursor, more := "", true; more; more = cursor != "" {
			p, _ := get(list + "&limit=200&cursor=" + url.QueryEscape(cursor))
			for _, item := range p.Items {
				lines = append(append(lines, item...), '\n')
			}
			cursor = p.Next
		}
	}
	write(folder, "copy.jsonl", lines)
}

func write(folder, name string, text []byte) {
	next := filepath.Join(folder, name+".next")
	check(os.WriteFile(next, text, 0o600))
	check(os.Rename(next, filepath.Join(folder, name)))
}
