package mime

import (
	"strings"
	"testing"
)

// headerBlocks are the headers that mail programs put above the whole of what
// is answered or forwarded.
var headerBlocks = []string{
	"From: Ann Lee <ann@example.com>\nSent: Friday, March 1, 2024 9:05 AM\nTo: Desk <desk@example.org>\nSubject: Order",
	"From: Ann Lee\nSent: Friday, March 1, 2024 9:05 AM\nTo: Desk\nCc: Bob Ray; Carl Fox\nSubject: RE: Order",
	"From: Ann Lee [mailto:ann@example.com]\nSent: March-01-24 9:05 AM\nTo: Desk\nSubject: Order\nImportance: High",
	"From: Ann Lee<mailto:ann@example.com>\nSent: Friday, March 1, 2024 9:05 AM\nTo: desk@example.org<mailto:desk@example.org>\nSubject: Order",
	"From: Ann Lee <ann@example.com>\nDate: Friday, March 1, 2024 at 9:05 AM\nTo: Desk <desk@example.org>\nSubject: Order",
	"From: ann@example.com\nSubject: Order\nTo: desk@example.org\nDate: Fri, 1 Mar 2024 09:05:00 -0800",
	"Date: Fri, 1 Mar 2024 09:05:00 +0000\nFrom: ann@example.com\nTo: desk@example.org\nSubject: Order",
	"Subject: Order\nDate: Fri, 1 Mar 2024 09:05:00 +0000\nFrom: ann@example.com\nTo: desk@example.org",
	"Date: Fri, 1 Mar 2024 09:05:00 +0000 From: ann@example.com To: Lee, Ann Subject: Order",
	"From: ann@example.com\nReply-To: ann@example.com\nSent: Fri, 1 Mar 2024 09:05:00 +0000\nTo: desk@example.org\nSubject: Order",
	"From: Ann Lee <ann@example.com>\nSent: Friday, March 1, 2024 9:05:00 AM\nTo: Desk <desk@example.org>; Bob Ray <bob@example.net>; Carl Fox\n<carl@example.net>; Dora Hill <dora@example.net>; Emil Low <\nemil@example.net>; Fay Moe <fay@example.net>\nSubject: Order",
	"From: Ann Lee <ann@example.com>\nSent: Friday, March 1, 2024 9:05 AM\nTo: Desk <desk@example.org>\nSubject: A subject that is so long that the program that made this text had\nto break it",
	"From: Ann Lee <ann@example.com>\n\nSent: Friday, March 1, 2024 9:05 AM\n\nTo: Desk <desk@example.org>\n\nSubject: Order",
	"From:\tAnn Lee <ann@example.com>\nTo:\tdesk@example.org\nDate:\t03/01/2024 09:05 AM\nSubject:\tOrder",
	"Von: Ann Lee <ann@example.com>\nGesendet: Freitag, 1. März 2024 09:05\nAn: Desk <desk@example.org>\nBetreff: Bestellung",
	"Von: Ann Lee <ann@example.com>\nDatum: Freitag, 1. März 2024 um 09:05\nAn: Desk <desk@example.org>\nBetreff: Bestellung",
	"Gesendet: Freitag, 01. März 2024 um 09:05 Uhr\nVon: \"Ann Lee\" <ann@example.com>\nAn: desk@example.org\nBetreff: Bestellung",
	"De : Ann Lee <ann@example.com>\nEnvoyé : vendredi 1 mars 2024 09:05\nÀ : Desk <desk@example.org>\nObjet : Commande",
	"De : Ann Lee <ann@example.com>\n À : desk <desk@example.org>\n Envoyé le : Vendredi 1 mars 2024 9h05\n Objet : Commande",
	"Message du : 01/03/2024 09:05\nDe : \"Ann Lee\" <ann@example.com>\nA : desk@example.org\nCopie à :\nSujet : Commande",
	"De: Ann Lee <ann@example.com>\nEnviado el: viernes, 1 de marzo de 2024 9:05\nPara: Desk <desk@example.org>\nAsunto: Pedido",
	"De: Ann Lee <ann@example.com>\nFecha: viernes, 1 de marzo de 2024, 9:05\nPara: Desk <desk@example.org>\nAsunto: Pedido",
	"De: Ann Lee <ann@example.com>\nEnviada em: sexta-feira, 1 de março de 2024 09:05\nPara: Desk <desk@example.org>\nAssunto: Pedido",
	"De: Ann Lee <ann@example.com>\nEnviado: 1 de março de 2024 09:05\nPara: Desk <desk@example.org>\nAssunto: Pedido",
	"Da: Ann Lee <ann@example.com>\nInviato: venerdì 1 marzo 2024 09:05\nA: Desk <desk@example.org>\nOggetto: Ordine",
	"Van: Ann Lee <ann@example.com>\nVerzonden: vrijdag 1 maart 2024 09:05\nAan: Desk <desk@example.org>\nOnderwerp: Bestelling",
	"Från: Ann Lee <ann@example.com>\nSkickat: den 1 mars 2024 09:05\nTill: Desk <desk@example.org>\nÄmne: Order",
	"Fra: Ann Lee <ann@example.com>\nSendt: 1. marts 2024 09:05\nTil: Desk <desk@example.org>\nEmne: Ordre",
	"Fra: Ann Lee <ann@example.com>\nDato: fredag 1. mars 2024 kl. 09:05\nTil: Desk <desk@example.org>\nEmne: Bestilling",
	"Lähettäjä: Ann Lee <ann@example.com>\nLähetetty: perjantai 1. maaliskuuta 2024 9.05\nVastaanottaja: Desk <desk@example.org>\nAihe: Tilaus",
	"Od: Ann Lee <ann@example.com>\nWysłano: piątek, 1 marca 2024 09:05\nDo: Desk <desk@example.org>\nTemat: Zamówienie",
	"Od: Ann Lee <ann@example.com>\nOdesláno: pátek 1. března 2024 9:05\nKomu: Desk <desk@example.org>\nPředmět: Objednávka",
	"Od: Ann Lee <ann@example.com>\nOdoslané: piatok 1. marca 2024 9:05\nKomu: Desk <desk@example.org>\nPredmet: Objednávka",
	"Feladó: Ann Lee <ann@example.com>\nElküldve: 2024. március 1., péntek 9:05\nCímzett: Desk <desk@example.org>\nTárgy: Rendelés",
	"De la: Ann Lee <ann@example.com>\nTrimis: vineri, 1 martie 2024 09:05\nCătre: Desk <desk@example.org>\nSubiect: Comandă",
	"От: Ann Lee <ann@example.com>\nОтправлено: пятница, 1 марта 2024 г. 9:05\nКому: Desk <desk@example.org>\nТема: Заказ",
	"От кого: Ann Lee <ann@example.com>\nКому: Desk <desk@example.org>\nДата: Пятница, 1 марта 2024, 9:05 +03:00\nТема: Заказ",
	"Від: Ann Lee <ann@example.com>\nНадіслано: 1 березня 2024 р. 9:05\nКому: Desk <desk@example.org>\nТема: Замовлення",
	"От: Ann Lee <ann@example.com>\nИзпратено: петък, 1 март 2024 г. 9:05\nДо: Desk <desk@example.org>\nОтносно: Поръчка",
	"Kimden: Ann Lee <ann@example.com>\nGönderildi: 1 Mart 2024 Cuma 09:05\nKime: Desk <desk@example.org>\nKonu: Sipariş",
	"Από: Ann Lee <ann@example.com>\nΣτάλθηκε: Παρασκευή, 1 Μαρτίου 2024 9:05 πμ\nΠρος: Desk <desk@example.org>\nΘέμα: Παραγγελία",
	"מאת: Ann Lee <ann@example.com>\nנשלח: יום שישי 01 מרץ 2024 09:05\nאל: Desk <desk@example.org>\nנושא: הזמנה",
	"من: Ann Lee <ann@example.com>\nتاريخ الإرسال: ٠١/مارس/٢٠٢٤ ٠٩:٠٥ ص\nإلى: Desk <desk@example.org>\nالموضوع: طلب",
	"发件人: Ann Lee <ann@example.com>\n发送时间: 2024年3月1日 9:05\n收件人: Desk <desk@example.org>\n主题: 订单",
	"发件人：Ann Lee <ann@example.com>\n发送时间：2024年3月1日 9:05\n收件人：Desk <desk@example.org>\n主题：订单",
	"寄件者: Ann Lee <ann@example.com>\n寄件日期: 2024年3月1日 上午 09:05\n收件者: Desk <desk@example.org>\n主旨: 訂單",
	"差出人: Ann Lee <ann@example.com>\n送信日時: 2024年3月1日 9:05\n宛先: Desk <desk@example.org>\n件名: 注文",
	"보낸 사람: Ann Lee <ann@example.com>\n보낸 날짜: 2024년 3월 1일 금요일 오전 9:05\n받는 사람: Desk <desk@example.org>\n제목: 주문",
	"보낸사람 : \"Ann Lee\" <ann@example.com>\n받는사람 : <desk@example.org>\n날짜: 2024-03-01 09:05\n제목: 주문",
	"Từ: Ann Lee <ann@example.com>\nĐã gửi: Thứ Sáu, 1 tháng 3, 2024 9:05 SA\nĐến: Desk <desk@example.org>\nChủ đề: Đơn hàng",
	"Dari: Ann Lee <ann@example.com>\nDikirim: Jumat, 1 Maret 2024 09.05\nKepada: Desk <desk@example.org>\nSubjek: Pesanan",
	"จาก: Ann Lee <ann@example.com>\nส่ง: 1 มีนาคม 2567 9:05\nถึง: Desk <desk@example.org>\nเรื่อง: คำสั่งซื้อ",
	"Šalje: Ann Lee <ann@example.com>\nPoslano: petak, 1. ožujka 2024. 09:05\nPrima: Desk <desk@example.org>\nPredmet: Narudžba",
	"Nuo: Ann Lee <ann@example.com>\nIšsiųsta: 2024 m. kovo 1 d. 09:05\nKam: Desk <desk@example.org>\nTema: Užsakymas",
	"Saatja: Ann Lee <ann@example.com>\nSaadetud: reede, 1. märts 2024 09:05\nAdressaat: Desk <desk@example.org>\nTeema: Tellimus",
}

// TestHeaderBlocks sets each block below an answer, as every program does, and
// above a message that is forwarded and nothing else.
func TestHeaderBlocks(t *testing.T) {
	for _, block := range headerBlocks {
		for layout, text := range map[string]string{
			"plain":          "Fine.\n\n" + block + "\n\nIs it?\n\nAnn\n",
			"at once":        "Fine.\n" + block + "\n\nIs it?\n",
			"rule":           "Fine.\n\n________________________________\n" + block + "\n\nIs it?\n",
			"dashes":         "Fine.\n\n-----\n" + block + "\n\nIs it?\n",
			"three dashes":   "Fine.\n\n---\n\n" + block + "\n\nIs it?\n",
			"equals":         "Fine.\n\n========================================\n\n" + block + "\n\nIs it?\n",
			"advert":         "Fine.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n" + block + "\n\nIs it?\n",
			"original":       "Fine.\n\n-----Original Message-----\n" + block + "\n\nIs it?\n",
			"starred":        "Fine.\n\n" + starred(block, "*") + "\n\nIs it?\n",
			"bold":           "Fine.\n\n" + starred(block, "**") + "\n\nIs it?\n",
			"indented":       "Fine.\n\n  " + strings.ReplaceAll(block, "\n", "\n  ") + "\n\nIs it?\n",
			"marked":         "Fine.\n\n> " + strings.ReplaceAll(block, "\n", "\n> ") + "\n>\n> Is it?\n",
			"marked content": "Fine.\n\n" + block + "\n\n> Is it?\n",
			"answer below":   "-----Original Message-----\n" + block + "\n\n> Is it?\n\nFine.\n",
		} {
			if got := splitReply(text).reply; got != "Fine." {
				t.Errorf("%s: %q: reply %q", layout, block, got)
			}
		}
		for layout, text := range map[string]string{
			"bare":      block + "\n\nIs it?\n\nAnn\n",
			"announced": "---------- Forwarded message ---------\n" + block + "\n\nIs it?\n\nAnn\n",
			"apple":     "Begin forwarded message:\n\n" + block + "\n\nIs it?\n\nAnn\n",
			"signed":    "-- \nBob\n\n---------- Forwarded message ---------\n" + block + "\n\nIs it?\n\nAnn\n",
			"phone":     "Sent from my iPhone\n\nBegin forwarded message:\n\n" + block + "\n\nIs it?\n\nAnn\n",
		} {
			if got := splitReply(text).reply; got != "Is it?\n\nAnn" {
				t.Errorf("forward, %s: %q: reply %q", layout, block, got)
			}
		}
	}
}

// starred sets the names of a block's fields in bold type.
func starred(block, stars string) string {
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		if _, ok := fieldKind(line); ok {
			name, value, _ := strings.Cut(line, ":")
			lines[i] = stars + name + ":" + stars + value
		}
	}
	return strings.Join(lines, "\n")
}

// TestOriginalRules cuts at rules that say that a message follows, whatever
// follows them, and takes what follows for the message where nothing stands
// above.
func TestOriginalRules(t *testing.T) {
	for _, rule := range []string{
		"-----Original Message-----", "----- Original Message -----", "-------- Original Message --------", "-------- Original message --------", "*----- Original Message -----*", "-----Original message-----",
		"------ Original Message ------", "______________________________ Forward Header", "-----Ursprüngliche Nachricht-----", "-------- Ursprüngliche Nachricht --------", "-----Message d'origine-----", "----- Mail original -----",
		"-----Mensaje original-----", "-----Messaggio originale-----", "-----Mensagem original-----", "-----Oorspronkelijk bericht-----", "-----Oprindelig meddelelse-----", "-------- Oprindelig besked --------", "-----Ursprungligt meddelande-----",
		"-----Alkuperäinen viesti-----", "-----Oryginalna wiadomość-----", "---------- Původní e-mail ----------", "-----Pôvodná správa-----", "-----Eredeti üzenet-----", "-----Исходное сообщение-----", "-----Оригінальне повідомлення-----",
		"-----Orijinal İleti-----", "-----Αρχικό μήνυμα-----", "-----הודעה מקורית-----", "-----الرسالة الأصلية-----", "-----原始邮件-----", "------------------ 原始邮件 ------------------", "-----原始郵件-----", "-----元のメッセージ-----", "-----원본 메시지-----", "--------- 원본 메일 ---------",
		"-----Original Appointment-----", "---------- Forwarded message ---------", "---------- Forwarded message ----------", "-------- Forwarded Message --------", "-------- Weitergeleitete Nachricht --------", "-------- Message transféré --------", "---------- Message transmis ----------",
		"-------- Mensaje reenviado --------", "-------- Messaggio Inoltrato --------", "-------- Mensagem encaminhada --------", "-------- Doorgestuurd bericht --------", "-------- Videresendt meddelelse --------", "-------- Vidarebefordrat meddelande --------",
		"-------- Välitetty viesti / Fwd.Msg --------", "-------- Treść przekazanej wiadomości --------", "-------- Přeposlaná zpráva --------", "-------- Preposlaná správa --- Forwarded Message --------", "-------- Továbbított üzenet --------", "-------- Перенаправленное сообщение --------",
		"-------- Пересылаемое сообщение --------", "-------- Переслане повідомлення --------", "-------- İletilen İleti --------", "-------- 转发的消息 --------", "-------- 轉寄郵件 --------", "-------- 전달된 메시지 --------", "----- Forwarded by Ann Lee/Example on 03/01/2024 09:05 AM -----",
		"----- Weitergeleitet von Ann Lee/Example am 01.03.2024 09:05 -----", "Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:", "Début du message réexpédié :", "Inicio del mensaje reenviado:", "Inizio messaggio inoltrato:", "Início da mensagem encaminhada:",
		"Begin doorgestuurd bericht:", "Vidarebefordrat mejl:", "Videresendt melding:", "Start på videresendt besked:", "Välitetty viesti alkaa:", "Początek przekazywanej wiadomości:", "Začátek přeposílané zprávy:", "Továbbított levél kezdete:", "Начало переадресованного сообщения:",
		"Початок листа, що пересилається:", "İleti başlangıcı:", "Начало переадресованного сообщения:", "转发邮件：", "Forwarded message:", "-----邮件原件-----",
	} {
		text := "Fine.\n\n" + rule + "\n\nIs it?\n"
		if got := splitReply(text).reply; got != "Fine." {
			t.Errorf("above %q: reply %q", rule, got)
		}
		if got := splitReply(rule + "\nFrom: Ann Lee <ann@example.com>\nSubject: Order\n\nIs it?\n").reply; got != "Is it?" {
			t.Errorf("below %q: reply %q", rule, got)
		}
		marked := "Fine.\n\n" + rule + "\n\n> From: Ann Lee <ann@example.com>\n> Subject: Order\n>\n> Is it?\n"
		if got := splitReply(marked).reply; got != "Fine." {
			t.Errorf("above %q, marked: reply %q", rule, got)
		}
	}
}
