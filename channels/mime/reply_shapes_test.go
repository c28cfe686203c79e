package mime

import (
	"strings"
	"testing"
)

// shapes are whole texts as people's programs send them, and what of each is
// new. In want, "=" stands for all of the text.
var shapes = []struct{ name, text, want string }{
	// Answers above the history.
	{"a date of the form day-month-year", "Fine.\n\nOn 11-Apr-2024, at 6:54 PM, Ann Lee <ann@example.com> wrote:\n\n>\n> Is it?\n>\n> Ann", "Fine."},
	{"somebody sent", "Fine.\n\nOn 11-Apr-2024, at 6:54 PM, Ann Lee <ann@example.com> sent:\n\n> Is it?", "Fine."},
	{"a mailto link on lines of its own", "Fine.\n\nOn Tue, Apr 11, 2024 at 10:07 PM Ann Lee\n\n<\nmailto:Ann Lee <ann@example.com>\n> wrote:\nIs it?\n", "Fine."},
	{"a phone names itself as the writer", "Fine.\n\nSent from Samsung Galaxy <ann@example.com> wrote:\n\n> Is it?", "Fine."},
	{"an ISO date and GMT, folded in the address", "Fine.\n\n2024-10-17 11:28 GMT+03:00 Ann <\nann@a-very-long-name-of-a-host-that-is-folded.example.com>:\n\n> Is it?\n>", "Fine."},
	{"a blank before On", "Fine\n On Mar 8, 2024 9:59 AM, \"Example\" <\nr+7f1b094ceb90e18c@example.com> wrote:\n\n\n>**\n>  Is it?", "Fine"},
	{"three lines", "Fine.\n\nOn Nov 30, 2024, at 12:47 PM, Somebody <\n416ffd3258d4d2fa4c85cfa4c44e1721@somebody.example.com>\nwrote:\n\nIs it?\n", "Fine."},
	{"dashes around it", "Fine.\n\n---- Ann Lee wrote ----\n\n> Is it?\n", "Fine."},
	{"dashes and a date", "Fine.\n\n------On 12/29/2023 17:32 PM, Ann Lee wrote-----\n\nIs it?\n", "Fine."},
	{"four dashes and a zone", "Fine.\n\n---- On Tue, 22 Dec 2023 14:17:36 +0530 Ann Lee<ann@example.com> wrote ----\n\nIs it?", "Fine."},
	{"the answer on the same line", "fine On Wed, Apr 4, 2024 at 3:59 PM, ann@example.com wrote:\n> Hi", "fine"},
	{"the same with dashes", "fine--- On Wed, Apr 4, 2024 at 3:59 PM, ann@example.com wrote:\n> Hi", "fine"},
	{"a slash date without a writer's address", "Fine.\n\nOn 04/19/2024 07:10 AM, Ann Lee wrote:\n\n>\n> Is it?", "Fine."},
	{"a slash date and nothing else", "Fine\n2024/4/7 Nina Müller <support@example.com>\n\n>  Is it?", "Fine"},
	{"history without marks below", "By the way.\n\nOn Tue, Jan 27, 2024 at 12:42 PM -0800, \"Shop\" <shop@example.com> wrote:\n\nHi Ann,\nIs it?\nThanks\n\nOn Jan 27, 2024, at 11:55 AM, Ann <ann@example.com> wrote:\n\nHm?\nAnn\n\nSent from Phone", "By the way."},
	{"the writer before the date", "Fine.\n\nAnn Lee <ann@example.com> schrieb am Fr., 28. Apr. 2024 um 11:53 Uhr:\n\n> Is it?", "Fine."},
	{"the writer alone", "Fine.\n\nAnn Lee <ann@example.com> schrieb:\n\n> Is it?", "Fine."},
	{"the writer via something", "Fine.\n\nann via Desk <desk@example.com> wrote:\n> Is it?", "Fine."},
	{"the writer in round brackets", "Fine.\n\nAnn Lee (ann@example.com) wrote:\n> Is it?", "Fine."},
	{"wrote on", "Fine.\n\nAnn Lee wrote on 12.3.2024 at 17:01:\n> Is it?", "Fine."},
	{"in message", "Fine.\n\nIn message <4@example.com>, Ann Lee writes:\n> Is it?", "Fine."},
	{"news readers", "Fine.\n\nIn article <4@example.com>,\nAnn Lee <ann@example.com> wrote:\n> Is it?", "Fine."},
	{"quoting, Ann", "Fine.\n\nQuoting Ann Lee <ann@example.com>:\n\n> Is it?", "Fine."},
	{"Zitat von", "Gut.\n\nZitat von Ann Lee <ann@example.com>:\n\n> Ist es?", "Gut."},
	{"Polish with a user", "Dobrze.\n\nW dniu 28 stycznia 2024 01:53 użytkownik Ann Lee <ann@example.com>\nnapisał:\n\nTak?\n", "Dobrze."},
	{"Polish by the hour", "Dobrze.\n\nDnia 14 lip 2024 o godz. 00:25 Ann Lee <ann@example.com> napisał(a):\n\n> Tak?", "Dobrze."},
	{"Swedish", "Bra.\nDen 14 september, 2024 02:23:18, Ann Lee (ann@example.com) skrev:\n\nÄr det?\n", "Bra."},
	{"Norwegian", "Bra.\nPå 14 september 2024 på 02:23:18, Ann Lee (ann@example.com) skrev:\n\nEr det?\n", "Bra."},
	{"Dutch with om", "Goed.\n\nOp 17-feb.-2024, om 13:18 heeft Ann Lee <ann@example.com> het volgende geschreven:\n\nIs het?\n", "Goed."},
	{"Dutch with schreef in the middle", "Goed.\n\nOp 13-02-2024 3:18 schreef Ann Lee <ann@example.com>:\n\nIs het?\n", "Goed."},
	{"Vietnamese", "Xin chào\n\nVào 14:24 8 tháng 6, 2024, Ann Lee <ann@example.com> đã viết:\n\n> Hm\n", "Xin chào"},
	{"Russian with a user", "Хорошо.\n\nсуббота, 14 марта 2024 г. пользователь Ann написал:\n\n> Да?", "Хорошо."},
	{"Russian without a verb", "Хорошо.\n\nвт, 5 янв. 2024 г. в 23:39, Ann Lee <ann@example.com>:\n\n> Да?", "Хорошо."},
	{"Russian, folded", "Хорошо.\n\nпн, 12 февр. 2024 г. в 10:01, Ann Lee <\nann@example.com>:\n\n> Да?", "Хорошо."},
	{"mail.ru", "Хорошо.\n\n\nПонедельник, 4 марта 2024, 15:02 +03:00 от Ann Lee <ann@example.com>:\n>Да?\n>", "Хорошо."},
	{"Yandex", "Хорошо.\n\n04.03.2024, 15:02, \"Ann Lee\" <ann@example.com>:\n> Да?", "Хорошо."},
	{"Ukrainian", "Добре.\n\n30 серп. 2024 р. 20:45 \"Ann\" ann@example.com пише:\n\n> Так?", "Добре."},
	{"Ukrainian of Gmail", "Добре.\n\nпт, 1 бер. 2024 р. о 09:05 Ann Lee <ann@example.com> пише:\n\n> Так?", "Добре."},
	{"Bulgarian", "Добре.\n\nНа пт, 1.03.2024 г. в 9:05 Ann Lee <ann@example.com> написа:\n\n> Да?", "Добре."},
	{"Serbian", "Добро.\n\nпет, 1. мар 2024. у 09:05 Ann Lee <ann@example.com> је написао/ла:\n\n> Да?", "Добро."},
	{"Croatian", "Dobro.\n\nDana 1. ožujka 2024. u 09:05 Ann Lee <ann@example.com> napisao je:\n\n> Da?", "Dobro."},
	{"Slovene", "Dobro.\n\nV V pet., 1. mar. 2024 ob 09:05 je oseba Ann Lee <ann@example.com> napisala:\n\n> Da?", "Dobro."},
	{"Slovak", "Dobre.\n\npi 1. 3. 2024 o 9:05 Ann Lee <ann@example.com> napísal(a):\n\n> Ano?", "Dobre."},
	{"Czech of Seznam", "Dobře.\n\n---------- Původní e-mail ----------\nOd: Ann Lee <ann@example.com>\nKomu: desk@example.org\nDatum: 1. 3. 2024 9:05:00\nPředmět: Dotaz\n\"Ano?\"", "Dobře."},
	{"Hungarian", "Jó.\n\nAnn Lee <ann@example.com> ezt írta (időpont: 2024. márc. 1., P 9:05):\n\n> Igen?", "Jó."},
	{"Romanian", "Bine.\n\nÎn vin., 1 mar. 2024 la 09:05, Ann Lee <ann@example.com> a scris:\n\n> Da?", "Bine."},
	{"Catalan", "Bé.\n\nMissatge de Ann Lee <ann@example.com> del dia dv., 1 de març 2024 a les 9:05:\n\n> Sí?", "Bé."},
	{"Lithuanian", "Gerai.\n\n2024-03-01, pn, 09:05 Ann Lee <ann@example.com> rašė:\n\n> Taip?", "Gerai."},
	{"Latvian", "Labi.\n\npiektd., 2024. g. 1. marts, plkst. 09:05 — lietotājs Ann Lee (<ann@example.com>) rakstīja:\n\n> Jā?", "Labi."},
	{"Estonian", "Hea.\n\nKontakt Ann Lee (<ann@example.com>) kirjutas kuupäeval R, 1. märts 2024 kell 09:05:\n\n> Jah?", "Hea."},
	{"Turkish", "Tamam.\n\nAnn Lee <ann@example.com>, 1 Mar 2024 Cum, 09:05 tarihinde şunu yazdı:\n\n> Evet?", "Tamam."},
	{"Indonesian", "Baik.\n\nPada tanggal Jum, 1 Mar 2024 pukul 09.05 Ann Lee <ann@example.com> menulis:\n\n> Ya?", "Baik."},
	{"Thai", "ดี\n\nในวันที่ ศ. 1 มี.ค. 2024 เวลา 09:05 Ann Lee <ann@example.com> เขียนว่า:\n\n> ใช่?", "ดี"},
	{"Arabic", "حسنا\n\nفي الجمعة، 1 مارس 2024 في 9:05 ص تمت كتابة ما يلي بواسطة Ann Lee <ann@example.com>:\n\n> نعم؟", "حسنا"},
	{"Hebrew", "טוב\n\n\u202bבתאריך יום ו׳, 1 במרץ 2024 ב-9:05 מאת \u202aAnn Lee\u202c\u200f <\u202aann@example.com\u202c\u200f>:\u202c\n\n> כן?", "טוב"},
	{"Persian", "خوب\n\nدر تاریخ جمعه ۱ مارس ۲۰۲۴،\u200f ۹:۰۵ Ann Lee <ann@example.com> نوشت:\n\n> بله؟", "خوب"},
	{"Hindi", "ठीक\n\nशुक्र, 1 मार्च 2024 को 9:05 am बजे को Ann Lee <ann@example.com> ने लिखा:\n\n> हाँ?", "ठीक"},
	{"Greek", "Καλά.\n\nΣτις Παρ, 1 Μαρ 2024 στις 9:05 π.μ., ο χρήστης Ann Lee <ann@example.com> έγραψε:\n\n> Ναι;", "Καλά."},
	{"Japanese of Gmail", "はい。\n\n2024年3月1日(金) 9:05 Ann Lee <ann@example.com>:\n\n> いいえ?", "はい。"},
	{"Japanese of Apple", "はい。\n\n2024/03/01 9:05、Ann Lee <ann@example.com>のメール:\n\n> いいえ?", "はい。"},
	{"Korean of Apple", "네.\n\n2024. 3. 1. 오전 9:05, Ann Lee <ann@example.com> 작성:\n\n> 아니?", "네."},
	{"Chinese of Apple", "好的。\n\n在 2024年3月1日，上午9:05，Ann Lee <ann@example.com> 写道：\n\n> 不?", "好的。"},
	{"Chinese of Apple, long characters", "好的。\n\nAnn Lee <ann@example.com> 於 2024年3月1日 上午9:05 寫道：\n\n> 不?", "好的。"},
	{"Chinese of NetEase", "好的。\n\n\n\n\n\n在 2024-03-01 09:05:00，\"Ann Lee\" <ann@example.com> 写道：\n\n不?", "好的。"},
	{"Chinese of QQ", "好的。\n\n\n------------------ 原始邮件 ------------------\n发件人: \"Ann\" <ann@example.com>;\n发送时间: 2024年3月1日(星期五) 上午9:05\n收件人: \"Desk\"<desk@example.org>;\n主题: 订单\n\n不?", "好的。"},
	{"Zoho", "Fine.\n\n\n\n---- On Fri, 01 Mar 2024 09:05:00 +0100 Ann Lee <ann@example.com> wrote ---\n\nIs it?", "Fine."},
	{"Proton", "Fine.\n\nSent with Proton Mail secure email.\n\n------- Original Message -------\nOn Friday, March 1st, 2024 at 9:05 AM, Ann Lee <ann@example.com> wrote:\n\n\n> Is it?", "Fine."},
	{"reply message", "Fine.\n\n-----Reply Message-----\n\nIs it?", "Fine."},
	{"Danish", "Godt.\n\n-----Oprindelig meddelelse-----\n\nEr det?", "Godt."},
	{"Danish message", "Godt.\n\n----- Oprindelig besked -----\n\nEr det?", "Godt."},
	{"GMX", "Gut.\n\nGesendet: Freitag, 01. März 2024 um 09:05 Uhr\nVon: \"Ann Lee\" <ann@example.com>\nAn: desk@example.org\nBetreff: Frage\n\nIst es?", "Gut."},
	{"T-Online", "Gut.\n\n-----Original-Nachricht-----\nBetreff: Frage\nDatum: 2024-03-01T09:05:00+0100\nVon: \"Ann Lee\" <ann@example.com>\nAn: desk@example.org\n\nIst es?", "Gut."},
	// Header blocks.
	{"a block of two: date and to", "Fine.\n\nDate: Fri, 1 Mar 2024 09:05:00 -0600\nTo: ann@example.com\n\nIs it?", "Fine."},
	{"bold and folded", "Fine.\n\n  *From:* ann@example.com [mailto:\n  ann@example.com]\n  *Sent:* Friday, March 1, 2024 3:05 PM\n  *To:* desk@example.org\n  *Subject:* Order\n\nIs it?", "Fine."},
	{"bold in Markdown", "Fine.\n\n**From:** Ann <ann@example.com>\n**Sent:** Friday\n**To:** Desk\n**Subject:** Order\n\nIs it?", "Fine."},
	{"right after the answer", "Fine.\nFrån: Ann Lee [mailto:ann@example.com]\nSkickat: den 1 mars 2024 14:45\nTill: Desk\nÄmne: Order\n\nÄr det?", "Fine."},
	{"spaces before the colons", "Bien.\n\nDe : Ann Lee [mailto:ann@example.com]\nEnvoyé : vendredi 1 mars 2024 16:39\nÀ : Desk\nObjet : Commande\n\nNon ?", "Bien."},
	{"from and sent on one rule", "Fine.\n\n_____________\nFrom: ann@example.com\nDate: Fri, 1 Mar 2024 00:15:02 -0600\n\n> Is it?", "Fine."},
	{"Outlook for iOS", "Fine.\n\nGet Outlook for iOS<https://aka.ms/x>\n________________________________\nFrom: Ann Lee <ann@example.com>\nSent: Friday, March 1, 2024 9:05:00 AM\nTo: Desk <desk@example.org>\nSubject: Order\n\nIs it?", "Fine."},
	{"Outlook, nothing but a rule", "Fine.\n\n-----\nVan: Ann Lee\nVerzonden: vrijdag 1 maart 2024\nAan: Desk\nOnderwerp: Bestelling\n\nNee?", "Fine."},
	{"Notes", "Fine.\n\n\n\nFrom:   Ann Lee <ann@example.com>\nTo:     desk@example.org\nDate:   03/01/2024 09:05 AM\nSubject:        Order\n\n\n\nIs it?", "Fine."},
	{"Spanish block", "Bien.\n\nDe: Ann Lee <ann@example.com>\nEnviado el: viernes, 1 de marzo de 2024 9:05\nPara: Desk\nAsunto: Pedido\n\n¿No?", "Bien."},
	{"Italian block", "Bene.\n\nDa: Ann Lee <ann@example.com>\nInviato: venerdì 1 marzo 2024 09:05\nA: Desk\nOggetto: Ordine\n\nNo?", "Bene."},
	{"Portuguese block", "Bom.\n\nDe: Ann Lee <ann@example.com>\nEnviada em: sexta-feira, 1 de março de 2024 09:05\nPara: Desk\nAssunto: Pedido\n\nNão?", "Bom."},
	{"Russian block", "Хорошо.\n\nОт: Ann Lee <ann@example.com>\nОтправлено: 1 марта 2024 г. 9:05\nКому: Desk\nТема: Заказ\n\nДа?", "Хорошо."},
	{"Greek block", "Καλά.\n\nΑπό: Ann Lee <ann@example.com>\nΣτάλθηκε: Παρασκευή, 1 Μαρτίου 2024 9:05 πμ\nΠρος: Desk\nΘέμα: Παραγγελία\n\nΝαι;", "Καλά."},
	{"Japanese block", "はい。\n\n差出人: Ann Lee <ann@example.com>\n送信日時: 2024年3月1日 9:05\n宛先: Desk\n件名: 注文\n\nいいえ?", "はい。"},
	{"Korean block", "네.\n\n보낸 사람: Ann Lee <ann@example.com>\n보낸 날짜: 2024년 3월 1일 금요일 오전 9:05\n받는 사람: Desk\n제목: 주문\n\n아니?", "네."},
	{"Turkish block", "Tamam.\n\nKimden: Ann Lee <ann@example.com>\nGönderildi: 1 Mart 2024 Cuma 09:05\nKime: Desk\nKonu: Sipariş\n\nEvet?", "Tamam."},
	{"Arabic block", "حسنا\n\nمن: Ann Lee <ann@example.com>\nتم الإرسال: الجمعة 1 مارس 2024\nإلى: Desk\nالموضوع: طلب\n\nنعم؟", "حسنا"},
	// Around and between the quoted lines.
	{"below", "On 04/19/2024 07:10 AM, Ann Lee wrote:\n\n>\n> Is it?\nIt is.", "It is."},
	{"below, after a blank line", "Am 01.03.2024 um 09:05 schrieb Ann Lee:\n> Ist es?\n\nJa.\n\nBob", "Ja.\n\nBob"},
	{"around", "Hi\n\nOn 04/19/2024 07:10 AM, Ann Lee wrote:\n\n> Is it?\n\nRegards, Bob", "Hi\n\nRegards, Bob"},
	{"between, each answer with its question", "Hi Ann,\n\nOn Fri, Mar 1, 2024 at 9:05 AM Ann <ann@example.com> wrote:\n> First?\n\nYes.\n\n> Second?\n\nNo.", "Hi Ann,\n\n> First?\n\nYes.\n\n> Second?\n\nNo."},
	{"between, and the rest quoted", "On Fri, Mar 1, 2024 at 9:05 AM Ann <ann@example.com> wrote:\n> First?\n\nYes.\n\n> Second?\n> Bye", "> First?\n\nYes."},
	{"quoted lines at the end without a header", "Fine.\n\n> Is it?\n> Ann", "Fine."},
	{"a citation before one's own words", "> to be or not to be\n\nThat is what I mean.", "="},
	{"nested", "Fine.\nOn 04/19/2024 07:10 AM, Ann Lee wrote:\n\n>Well\n>On 04/18/2024 07:10 AM, Bob wrote:\n>\n>> Is it?\n>>\n>> Bob", "Fine."},
	{"a wrapped quoted line", "Fine.\n\nOn Fri, Mar 1, 2024 at 9:05 AM Ann <ann@example.com> wrote:\n\n> A very long line that somebody's program has broken in a place where it\nshould not\n> have been broken.", "Fine."},
	{"nothing but quoted lines", "> only\n> this", "="},
	{"marks before arrows", "Visit us now\n>>> >>>  http://www.example.com <<<\nand tell us.", "="},
	// Forwards.
	{"nothing but a forward", "---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.com>\nDate: Fri, Mar 1, 2024 at 9:05 AM\nSubject: Order\nTo: <bob@example.net>\n\nIs it?\nAnn", "Is it?\nAnn"},
	{"a forward of Apple", "Begin forwarded message:\n\nFrom: Ann Lee <ann@example.com>\nSubject: Order\nDate: March 1, 2024 at 09:05:00 GMT+1\nTo: bob@example.net\n\nIs it?", "Is it?"},
	{"a forward of Outlook", "From: Ann Lee <ann@example.com>\nSent: Friday, March 1, 2024 9:05 AM\nTo: Bob\nSubject: Order\n\nIs it?\n\nAnn", "Is it?\n\nAnn"},
	{"new text above a forward", "Please look.\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.com>\nDate: Fri, Mar 1, 2024 at 9:05 AM\nSubject: Order\nTo: <bob@example.net>\n\nIs it?", "Please look."},
	{"a signature above a forward only", "-- \nBob\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.com>\nDate: Fri, Mar 1, 2024 at 9:05 AM\nSubject: Order\nTo: <bob@example.net>\n\nIs it?", "Is it?"},
	{"a forward in a forward", "-------- Weitergeleitete Nachricht --------\nBetreff: Frage\nDatum: Fri, 1 Mar 2024 09:05:00 +0100\nVon: Ann Lee <ann@example.com>\nAn: bob@example.net\n\nIst es?", "Ist es?"},
	{"quoted lines below a day and nobody by name", "Yes, please.\n\nOn Mon, we wrote:\n> Shall we?", "Yes, please."},
	// Signatures.
	{"after two dashes", "Fine.\n\n-- \nAnn Lee\nExample Ltd", "Fine."},
	{"dashes without the blank", "Fine.\n\n--\nAnn Lee", "Fine."},
	{"a rule of underscores", "Fine.\n\n__________________\nAnn Lee\nExample Ltd\n+1 555 0100", "Fine."},
	{"sent from a phone, in brackets", "Fine.\n\n(Sent from my phone)", "Fine."},
	{"sent from a phone, starred", "Fine.\n\n*Sent from my iPhone*", "Fine."},
	{"sent from a phone, before the history", "Fine.\n\nSent from my iPhone\n\nOn Mar 1, 2024, at 9:05 AM, Ann <ann@example.com> wrote:\n\n> Is it?", "Fine."},
	{"an advertisement with a link", "Fine.\n\nGet Outlook for Android<https://aka.ms/ghei36>", "Fine."},
	{"a list's footer", "Fine.\n\n_______________________________________________\nfriends mailing list\nfriends@example.org\nhttps://lists.example.org/listinfo/friends", "Fine."},
	{"a group's footer", "Fine.\n\n-- \nYou received this message because you are subscribed to the group \"friends\".\nTo unsubscribe, write to friends+unsubscribe@example.org.", "Fine."},
	{"a legal notice", "Fine.\n\nAnn Lee\n\nCONFIDENTIALITY NOTICE: This e-mail and its attachments are meant for the addressee alone. If you are not the addressee, delete it.", "Fine.\n\nAnn Lee"},
	{"a virus scanner", "Fine.\n\n-- \nThis email has been checked for viruses by Avast antivirus software.\nwww.avast.com", "Fine."},
	{"Windows Mail", "Gut.\n\nGesendet von Mail für Windows", "Gut."},
	{"K-9", "Gut.\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Gut."},
	{"Dutch phone", "Goed.\n\nVerstuurd vanaf mijn iPhone", "Goed."},
	{"Chinese phone", "好的。\n\n发自我的iPhone", "好的。"},
	// What only looks so.
	{"a rule and more", "Steps:\n\n---\n\nOpen it. Close it.", "="},
	{"a list with dashes", "I want:\n-- one\n-- two\nThat is all.", "="},
	{"a shell session", "I typed\n\n$ cat <<x\n> a\n> x\n\nand it hung.", "="},
	{"on Friday in prose", "Hello,\n\nOn Friday I called, and Bob wrote: it is lost.\n\nIs that so?", "="},
	{"from in prose", "From: the first day\nthere was no light.\n\nPlease help.", "="},
	{"a labelled form", "Name: Ann Lee\nEmail: ann@example.com\nSubject: Order\nMessage: Where is it?", "="},
	{"a form with a sender", "From: Ann Lee\nPhone: +1 555 0100\nMessage: Where is it?", "="},
	{"sent from in a sentence", "The parcel was\nsent from my office on Monday.\n\nIt never came.", "="},
	{"a day, and what was written then", "On Monday, we wrote:\n\nplease cancel.\n\nNobody did.", "="},
	{"a date in prose", "On 1 March 2024 at 9:05 I wrote to you and got no answer. Why?", "="},
	{"regards in a sentence", "As regards the order, it is late.\nBest regards to all of you, and please hurry.", "="},
}

// TestHistoryWithoutMarks holds that history is cut off by what stands above
// it, not by the ">" before its lines.
func TestHistoryWithoutMarks(t *testing.T) {
	for _, c := range shapes {
		head, quoted, found := strings.Cut(c.text, "\n> ")
		if !found || c.want == "=" || strings.Contains(quoted, ">") || strings.ContainsAny(head, "<\n>") && strings.Contains(head, "\n<") || strings.Contains(head, "\n>") || !strings.HasPrefix(c.text, c.want+"\n") ||
			strings.HasPrefix(c.name, "quoted lines") {
			continue
		}
		text := head + "\n\n" + quoted + "\n\nAnn\n"
		if got := splitReply(text).reply; got != c.want {
			t.Errorf("%s: reply %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReplyShapes(t *testing.T) {
	right := 0
	for _, c := range shapes {
		want := c.want
		if want == "=" {
			want = strings.TrimSpace(c.text)
		}
		if got := splitReply(c.text).reply; got != want {
			t.Errorf("%s: reply %q, want %q", c.name, got, want)
			continue
		}
		right++
	}
	t.Logf("%d of %d", right, len(shapes))
}
