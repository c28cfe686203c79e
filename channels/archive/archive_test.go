package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const limit = 1 << 20

// lay puts files below a directory of the test's.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read lists what an archive gives, each mail by its last line, what is skipped
// by why.
func read(t *testing.T, path string) (list []string) {
	t.Helper()
	for m, err := range Mails(context.Background(), path, limit) {
		if err != nil {
			list = append(list, "skipped "+strings.TrimPrefix(err.Error(), path+"/"))
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(m.Raw)), "\n")
		list = append(list, strings.TrimSpace(lines[len(lines)-1]))
	}
	return list
}

func mail(text string) string { return "Subject: x\nFrom: ann@example.com\n\n" + text + "\n" }

func TestArchives(t *testing.T) {
	mark := "From ann@example.com Sat Nov 21 09:08:07 2026\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"tree of mails": {map[string]string{"b/2.eml": mail("two"), "a/1.eml": mail("one"), "a/3.txt": mail("three")}, []string{"one", "three", "two"}},
		"no mails": {map[string]string{"a.png": "\x89PNG\r\n", "b.eml": "", "c": "just words", "d.txt": "From here on: words"},
			[]string{"skipped a.png: " + ErrNoMail.Error(), "skipped b.eml: " + ErrNoMail.Error(), "skipped c: " + ErrNoMail.Error(), "skipped d.txt: " + ErrNoMail.Error()}},
		"mbox":              {map[string]string{"m": mark + mail("one") + "\n" + mark + mail("two")}, []string{"one", "two"}},
		"mbox, CRLF":        {map[string]string{"m": strings.ReplaceAll(mark+mail("one")+"\n"+mark+mail("two"), "\n", "\r\n")}, []string{"one", "two"}},
		"mbox, escapes":     {map[string]string{"m": mark + mail("one\n\n>From now on\n>>From then on\n> quoted") + "\n" + mark + mail("x\n>From two")}, []string{"> quoted", "From two"}},
		"mbox, words":       {map[string]string{"m": mark + mail("one\n\nFrom now on all is well\nFrom Sat Nov to Sun Dec")}, []string{"From Sat Nov to Sun Dec"}},
		"mbox, Mozilla":     {map[string]string{"m": "From - Sat Nov 21 09:08:07 2026\n" + mail("one")}, []string{"one"}},
		"mbox, Takeout":     {map[string]string{"m": "From 17@xxx Sat Nov 21 09:08:07 +0100 2026\n" + mail("one")}, []string{"one"}},
		"mbox, too large":   {map[string]string{"m": mark + mail(strings.Repeat("x", limit)) + "\n" + mark + mail("two")}, []string{"skipped m:0: " + ErrTooLarge.Error(), "two"}},
		"mail, too large":   {map[string]string{"a.eml": mail(strings.Repeat("x", limit))}, []string{"skipped a.eml: " + ErrTooLarge.Error()}},
		"Maildir":           {map[string]string{"cur/1:2,S": mail("one"), "new/2": "no header", "tmp/3": mail("three"), "dovecot-uidlist": "3 V1 N2", ".Sub/cur/4": mail("four"), ".Sub/new/.keep": ""}, []string{"four", "", "one", "skipped dovecot-uidlist: " + ErrNoMail.Error(), "no header"}},
		"cur of no other":   {map[string]string{"cur.eml": mail("one")}, []string{"one"}},
		"byte order mark":   {map[string]string{"a.eml": "\xef\xbb\xbf" + mail("one")}, []string{"one"}},
		"one without end":   {map[string]string{"m": mark + "Subject: x\n\none"}, []string{"one"}},
		"nothing but marks": {map[string]string{"m": mark + "\n" + mark}, []string{"", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, lay(t, c.files))
			if !slices.Equal(got, c.want) {
				t.Errorf("%q\nwant %q", got, c.want)
			}
		})
	}
}

func TestPostmarksSayWhen(t *testing.T) {
	nine := time.Date(2026, 11, 21, 9, 8, 7, 0, time.UTC)
	for mark, want := range map[string]time.Time{
		"From a@example.com Sat Nov 21 09:08:07 2026":       nine,
		"From - Sat Nov 21 09:08:07 2026":                   nine,
		"From a@example.com Sat Nov 21 10:08:07 +0100 2026": nine,
		"From a@example.com Sat Nov 21 10:08:07 2026 +0100": nine,
		"From a b Sat Nov  1 09:08 2026":                    time.Date(2026, 11, 1, 9, 8, 0, 0, time.UTC),
		"From a@example.com Sat Nov 99 99:99:99 2026":       {},
	} {
		for m, err := range split(strings.NewReader(mark+"\nSubject: x\n\n"), limit) {
			if err != nil || !m.at.Equal(want) {
				t.Errorf("%s: %s, %v", mark, m.at, err)
			}
		}
	}
}

// What is escaped and joined comes apart as it was.
func TestMboxIsUndone(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "From ", ">From x", ">>From y", "From a Sat Nov 21 09:08:07 2026", "> quoted", "words", strings.Repeat("long ", 20000)})
	rapid.Check(t, func(t *rapid.T) {
		var mbox bytes.Buffer
		var want []string
		for range rapid.IntRange(1, 5).Draw(t, "mails") {
			lines := append([]string{"Subject: x"}, rapid.SliceOfN(line, 0, 6).Draw(t, "lines")...)
			raw := strings.Join(lines, "\n") + "\n"
			want = append(want, raw)
			fmt.Fprint(&mbox, "From ann@example.com Sat Nov 21 09:08:07 2026\n")
			for l := range strings.Lines(raw) {
				if strings.HasPrefix(strings.TrimLeft(l, ">"), "From ") {
					l = ">" + l
				}
				mbox.WriteString(l)
			}
			mbox.WriteString("\n")
		}
		var got []string
		total := int64(mbox.Len())
		for m, err := range split(&mbox, limit) {
			if err != nil {
				t.Fatal(err)
			}
			got, total = append(got, string(m.raw)), total-m.read
		}
		if !slices.Equal(got, want) || total != 0 {
			t.Fatalf("%q\nwant %q; %d octets are not accounted for", got, want, total)
		}
	})
}

func TestAnArchiveEndsWithItsContext(t *testing.T) {
	dir := lay(t, map[string]string{"1.eml": mail("one"), "2.eml": mail("two")})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var got []error
	for _, err := range Mails(ctx, dir, limit) {
		got = append(got, err)
		stop()
	}
	if len(got) != 2 || got[0] != nil || !errors.Is(got[1], context.Canceled) {
		t.Errorf("%v", got)
	}
	for range Mails(context.Background(), dir, limit) {
		break // stops without a word
	}
}

func TestWhatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	if got := read(t, path); len(got) != 1 || !strings.Contains(got[0], "no such file") {
		t.Errorf("%q", got)
	}
	if _, err := Size(path); err == nil {
		t.Error("it has a size")
	}
}

func FuzzMbox(f *testing.F) {
	f.Add([]byte("From a Sat Nov 21 09:08:07 2026\nSubject: x\n\n>From y\n\nFrom b Sat Nov 21 09:08:07 2026\n"))
	f.Add([]byte("\nFrom "))
	f.Add([]byte("From x Mon Jan\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var read int64
		for m, err := range split(bytes.NewReader(b), 1000) {
			if err != nil && !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			if len(m.raw) > 1000 {
				t.Fatalf("%d octets", len(m.raw))
			}
			read += m.read
		}
		if read > int64(len(b)) {
			t.Fatalf("%d of %d octets read", read, len(b))
		}
	})
}
