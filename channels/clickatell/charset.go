package clickatell

import (
	"encoding/binary"
	"net/url"
	"strings"
	"unicode/utf16"
)

// plain is a text that Clickatell escaped as in a URL: as octets of UTF-16, or of
// Latin-1. Octets that need no escaping stand there as characters. A text that is
// not so is left as it is, and decoded says so.
func plain(text, charset string) (out string, decoded bool) {
	charset = strings.ToUpper(charset)
	if charset != "UTF-16BE" && charset != "ISO-8859-1" {
		return text, true
	}
	octets, ok := octetsOf(text)
	if !ok || charset == "UTF-16BE" && len(octets)%2 != 0 {
		return text, false
	}
	if charset == "UTF-16BE" {
		units := make([]uint16, len(octets)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(octets[2*i:])
		}
		return string(utf16.Decode(units)), true
	}
	runes := make([]rune, len(octets))
	for i, octet := range octets {
		runes[i] = rune(octet)
	}
	return string(runes), true
}

// octetsOf are the octets of a text in which each character is one or is escaped.
func octetsOf(text string) ([]byte, bool) {
	var escaped strings.Builder
	for _, r := range text {
		if r > 0xFF {
			return nil, false
		}
		escaped.WriteByte(byte(r))
	}
	octets, err := url.QueryUnescape(escaped.String())
	return []byte(octets), err == nil
}
