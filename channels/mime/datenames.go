package mime

import (
	"strings"
	"time"
)

// zones are the named zones of RFC 5322 §4.3 and others that mailers write,
// in minutes east of Greenwich. A name that several places use is not listed:
// it is unknown, UTC.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
	"pst": -480, "pdt": -420, "bst": 60, "cet": 60, "met": 60, "mez": 60, "west": 60, "cest": 120, "mest": 120, "mesz": 120,
	"eet": 120, "eest": 180, "msk": 180, "msd": 240, "jst": 540, "kst": 540, "hst": -600, "akst": -540, "akdt": -480, "aest": 600,
	"aedt": 660, "acst": 570, "acdt": 630, "awst": 480, "nzst": 720, "nzdt": 780, "sgt": 480, "hkt": 480, "pht": 480, "wib": 420,
	"ict": 420, "pkt": 300, "sast": 120, "eat": 180, "wat": 60, "brt": -180, "brst": -120, "nst": -210, "ndt": -150, "idt": 180,
}

// monthNames are the beginnings of the months' names, without those that are
// already in an earlier language: en, de, fr, es, it, pt, nl and the north, pl, cs,
// hu, fi, tr, ru, uk, el, zh.
var monthNames = [12]string{
	"jan jän ene gen sty led tammi oca янв січ ιαν 一月 正月",
	"feb fév fev lut úno uno helmi şub фев лют φεβ 二月",
	"mar mär maa mrz mrt már bře bře ožu мар бер μαρ μάρ 三月",
	"apr abr avr ápr kwi dub huhti nis апр кві απρ 四月",
	"may mai mag maj mei máj kvě touko май мая тра μαι μαϊ μάι 五月",
	"jun juin giu jún cze čer červen kesä haz июн чер ιουν ιούν 六月",
	"jul juil lug lip júl července červenec heinä tem июл лип ιουλ ιούλ 七月",
	"aug aoû aou ago agu sie srp elo ağu авг сер αυγ αύγ 八月",
	"sep set szept wrz zář syys eyl сен вер σεπ 九月",
	"oct okt ott out paź říj loka eki окт жов οκτ 十月",
	"nov nóv lis marras kas ноя лис νοε νοέ 十一月",
	"dec déc dez dic des gru pro joulu ara дек гру δεκ 十二月",
}

// months maps the beginning of a month's name to the month.
var months = func() map[string]time.Month {
	m := map[string]time.Month{}
	for i, names := range monthNames {
		for _, name := range strings.Fields(names) {
			m[name] = time.Month(i + 1)
		}
	}
	return m
}()

// monthOf tells the month by the longest beginning that is known, 0 if there
// is none.
func monthOf(w string) (found time.Month) {
	letters := 0
	for i := range w {
		if letters++; letters > 9 {
			return found
		}
		if month, ok := months[w[:i]]; ok {
			found = month
		}
	}
	if month, ok := months[w]; ok {
		return month
	}
	return found
}
