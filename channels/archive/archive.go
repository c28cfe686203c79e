// Package archive reads mail that lies in files: mbox, Maildir and trees of
// single mails (.eml). Of each mail it gives the bytes as they were sent, as far
// as the archive kept them, and of whatever it cannot give it says why.
package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Mail is one of an archive's.
type Mail struct {
	Place string // the file, in an mbox with the octet where it begins: "old.mbox:1234"
	Raw   []byte
	At    time.Time // when it was received, as the archive says; zero where it does not
	Read  int64     // octets of the archive that have been read with it
}

// A SkippedError says why something in an archive is not given.
type SkippedError struct {
	Place string
	Err   error // ErrTooLarge, ErrNoMail, or why it cannot be read
}

func (e *SkippedError) Error() string { return e.Place + ": " + e.Err.Error() }

func (e *SkippedError) Unwrap() error { return e.Err }

// Why something is skipped.
var (
	ErrTooLarge = errors.New("larger than the limit")
	ErrNoMail   = errors.New("no mail: it begins with no header")
)

// Mails gives the mails at a path in the order of their names: of one file, or
// of a directory and whatever lies below it, Maildirs among it. Links are not
// followed. A mail of more than limit octets is skipped. Errors are
// SkippedErrors, after which it goes on, but for the one that ends the context.
func Mails(ctx context.Context, path string, limit int64) iter.Seq2[Mail, error] {
	return func(yield func(Mail, error) bool) {
		w := walk{ctx, limit, yield}
		if err := filepath.WalkDir(path, w.entry); err != nil && !errors.Is(err, fs.SkipAll) {
			yield(Mail{}, err)
		}
	}
}

// Size is how many octets lie in the files at a path.
func Size(path string) (n int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}

type walk struct {
	ctx   context.Context
	limit int64
	yield func(Mail, error) bool
}

func (w walk) entry(path string, d fs.DirEntry, err error) error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	switch {
	case err != nil:
		return w.skip(path, err)
	case d.IsDir() && d.Name() == "tmp" && isMaildir(filepath.Dir(path)):
		return fs.SkipDir // what a program has not delivered yet
	case !d.Type().IsRegular():
		return nil
	}
	return w.file(path)
}

func (w walk) skip(place string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the place says the rest
	}
	return w.give(Mail{}, &SkippedError{place, err})
}

func (w walk) give(m Mail, err error) error {
	if !w.yield(m, err) {
		return fs.SkipAll
	}
	return nil
}

func isMaildir(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "cur"))
	return err == nil
}

// file gives what one file holds.
func (w walk) file(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return w.skip(path, err)
	}
	defer f.Close()
	begin := make([]byte, 4096)
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return w.skip(path, err)
	}
	begin = begin[:n]
	all := io.MultiReader(bytes.NewReader(begin), f)
	switch {
	case isPostmark(begin):
		return w.mbox(path, all)
	case inMaildir(path) || beginsWithField(begin):
		return w.single(path, f, all)
	}
	return w.skip(path, ErrNoMail)
}

func inMaildir(path string) bool {
	dir := filepath.Base(filepath.Dir(path))
	return (dir == "cur" || dir == "new") && isMaildir(filepath.Dir(filepath.Dir(path)))
}

// beginsWithField reports whether the first line is a header field's (RFC 5322
// §2.2); a byte order mark may stand before it.
func beginsWithField(b []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), []byte("\n"))
	name, _, found := bytes.Cut(line, []byte(":"))
	if !found || len(name) == 0 {
		return false
	}
	return bytes.IndexFunc(name, func(c rune) bool { return c <= ' ' || c > '~' }) < 0
}

func (w walk) single(path string, f *os.File, all io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(all, w.limit+1))
	if err != nil {
		return w.skip(path, err)
	}
	if int64(len(raw)) > w.limit {
		return w.skip(path, ErrTooLarge)
	}
	m := Mail{Place: path, Raw: raw, Read: int64(len(raw))}
	if info, err := f.Stat(); err == nil && inMaildir(path) {
		m.At = info.ModTime() // kept by whatever delivers and copies Maildirs
	}
	return w.give(m, nil)
}

// mbox gives the mails of an mbox: each begins with a postmark after a blank
// line or at the beginning. What was escaped in it is as it was (mboxrd, mboxo).
func (w walk) mbox(path string, all io.Reader) error {
	for m, err := range split(all, w.limit) {
		place := fmt.Sprintf("%s:%d", path, m.begin)
		if err != nil {
			err = w.skip(place, err)
		} else {
			err = w.give(Mail{Place: place, Raw: m.raw, At: m.at, Read: m.read}, nil)
		}
		if err == nil {
			err = w.ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isPostmark reports whether a line begins a mail in an mbox: "From ", somebody,
// and a date with the names of a day and a month. A line of text that begins
// with From says that rarely.
func isPostmark(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	_, ok := postmarked(line)
	return ok
}

// postmarked reads the date of a postmark.
func postmarked(line []byte) (time.Time, bool) {
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	words := strings.Fields(string(line[:min(len(line), 1000)]))
	for i := 1; i+3 < len(words); i++ {
		if days[words[i]] && months[words[i+1]] {
			return dateOf(words[i+1:]), true
		}
	}
	return time.Time{}, false
}

var (
	days   = set("Mon Tue Wed Thu Fri Sat Sun")
	months = set("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
)

func set(words string) map[string]bool {
	s := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		s[w] = true
	}
	return s
}

// dateOf reads "Jan 2 15:04:05 2006", with a zone before or after the year, or
// none, which is taken for UTC; the zero Time if it is nothing of these. The
// longer forms come first: each reads the beginning only.
func dateOf(words []string) time.Time {
	for _, form := range []string{"Jan 2 15:04:05 -0700 2006", "Jan 2 15:04:05 2006 -0700", "Jan 2 15:04:05 MST 2006", "Jan 2 15:04:05 2006", "Jan 2 15:04 2006"} {
		n := len(strings.Fields(form))
		if len(words) < n {
			continue
		}
		if t, err := time.Parse(form, strings.Join(words[:n], " ")); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
