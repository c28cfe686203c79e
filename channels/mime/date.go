package mime

import (
	"strconv"
	"strings"
	"time"
)

// zones are the named zones of RFC 5322 §4.3 and others that mailers write,
// in minutes east of Greenwich. A name not listed is unknown: UTC.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0,
	"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"bst": 60, "cet": 60, "met": 60, "mez": 60, "west": 60, "cest": 120, "mest": 120, "mesz": 120, "eet": 120,
	"eest": 180, "msk": 180, "jst": 540, "kst": 540, "hst": -600, "akst": -540, "akdt": -480, "aest": 600, "aedt": 660,
}

const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec"

// parseDate reads a Date in any order of its words: RFC 5322, its obsolete
// forms, asctime, ISO 8601. The sender's offset is kept.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(stripComments(s))
	if t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", s); err == nil {
		return plausible(t)
	}
	if len(s) > 10 && s[4] == '-' && s[7] == '-' {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05"} {
			if t, err := time.Parse(layout, s); err == nil {
				return plausible(t)
			}
		}
	}
	d := dateWords{day: -1, year: -1, hour: -1}
	words := strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' })
	if len(words) > 20 {
		return time.Time{}, false
	}
	for _, w := range words {
		d.take(strings.ToLower(w))
	}
	return d.time()
}

// dateWords is what the words of a date have said so far.
type dateWords struct {
	year, day, hour, min, sec int
	month                     time.Month
	offset                    int // minutes
	pm, am                    bool
}

func (d *dateWords) take(w string) {
	n, err := strconv.Atoi(w)
	switch {
	case strings.Contains(w, ":") && w[0] != '+' && w[0] != '-':
		d.clock(w)
	case (w[0] == '+' || w[0] == '-') && d.hour >= 0:
		d.offset = offset(w)
	case err == nil && n >= 0:
		d.number(w, n)
	case w == "am" || w == "pm":
		d.am, d.pm = w == "am", w == "pm"
	case strings.Count(w, "-") == 2:
		for _, part := range strings.Split(w, "-") {
			if part != "" {
				d.take(part)
			}
		}
	default:
		d.name(w)
	}
}

func (d *dateWords) number(w string, n int) {
	switch {
	case d.day < 0 && len(w) <= 2 && (d.year < 0 || d.month != 0):
		d.day = n
	case d.year >= 0 && d.month == 0 && n >= 1 && n <= 12:
		d.month = time.Month(n)
	case d.year < 0 && (len(w) == 4 || len(w) <= 3):
		d.year = fullYear(n, len(w))
	}
}

// fullYear reads the short years of RFC 5322 §4.3.
func fullYear(n, digits int) int {
	switch {
	case digits == 2 && n < 50:
		return 2000 + n
	case digits <= 3:
		return 1900 + n
	}
	return n
}

func (d *dateWords) name(w string) {
	if len(w) >= 3 {
		if i := strings.Index(monthNames, w[:3]); i >= 0 && i%4 == 0 && d.month == 0 {
			d.month = time.Month(i/4 + 1)
			return
		}
	}
	if min, ok := zones[w]; ok && d.hour >= 0 {
		d.offset = min
		return
	}
	for _, p := range []string{"gmt", "utc"} {
		if rest, ok := strings.CutPrefix(w, p); ok && rest != "" && (rest[0] == '+' || rest[0] == '-') {
			d.offset = offset(rest)
		}
	}
}

// clock reads 9:05, 09:05:00, 09:05:00.123 and a zone glued to it.
func (d *dateWords) clock(w string) {
	if i := strings.IndexAny(w, "+-"); i > 0 {
		d.offset, w = offset(w[i:]), w[:i]
	}
	parts := strings.SplitN(strings.TrimRight(w, "apmz"), ":", 3)
	for i, into := range []*int{&d.hour, &d.min, &d.sec} {
		if i < len(parts) {
			whole, _, _ := strings.Cut(parts[i], ".")
			*into, _ = strconv.Atoi(whole)
		}
	}
	d.pm = d.pm || strings.HasSuffix(w, "pm")
	d.am = d.am || strings.HasSuffix(w, "am")
}

// offset reads +0530, +05:30 and +5 in minutes.
func offset(w string) int {
	sign := 1
	if w[0] == '-' {
		sign = -1
	}
	digits := strings.ReplaceAll(w[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || len(digits) > 4 {
		return 0
	}
	if len(digits) <= 2 {
		n *= 100
	}
	if n/100 > 14 || n%100 > 59 {
		return 0
	}
	return sign * (n/100*60 + n%100)
}

func (d *dateWords) time() (time.Time, bool) {
	if d.hour < 0 && d.month != 0 {
		d.hour = 0
	}
	if d.pm && d.hour < 12 {
		d.hour += 12
	}
	if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.year < 0 || d.month == 0 || d.day < 1 || d.day > 31 || d.hour < 0 || d.hour > 24 || d.min > 59 || d.sec > 60 {
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
	return t, t.Year() >= 1970 && t.Year() <= 9999
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
