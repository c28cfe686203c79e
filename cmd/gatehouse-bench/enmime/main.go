// Command enmime reads the mails of a folder with enmime, over and over for a
// while, and prints how much it read in which time. It is a module of its own:
// a yardstick of case parse, of which Gatehouse needs nothing.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jhillyerd/enmime/v2"
)

// result is what is printed.
type result struct {
	Mails   int     `json:"mails"`
	Octets  int64   `json:"octets"`
	Seconds float64 `json:"seconds"`
}

func main() {
	least := flag.Duration("for", time.Second, "read all mails again until this has passed")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "enmime: one folder of mails is needed")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *least); err != nil {
		fmt.Fprintln(os.Stderr, "enmime:", err)
		os.Exit(1)
	}
}

func run(folder string, least time.Duration) error {
	mails, err := load(folder)
	if err != nil {
		return err
	}
	r, err := measure(mails, least)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// load holds all mails in memory: what is measured touches no file.
func load(folder string) (mails [][]byte, err error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		mails = append(mails, raw)
	}
	if len(mails) == 0 {
		return nil, fmt.Errorf("no mail in %s", folder)
	}
	return mails, nil
}

// measure reads every mail at least once. An envelope has all parts decoded,
// in memory, and text made of html where the mail has no plain text.
func measure(mails [][]byte, least time.Duration) (r result, err error) {
	begin := time.Now()
	for r.Seconds == 0 || time.Since(begin) < least {
		for _, raw := range mails {
			e, err := enmime.ReadEnvelope(bytes.NewReader(raw))
			if err != nil {
				return r, err
			}
			if e.Text == "" {
				return r, fmt.Errorf("a mail without text: %s", e.GetHeader("Message-Id"))
			}
			r.Octets += int64(len(raw))
		}
		r.Mails += len(mails)
		r.Seconds = time.Since(begin).Seconds()
	}
	return r, nil
}
