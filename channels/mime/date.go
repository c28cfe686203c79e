package mime

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxDateTokens bounds how many numbers and words of a Date are looked at.
const maxDateTokens = 40

// parseDate reads a Date in any order of its words: RFC 5322, its obsolete
// forms, asctime, ISO 8601, what scripts write in their own language. The
// sender's offset is kept; one that is not known is UTC.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", s); err == nil {
		return plausible(t)
	}
	if strings.Contains(s, "=?") {
		s, _ = decodeHeaderText(s, "")
	}
	s = strings.ToLower(withoutGlued(stripComments(s)))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "a.m.", "am"), "p.m.", "pm")
	d := dateWords{year: -1, day: -1, hour: -1}
	for n := 0; s != ""; n++ {
		if n == maxDateTokens {
			return time.Time{}, false
		}
		s = d.token(s)
	}
	return d.time()
}

// withoutGlued cuts off what stands right behind a numeric zone: a field that
// lost the line end before it.
func withoutGlued(s string) string {
	for i := 0; i+6 < len(s); i++ {
		if (s[i] == '+' || s[i] == '-') && s[i+5] >= 'A' && digits(s[i+1:i+5]) == 4 && i > 0 && s[i-1] == ' ' {
			return s[:i+5]
		}
	}
	return s
}

// dateWords is what the tokens of a date have said so far.
type dateWords struct {
	year, day, hour, min, sec int
	month                     time.Month
	offset                    int  // minutes
	zoned, named              bool // an offset was given, as a number or by name
	pm, am                    bool
	early                     bool   // the month came before any number: it may be a weekday
	sign                      byte   // of the number that follows
	glued                     string // what stands right before: digit, word or ""
}

// token takes one number or word off s.
func (d *dateWords) token(s string) (rest string) {
	c, size := utf8.DecodeRuneInString(s)
	switch {
	case '0' <= c && c <= '9':
		n := numberLength(s)
		d.number(s[:n], s[n:])
		d.sign, d.glued = 0, "digit"
		return s[n:]
	case unicode.IsLetter(c):
		n := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
		if n < 0 {
			n = len(s)
		}
		d.word(s[:n])
		d.sign, d.glued = 0, "word"
		return s[n:]
	case c == '+', c == '-' && (d.glued == "" || d.hour >= 0 && (d.glued == "digit" || d.named)):
		d.sign = byte(c)
	case d.sign == 0 || c != ' ':
		d.glued = ""
	}
	return s[size:]
}

// numberLength is the length of the digits that s begins with and of what
// they are joined to by ".", ":", "/" or "-"; nothing but a fraction follows a
// time.
func numberLength(s string) int {
	clock := false
	for i := 1; ; i++ {
		switch {
		case i < len(s) && '0' <= s[i] && s[i] <= '9':
			continue
		case i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' && joinsNumbers(s[i], clock):
			clock = clock || s[i] == ':'
			continue
		}
		return i
	}
}

func joinsNumbers(c byte, clock bool) bool {
	if clock {
		return c == ':' || c == '.' || c == ','
	}
	return c == ':' || c == '.' || c == '/' || c == '-'
}

func (d *dateWords) word(w string) {
	if month := monthOf(w); month != 0 && (d.month == 0 || d.early) {
		d.month, d.early = month, d.day < 0 && d.year < 0
		return
	}
	switch w {
	case "am", "上午", "午前", "오전":
		d.am = true
	case "pm", "下午", "午後", "오후":
		d.pm = true
	}
	if minutes, ok := zones[w]; ok && !d.zoned && !d.named {
		d.offset, d.named = minutes, true
	}
}

// time puts the words together.
func (d *dateWords) time() (time.Time, bool) {
	if d.hour < 0 {
		d.hour = 0
	}
	if d.pm && d.hour < 12 {
		d.hour += 12
	}
	if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.sec == 60 {
		d.sec = 59 // a leap second
	}
	if d.year < 0 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.hour > 24 || d.min > 59 || d.sec > 59 {
		return time.Time{}, false
	}
	zone := time.UTC
	if d.offset != 0 {
		zone = time.FixedZone("", d.offset*60)
	}
	t := time.Date(d.year, d.month, d.day, d.hour, d.min, d.sec, 0, zone)
	if t.Day() != d.day && d.hour < 24 {
		return time.Time{}, false // an impossible day
	}
	return plausible(t)
}

// plausible accepts the years that RFC 3339 and a store can hold.
func plausible(t time.Time) (time.Time, bool) {
	return t, t.UTC().Year() >= 1970 && t.Year() <= 9999
}

// stripComments leaves out what stands in parentheses.
func stripComments(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '(')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		b.WriteByte(' ')
		_, s = cutComment(s[i:])
	}
}
