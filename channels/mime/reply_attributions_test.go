package mime

import (
	"strings"
	"testing"
)

// attributionLines are the lines that mail programs write above what they
// quote, each with a name or an address of Ann's.
var attributionLines = []string{
	// Gmail, in the languages of its interface.
	"On Fri, Mar 1, 2024 at 9:05\u202fAM Ann Lee <ann@example.com> wrote:",
	"On Fri, 1 Mar 2024 at 09:05, Ann Lee <ann@example.com> wrote:",
	"On Fri, Mar 1, 2024, 9:05 AM Ann Lee <ann@example.com> wrote:",
	"On Fri, Mar 1, 2024 at 9:05 AM <ann@example.com> wrote:",
	"On Fri, Mar 1, 2024 at 9:05 AM 'Ann Lee' via Desk <desk@example.com> wrote:",
	"Am Fr., 1. März 2024 um 09:05 Uhr schrieb Ann Lee <ann@example.com>:",
	"Ann Lee <ann@example.com> schrieb am Fr., 1. März 2024, 09:05:",
	"Le ven. 1 mars 2024 à 09:05, Ann Lee <ann@example.com> a écrit :",
	"Le\u00a0ven. 1 mars 2024 à\u00a009:05, Ann Lee <ann@example.com> a écrit\u00a0:",
	"El vie, 1 mar 2024 a las 9:05, Ann Lee (<ann@example.com>) escribió:",
	"Em sex., 1 de mar. de 2024 às 09:05, Ann Lee <ann@example.com> escreveu:",
	"Ann Lee <ann@example.com> escreveu (sexta, 1/03/2024 à(s) 09:05):",
	"Il giorno ven 1 mar 2024 alle ore 09:05 Ann Lee <ann@example.com> ha scritto:",
	"Il ven 1 mar 2024, 09:05 Ann Lee <ann@example.com> ha scritto:",
	"Op vr 1 mrt 2024 om 09:05 schreef Ann Lee <ann@example.com>:",
	"pt., 1 mar 2024 o 09:05 Ann Lee <ann@example.com> napisał(a):",
	"pá 1. 3. 2024 v 9:05 odesílatel Ann Lee <ann@example.com> napsal:",
	"pi 1. 3. 2024 o 9:05 Ann Lee <ann@example.com> napísal(a):",
	"Den fre 1 mars 2024 kl 09:05 skrev Ann Lee <ann@example.com>:",
	"Den fre. 1. mar. 2024 kl. 09.05 skrev Ann Lee <ann@example.com>:",
	"fre. 1. mar. 2024 kl. 09:05 skrev Ann Lee <ann@example.com>:",
	"pe 1. maalisk. 2024 klo 9.05 Ann Lee (ann@example.com) kirjoitti:",
	"Ann Lee <ann@example.com>, 1 Mar 2024 Cum, 09:05 tarihinde şunu yazdı:",
	"Ann Lee <ann@example.com> ezt írta (időpont: 2024. márc. 1., P, 9:05):",
	"În vin., 1 mar. 2024 la 09:05, Ann Lee <ann@example.com> a scris:",
	"пт, 1 мар. 2024 г. в 09:05, Ann Lee <ann@example.com>:",
	"пт, 1 бер. 2024 р. о 09:05 Ann Lee <ann@example.com> пише:",
	"На пт, 1.03.2024 г. в 9:05 Ann Lee <ann@example.com> написа:",
	"пет, 1. мар 2024. у 09:05 Ann Lee <ann@example.com> је написао/ла:",
	"Στις Παρ 1 Μαρ 2024 στις 9:05 π.μ., ο χρήστης Ann Lee <ann@example.com> έγραψε:",
	"Missatge de Ann Lee <ann@example.com> del dia dv., 1 de març 2024 a les 9:05:",
	"Þann fös., 1. mar. 2024 kl. 09:05 skrifaði Ann Lee <ann@example.com>:",
	"O ven, 1 mar 2024 ás 9:05, Ann Lee (<ann@example.com>) escribiu:",
	"Hau idatzi du Ann Lee (<ann@example.com>) erabiltzaileak (2024 mar. 1(a), or. (09:05)):",
	"Op Vr 1 Mrt 2024 om 09:05 het Ann Lee <ann@example.com> geskryf:",
	"Noong Biy, Mar 1, 2024 nang 9:05 AM, sinulat ni Ann Lee <ann@example.com>:",
	"Pada tanggal Jum, 1 Mar 2024 pukul 09.05 Ann Lee <ann@example.com> menulis:",
	"Vào Th 6, 1 thg 3, 2024 vào lúc 09:05 Ann Lee <ann@example.com> đã viết:",
	"2024年3月1日(金) 9:05 Ann Lee <ann@example.com>:",
	"2024년 3월 1일 (금) 오전 9:05, Ann Lee <ann@example.com>님이 작성:",
	"Ann Lee <ann@example.com> 于2024年3月1日周五 09:05写道：",
	"Ann Lee <ann@example.com> 於 2024年3月1日 週五 上午9:05寫道：",
	"\u202bבתאריך יום ו׳, 1 במרץ 2024 ב-9:05 מאת \u202aAnn Lee\u202c\u200f <\u202aann@example.com\u202c\u200f>:\u202c",
	"في الجمعة، 1 مارس 2024 في 9:05 ص تمت كتابة ما يلي بواسطة Ann Lee <ann@example.com>:",
	// Apple Mail.
	"On 1 Mar 2024, at 09:05, Ann Lee <ann@example.com> wrote:",
	"On Mar 1, 2024, at 9:05 AM, Ann Lee <ann@example.com> wrote:",
	"On Mar 1, 2024, at 9:05 AM, Ann Lee <ann@example.com<mailto:ann@example.com>> wrote:",
	"Am 01.03.2024 um 09:05 schrieb Ann Lee <ann@example.com>:",
	"Le 1 mars 2024 à 09:05, Ann Lee <ann@example.com> a écrit :",
	"El 1 mar 2024, a las 9:05, Ann Lee <ann@example.com> escribió:",
	"Il giorno 1 mar 2024, alle ore 09:05, Ann Lee <ann@example.com> ha scritto:",
	"No dia 01/03/2024, às 09:05, Ann Lee <ann@example.com> escreveu:",
	"Em 1 de mar. de 2024, à(s) 09:05, Ann Lee <ann@example.com> escreveu:",
	"Op 1 mrt 2024, om 09:05 heeft Ann Lee <ann@example.com> het volgende geschreven:",
	"1 mars 2024 kl. 09:05 skrev Ann Lee <ann@example.com>:",
	"Den 1. mar. 2024 kl. 09.05 skrev Ann Lee <ann@example.com>:",
	"Ann Lee <ann@example.com> kirjoitti 1.3.2024 kello 9.05:",
	"Wiadomość napisana przez Ann Lee <ann@example.com> w dniu 1 mar 2024, o godz. 09:05:",
	"1. 3. 2024 v 9:05, Ann Lee <ann@example.com>:",
	"Dňa 1. 3. 2024, o 9:05 napísal používateľ Ann Lee <ann@example.com>:",
	"2024. márc. 1. dátummal, 9:05 időpontban Ann Lee <ann@example.com> írta:",
	"Pe 1 mar. 2024, la 09:05, Ann Lee <ann@example.com> a scris:",
	"Dana 1. ožu 2024., u 09:05, Ann Lee <ann@example.com> je napisao/la:",
	"1 бер. 2024 р. о 09:05 Ann Lee <ann@example.com> написав(ла):",
	"1 марта 2024 г., в 9:05, Ann Lee <ann@example.com> написал(а):",
	"Στις 1 Μαρ 2024, στις 9:05 π.μ., ο χρήστης Ann Lee <ann@example.com> έγραψε:",
	"Ann Lee <ann@example.com> şunları yazdı (1 Mar 2024 09:05):",
	"ב-1 במרץ 2024, בשעה 9:05, \u200fAnn Lee <ann@example.com> כתב/ה:",
	"في 1 مارس 2024، الساعة 9:05 ص، كتب Ann Lee <ann@example.com>:",
	"เมื่อ 1 มี.ค. 2567 เวลา 09:05 Ann Lee <ann@example.com> เขียนว่า:",
	"Vào 1 thg 3, 2024, lúc 09:05, Ann Lee <ann@example.com> đã viết:",
	"Pada 1 Mar 2024, pukul 09.05, Ann Lee <ann@example.com> menulis:",
	"El dia 1 març 2024, a les 9:05, Ann Lee <ann@example.com> va escriure:",
	"2024/03/01 9:05、Ann Lee <ann@example.com>のメール:",
	"2024. 3. 1. 오전 9:05, Ann Lee <ann@example.com> 작성:",
	"2024年3月1日 09:05，Ann Lee <ann@example.com> 写道：",
	"1 मार्च 2024 को 9:05 पूर्वाह्न बजे, Ann Lee <ann@example.com> ने लिखा:",
	// Thunderbird, which names no address.
	"On 01/03/2024 09:05, Ann Lee wrote:",
	"On 3/1/24 9:05 AM, Ann Lee wrote:",
	"Am 01.03.24 um 09:05 schrieb Ann Lee:",
	"Le 01/03/2024 à 09:05, Ann Lee a écrit :",
	"El 1/3/24 a las 9:05, Ann Lee escribió:",
	"Il 01/03/2024 09:05, Ann Lee ha scritto:",
	"Op 01-03-2024 om 09:05 schreef Ann Lee:",
	"W dniu 01.03.2024 o 09:05, Ann Lee pisze:",
	"Em 01/03/2024 09:05, Ann Lee escreveu:",
	"Às 09:05 de 01/03/2024, Ann Lee escreveu:",
	"Den 2024-03-01 kl. 09:05, skrev Ann Lee:",
	"Den 01.03.2024 09:05, skrev Ann Lee:",
	"Ann Lee kirjoitti 1.3.2024 klo 9.05:",
	"Dne 01. 03. 24 v 9:05 Ann Lee napsal(a):",
	"Dňa 1. 3. 2024 o 9:05 Ann Lee napísal(a):",
	"2024. 03. 01. 9:05 keltezéssel, Ann Lee írta:",
	"01.03.2024 09:05, Ann Lee пишет:",
	"01.03.24 09:05, Ann Lee пише:",
	"На 1.03.24 г. в 9:05 ч., Ann Lee написа:",
	"1.03.2024 09:05 tarihinde Ann Lee yazdı:",
	"Στις 1/3/2024 9:05 π.μ., ο/η Ann Lee έγραψε:",
	"Pe 01.03.2024 09:05, Ann Lee a scris:",
	"2024-03-01 09:05, Ann Lee rašė:",
	"Ann Lee kirjutas 01.03.2024 kell 09:05:",
	"Ann Lee je 1. 03. 24 ob 09:05 napisal(-a):",
	"El 1/3/24 a les 9:05, Ann Lee ha escrit:",
	"Vào 01/03/2024 9:05 SA, Ann Lee viết:",
	"在 2024/3/1 9:05, Ann Lee 写道:",
	"Ann Lee 於 2024/3/1 上午 09:05 寫道:",
	"2024-03-01 오전 9:05에 Ann Lee 이(가) 쓴 글:",
	"בתאריך 01/03/2024 9:05, Ann Lee כתב:",
	"در ۲۰۲۴/۳/۱ ۹:۰۵، Ann Lee نوشت:",
	// Yahoo, Proton, Tutanota, AOL and other services.
	"On Friday, March 1, 2024 at 09:05:00 AM EST, Ann Lee <ann@example.com> wrote:",
	"On Friday, March 1, 2024, 9:05 AM, Ann Lee <ann@example.com> wrote:",
	"Am Freitag, 1. März 2024 um 09:05:00 MEZ hat Ann Lee <ann@example.com> Folgendes geschrieben:",
	"Le vendredi 1 mars 2024 à 09:05:00 UTC+1, Ann Lee <ann@example.com> a écrit :",
	"El viernes, 1 de marzo de 2024, 09:05:00 CET, Ann Lee <ann@example.com> escribió:",
	"Em sexta-feira, 1 de março de 2024 09:05:00 BRT, Ann Lee <ann@example.com> escreveu:",
	"In data venerdì 1 marzo 2024 alle ore 09:05:00 CET, Ann Lee <ann@example.com> ha scritto:",
	"--- Ann Lee <ann@example.com> schrieb am Fr, 1.3.2024:",
	"--- On Fri, 3/1/24, Ann Lee <ann@example.com> wrote:",
	"In a message dated 3/1/2024 9:05:00 A.M. Eastern Standard Time, ann@example.com writes:",
	"On Friday, March 1st, 2024 at 9:05 AM, Ann Lee <ann@example.com> wrote:",
	"‐‐‐‐‐‐‐ On Friday, March 1st, 2024 at 9:05 AM, Ann Lee <ann@example.com> wrote:",
	"Mar 1, 2024, 09:05 by ann@example.com:",
	"1. März 2024, 09:05 von ann@example.com:",
	"Пятница, 1 марта 2024, 9:05 +03:00 от Ann Lee <ann@example.com>:",
	"Friday, 1 March 2024, 9:05 AM +0300 from ann@example.com <ann@example.com>:",
	"01.03.2024, 09:05, \"Ann Lee\" <ann@example.com>:",
	"---- On Fri, 01 Mar 2024 09:05:00 +0100 Ann Lee <ann@example.com> wrote ---",
	"On Fri, 01 Mar 2024 09:05:00 +0100 Ann Lee <ann@example.com> wrote",
	"At 2024-03-01 09:05:00, \"Ann Lee\" <ann@example.com> wrote:",
	"在 2024-03-01 09:05:00，\"Ann Lee\" <ann@example.com> 写道：",
	"On 1 Mar 2024, 9:05 AM +0100, Ann Lee <ann@example.com>, wrote:",
	"On Fri, Mar 01, 2024 at 9:05 AM, Ann Lee < ann@example.com > wrote:",
	"On March 1, 2024, 9:05 AM GMT+1 ann@example.com wrote:",
	"On Fri, 1 Mar at 9:05 AM , Ann Lee <ann@example.com> wrote:",
	"On Tue, Mar 1, 2024 at 9:05 AM, Ann Lee <ann@example.com> wrote via Mail:",
	// Programs on a desk or in a terminal.
	"On 1 March 2024 09:05:00 CET, Ann Lee <ann@example.com> wrote:",
	"Am 1. März 2024 09:05:00 MEZ schrieb Ann Lee <ann@example.com>:",
	"Le 1 mars 2024 09:05:00 GMT+01:00, \"Ann Lee\" <ann@example.com> a écrit :",
	"On Fri, 2024-03-01 at 09:05 +0100, Ann Lee wrote:",
	"Am Freitag, dem 01.03.2024 um 09:05 +0100 schrieb Ann Lee:",
	"Am Freitag, 1. März 2024, 09:05:00 CET schrieb Ann Lee:",
	"On Friday, 1 March 2024 09:05:00 CET Ann Lee wrote:",
	"On Fri, Mar 01, 2024 at 09:05:00AM +0100, Ann Lee wrote:",
	"Ann Lee <ann@example.com> writes:",
	"Ann Lee <ann@example.com> wrote:",
	"Ann Lee wrote on 01.03.2024 09:05:",
	"Am 2024-03-01 09:05, schrieb Ann Lee:",
	"Friday, March 1, 2024, 9:05:00 AM, you wrote:",
	"* Ann Lee <ann@example.com> [2024-03-01 09:05]:",
	"----- On Mar 1, 2024, at 9:05 AM, Ann Lee ann@example.com wrote:",
	"Le 1 Mar 24, à 9:05, Ann Lee ann@example.com a écrit :",
	"- Le 2024-03-01 09:05, Ann Lee a écrit :",
	"Ann Lee/Example@EXAMPLE wrote on 03/01/2024 09:05:00 AM:",
	"2024-03-01 9:05 GMT+01:00 Ann Lee <ann@example.com>:",
	"2024-03-01 09:05, Ann Lee skrev:",
	"Quoting Ann Lee <ann@example.com>:",
	"Citando a Ann Lee <ann@example.com>:",
	"Ann Lee <ann@example.com> a écrit le 01/03/2024 à 09:05 :",
	"Ann Lee <ann@example.com> hat am 01.03.2024 09:05 CET geschrieben:",
	"> Ann Lee <ann@example.com> hat am 01.03.2024 09:05 CET geschrieben:",
}

// TestAttributionLines sets each line in every layout that it is met in: with
// and without marks below, folded, and above the answer.
func TestAttributionLines(t *testing.T) {
	for _, line := range attributionLines {
		for layout, text := range map[string]string{
			"marked":          "Fine.\n\n" + line + "\n\n> Is it?\n>\n> Ann\n",
			"marked at once":  "Fine.\n" + line + "\n> Is it?\n> Ann\n",
			"unmarked":        "Fine.\n\n" + line + "\n\nIs it?\n\nAnn\n",
			"folded in words": "Fine.\n\n" + fold(line, 60) + "\n\n> Is it?\n",
			"folded early":    "Fine.\n\n" + fold(line, 45) + "\n\nIs it?\n",
			"folded in <":     "Fine.\n\n" + strings.Replace(line, " <", " <\n", 1) + "\n\n> Is it?\n",
			"answer below":    line + "\n> Is it?\n\nFine.\n",
			"marked itself":   "Fine.\n\n> " + line + "\n>\n> Is it?\n",
		} {
			if strings.HasPrefix(line, ">") && layout != "marked" && layout != "answer below" {
				continue
			}
			if got := splitReply(text).reply; got != "Fine." {
				t.Errorf("%s: %q: reply %q", layout, line, got)
			}
		}
	}
}

// fold breaks a line at its last blank before a width in octets, once.
func fold(line string, width int) string {
	if len(line) <= width {
		return line
	}
	at := strings.LastIndexByte(line[:width], ' ')
	if at <= 0 {
		return line
	}
	return line[:at] + "\n" + line[at+1:]
}
