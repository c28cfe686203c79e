package mime

import "strings"

const (
	armourSigned    = "-----BEGIN PGP SIGNED MESSAGE-----"
	armourSignature = "-----BEGIN PGP SIGNATURE-----"
	armourEnd       = "-----END PGP SIGNATURE-----"
)

// withoutArmour takes the lines of a cleartext signature (RFC 4880 §7) off a
// text, so that the reply in it is found: the first line and its fields up to
// the blank line, the signature, and the dashes before lines that begin with
// one. What stands around them stays, and so does all of a text that has
// nothing but such lines.
func withoutArmour(text string) string {
	if !strings.Contains(text, armourSigned) {
		return text
	}
	var out []string
	in := armourOutside
	for line := range strings.SplitSeq(text, "\n") {
		var keep bool
		if in, line, keep = in.next(line); keep {
			out = append(out, line)
		}
	}
	if plain := strings.Join(out, "\n"); !blankText(plain) {
		return plain
	}
	return text
}

// armourState is where in a cleartext signature a line stands.
type armourState int

const (
	armourOutside armourState = iota
	armourFields
	armourText
	armourSum
)

// next reads a line: the state behind it, the line as it was signed, and
// whether it is text.
func (in armourState) next(line string) (_ armourState, plain string, keep bool) {
	switch bare := strings.TrimRight(line, " \t"); {
	case in == armourOutside && bare == armourSigned:
		return armourFields, "", false
	case in == armourFields:
		if bare == "" {
			return armourText, "", false
		}
		return armourFields, "", false
	case in == armourText && bare == armourSignature:
		return armourSum, "", false
	case in == armourText:
		return armourText, strings.TrimPrefix(line, "- "), true
	case in == armourSum:
		if bare == armourEnd {
			return armourOutside, "", false
		}
		return armourSum, "", false
	}
	return in, line, true
}
