package ingest

import (
	"strings"
	"unicode"
)

// A script is an alphabet with letters that look like Latin ones.
type script struct {
	letters *unicode.RangeTable
	near    alphabet // small letters that cannot be told from small Latin ones
	far     alphabet // near, and those alike as capitals or at a glance
}

// An alphabet pairs its letters with the Latin ones they look like.
type alphabet struct{ latin, own map[rune]rune }

// pairs reads "аa еe": own letter, Latin letter. Where several look like one
// Latin letter, the first is what the Latin letter is read as.
func pairs(lists ...string) alphabet {
	a := alphabet{latin: map[rune]rune{}, own: map[rune]rune{}}
	for _, pair := range strings.Fields(strings.Join(lists, " ")) {
		r := []rune(pair)
		a.latin[r[0]] = r[1]
		if _, ok := a.own[r[1]]; !ok {
			a.own[r[1]] = r[0]
		}
	}
	return a
}

// The look-alikes, after Unicode UTS #39 (confusables), as far as people
// write mail addresses in them.
const (
	cyrillicNear = "аa еe оo рp сc уy хx ѕs іi јj ԁd ԛq ԝw һh ӏl ѵv"
	cyrillicFar  = "вb кk мm нh тt гr пn иu зz үy ԍg ҽe ѡw ґr ԃd ԏt"
	greekNear    = "αa οo νv ιi ρp υu κk ϲc ϳj"
	greekFar     = "βb γy εe ζz ηn μm σo τt χx ωw"
	armenianNear = "օo սu ոn հh ցg զq"
	loneLatin    = "ıi ȷj ɑa ɡg ɩi ɪi ʏy ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ᴢz"
)

var (
	scripts = []script{
		{unicode.Cyrillic, pairs(cyrillicNear), pairs(cyrillicNear, cyrillicFar)},
		{unicode.Greek, pairs(greekNear), pairs(greekNear, greekFar)},
		{unicode.Armenian, pairs(armenianNear), pairs(armenianNear)},
	}
	lone = pairs(loneLatin).latin
)

// foldLookAlikes writes each word in one alphabet: "аnn" with a Cyrillic а is
// "ann", "пpивет" with a Latin p is "привет", and a word that is honestly
// Cyrillic stays as it is.
func foldLookAlikes(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	var word []rune
	flush := func() {
		b.WriteString(string(foldWord(word)))
		word = word[:0]
	}
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			word = append(word, r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

func foldWord(word []rune) []rune {
	replace(word, lone)
	for _, s := range scripts {
		s.fold(word)
	}
	return word
}

// fold decides by the letters that only one alphabet has. If none is the
// script's own the word is Latin; if none is Latin the word is the script's;
// with both somebody plays tricks, and likeness at a glance counts.
func (s script) fold(word []rune) {
	own, latin := s.telling(word)
	switch {
	case !own:
		replace(word, s.near.latin)
	case !latin:
		replace(word, s.near.own)
	default:
		replace(word, s.far.latin)
		if s.present(word) {
			replace(word, s.far.own)
		}
	}
}

// telling reports whether the word has letters of the script, and Latin ones,
// that have no double in the other.
func (s script) telling(word []rune) (own, latin bool) {
	for _, r := range word {
		if unicode.Is(s.letters, r) {
			own = own || s.near.latin[r] == 0
		} else if unicode.Is(unicode.Latin, r) {
			latin = latin || s.near.own[r] == 0
		}
	}
	return own, latin
}

func (s script) present(word []rune) bool {
	for _, r := range word {
		if unicode.Is(s.letters, r) {
			return true
		}
	}
	return false
}

func replace(word []rune, by map[rune]rune) {
	for i, r := range word {
		if to, ok := by[r]; ok {
			word[i] = to
		}
	}
}
