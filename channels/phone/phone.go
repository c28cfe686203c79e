// Package phone reads the senders that providers of SMS write: numbers of many
// spellings, short codes, and names that are no numbers.
package phone

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"gatehouse/ingest"
)

// shortCode is the most digits of a short code. No number with a country's code
// is as short; some providers put a + before all the same.
const shortCode = 6

// Sender reads who sent an SMS, as a provider writes it: with a + or without
// one, in a national form of the region, or as a short code of three to six
// digits, which has no +. All of these are phones, verified, since the provider
// vouches for them, and have the form of [ingest.CanonicalPhone]: a number that
// people write into a rule is the same.
//
// What is no number is kept as it is written, as an identity of kind sms, how
// header, since nobody checks it: names of up to 11 letters and digits, and
// whatever else networks let senders call themselves. None is ever read as the
// number that its letters may stand for on a keypad. Schemes and networks before
// the address (tel:, whatsapp:) are the caller's to take off.
//
// The error, of an empty address, is [ingest.Invalid].
func Sender(address string, r ingest.Region) (ingest.Identity, error) {
	if !strings.ContainsFunc(address, unicode.IsLetter) {
		if number, err := numberOf(address, r); err == nil {
			return ingest.Identity{Kind: "phone", Value: number, How: ingest.Verified}, nil
		}
	}
	return ingest.ParseIdentity("sms", address, ingest.Header)
}

// Number reads a number as Sender does, and nothing else: for addresses of
// networks on which all are numbers, and for the numbers of the desk itself.
func Number(address string, r ingest.Region) (ingest.Identity, error) {
	number, err := numberOf(address, r)
	if err != nil {
		return ingest.Identity{}, err
	}
	return ingest.Identity{Kind: "phone", Value: number, How: ingest.Verified}, nil
}

// numberOf reads digits that may be of either kind, as 6581234567 is for a
// region whose own numbers have ten digits, as a provider means them: with the
// country's code, if that makes a number that can be dialled.
func numberOf(address string, r ingest.Region) (string, error) {
	national, err := r.Phone(address)
	if err != nil {
		return "", err
	}
	if len(strings.TrimPrefix(national, "+")) <= shortCode {
		return strings.TrimPrefix(national, "+"), nil
	}
	full, err := ingest.CanonicalPhone(address)
	if err != nil || full == national || !dialable(full) {
		return national, nil
	}
	return full, nil
}

// dialable reports whether a number in the form of E.164 fits the numbering plan
// of its country.
func dialable(number string) bool {
	n, err := phonenumbers.Parse(number, "")
	return err == nil && phonenumbers.IsValidNumber(n)
}
