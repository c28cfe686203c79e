package mime

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// number reads digits and what they are joined to; after is what follows.
func (d *dateWords) number(w, after string) {
	parts := strings.FieldsFunc(w, func(c rune) bool { return c < '0' })
	switch {
	case d.sign != 0 && d.hour >= 0:
		d.numericZone(w)
	case strings.Contains(w, ":"):
		d.times(w)
	case len(parts) == 1:
		if n, err := strconv.Atoi(w); err == nil && !d.marked(n, after) {
			d.single(w, n)
		}
	case len(parts) == 3 && (d.year < 0 || d.month == 0):
		d.triple(parts, strings.Contains(w, "/"))
	case strings.Contains(w, ".") && d.hour < 0 && d.year >= 0:
		d.clock(parts)
	}
}

// marked reads a number whose meaning the sign behind it tells: 3月, 3월.
func (d *dateWords) marked(n int, after string) bool {
	if after == "" || after[0] < utf8.RuneSelf {
		return false
	}
	for mark, into := range map[string]*int{
		"年": &d.year, "년": &d.year, "日": &d.day, "일": &d.day,
		"时": &d.hour, "時": &d.hour, "시": &d.hour, "分": &d.min, "분": &d.min, "秒": &d.sec, "초": &d.sec,
	} {
		if strings.HasPrefix(after, mark) {
			*into = n
			return true
		}
	}
	if strings.HasPrefix(after, "月") || strings.HasPrefix(after, "월") {
		d.month = time.Month(n)
		return true
	}
	return false
}

// single reads digits alone by their number and by what is still missing.
func (d *dateWords) single(w string, n int) {
	switch dated := d.year >= 0 && d.day >= 0; {
	case len(w) == 14 && d.year < 0:
		d.triple([]string{w[:4], w[4:6], w[6:8]}, false)
		d.clock([]string{w[8:10], w[10:12], w[12:]})
	case len(w) == 8 && d.year < 0:
		d.triple([]string{w[:4], w[4:6], w[6:]}, false)
	case (len(w) == 6 || len(w) == 4) && dated && d.hour < 0:
		d.clock([]string{w[:2], w[2:4], w[4:]})
	case d.year >= 0 && d.month == 0 && d.day < 0 && len(w) <= 2:
		d.month = time.Month(n)
	case d.day < 0 && len(w) <= 2:
		d.day = n
	case d.year < 0 && len(w) <= 4:
		d.year = fullYear(n, len(w))
	case dated && d.hour >= 0 && (len(w) == 3 || len(w) == 4) && !d.zoned && !d.named:
		d.sign = '+'
		d.numericZone(w)
	}
}

// triple reads a date of three numbers. The order is told by the year's four
// digits and by what cannot be a month; with strokes the month comes first.
func (d *dateWords) triple(parts []string, strokes bool) {
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i])
	}
	year := 2
	switch {
	case len(parts[0]) == 4:
		year, d.month, d.day = 0, time.Month(n[1]), n[2]
	case strokes && n[0] <= 12 || n[1] > 12:
		d.month, d.day = time.Month(n[0]), n[1]
	default:
		d.day, d.month = n[0], time.Month(n[1])
	}
	d.year = fullYear(n[year], len(parts[year]))
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

// times reads 9:05, 09:05:00.123 and 2024:09:05:00.
func (d *dateWords) times(w string) {
	parts := strings.Split(w, ":")
	if len(parts) == 4 && len(parts[0]) == 4 && d.year < 0 {
		d.year, _ = strconv.Atoi(parts[0])
		parts = parts[1:]
	}
	if d.hour < 0 {
		d.clock(parts)
	}
}

func (d *dateWords) clock(parts []string) {
	for i, into := range []*int{&d.hour, &d.min, &d.sec} {
		if i < len(parts) {
			whole, _, _ := strings.Cut(strings.Replace(parts[i], ",", ".", 1), ".")
			*into, _ = strconv.Atoi(whole)
		}
	}
}

// numericZone reads 0530, 05:30 and 5 behind a sign; out of bounds it is
// unknown. The first one holds.
func (d *dateWords) numericZone(w string) {
	digits := strings.ReplaceAll(w, ":", "")
	n, err := strconv.Atoi(digits)
	if len(digits) <= 2 {
		n *= 100
	}
	if d.zoned || err != nil || len(digits) > 4 || n/100 > 23 || n%100 > 59 {
		return
	}
	d.offset, d.zoned = n/100*60+n%100, true
	if d.sign == '-' {
		d.offset = -d.offset
	}
}
