package ingest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

var (
	errNoDigits = AsInvalid(errors.New("number has no digits"))
	errManyPlus = AsInvalid(errors.New("number has a + that is not at its beginning"))
	errDigits   = AsInvalid(errors.New("number has more than 15 digits (E.164)"))
)

// shortCode is the most digits of a number that is not dialled with a country
// code: operators' short codes have three to six.
const shortCode = 6

// CanonicalPhone gives a number as "+" and its digits (E.164), knowing no
// region: "00" is "+", the "(0)" of "+44 (0)20" is dropped, digits of any
// alphabet are read, and what people put between them, or behind them for an
// extension, is not. Short codes, and numbers in a national form (with a first
// 0), have no "+": nobody here can know the country, and so no prefix of a
// country matches them; [Region.Phone] reads what a person of a country writes.
// Letters are an error: an alphanumeric sender is no number.
func CanonicalPhone(s string) (string, error) {
	digits, plus, err := dialled(s)
	if err != nil {
		return "", err
	}
	if after, ok := strings.CutPrefix(digits, "00"); ok && !plus {
		digits, plus = after, true
	}
	if plus {
		digits = strings.TrimLeft(digits, "0") // no country's code begins with 0
	}
	switch {
	case digits == "":
		return "", errNoDigits
	case len(digits) > 15:
		return "", errDigits
	case plus || len(digits) > shortCode && digits[0] != '0':
		return "+" + digits, nil
	}
	return digits, nil
}

// dialled reads the digits that are dialled, and whether a + came before them.
func dialled(s string) (digits string, plus bool, err error) {
	s = clean(s)
	for _, scheme := range []string{"tel:", "sms:", "callto:", "//"} {
		s = strings.TrimPrefix(s, scheme)
	}
	return digitsOf(strings.ReplaceAll(extension(s), "(0)", ""))
}

// extension cuts off what is dialled within a company, or set as a parameter:
// ";ext=7" (RFC 3966 §5.3), "x7", "ext. 7", "#7", ",7". What comes before has to
// be a number for itself: an alphanumeric sender like "5X5" is none.
func extension(s string) string {
	s, _, _ = strings.Cut(s, ";")
	for _, mark := range []string{"extension", "ext", "x", "#", ","} {
		number, inner, found := strings.Cut(s, mark)
		if !found {
			continue
		}
		digits, _, err := digitsOf(number)
		own, _, errOwn := digitsOf(strings.Trim(inner, ",#: "))
		if err == nil && errOwn == nil && len(digits) > shortCode && len(own) <= shortCode {
			return number
		}
	}
	return s
}

// digitsOf reads the digits, and whether a + came before them.
func digitsOf(s string) (digits string, plus bool, err error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			b.WriteByte(digit(r))
		case r == '+' && b.Len() == 0 && !plus:
			plus = true
		case r == '+':
			return "", false, errManyPlus
		case !strings.ContainsRune(" -./()[]_·•", r):
			return "", false, AsInvalid(fmt.Errorf("number has %q in it", r))
		}
	}
	return b.String(), plus, nil
}

// digit gives the ASCII digit of a decimal digit of any alphabet: in Unicode
// each alphabet's stand together from 0 to 9.
func digit(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10)
		}
	}
	return '0'
}
