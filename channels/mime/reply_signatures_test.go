package mime

import (
	"strings"
	"testing"
)

// advertLines are the lines that mail programs add of their own accord.
var advertLines = []string{
	"Sent from my iPhone", "Sent from my iPhone.", "Sent from my iPhone!", "Sent from my iPad", "Sent from my iPod touch", "Sent from my mobile", "Sent from my mobile device", "Sent from my BlackBerry", "Sent from my Verizon Wireless BlackBerry", "Sent from my Samsung Galaxy smartphone.",
	"Sent from my Galaxy", "Sent from my Huawei phone", "Sent from my T-Mobile 4G LTE Device", "Sent from my Verizon, Samsung Galaxy smartphone", "Sent from my HTC One. Please excuse typos.", "Sent from my cell, please excuse any typos.", "Sent from my Windows Phone", "Sent from my TI-85",
	"Sent from my Wiko RIDGE FAB 4G", "Sent from my Android device with K-9 Mail. Please excuse my brevity.", "Sent from Mail for Windows", "Sent from Mail for Windows 10", "Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows", "Sent from Outlook for iOS", "Sent from Outlook for Android",
	"Sent from Outlook", "Sent from Yahoo Mail on Android", "Sent from Yahoo Mail for iPhone", "Sent from Yahoo Mail. Get the app", "Sent from AOL Mobile Mail", "Sent from the all new AOL app for iOS", "Sent from Proton Mail for iOS", "Sent from Proton Mail Android", "Sent with Proton Mail secure email.",
	"Sent with ProtonMail Secure Email.", "Sent from Mailbox", "Sent from Mailbox for iPad", "Sent with Airmail", "Sent with Spark", "Sent via Superhuman", "Sent via mobile", "Sent from Mailspring", "Sent with Mailspring", "Sent from Nine", "Sent using Zoho Mail", "Sent with Tutanota", "Sent from BlueMail",
	"Get BlueMail for Android", "Get Outlook for iOS", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Get Outlook for Android <https://aka.ms/AAb9ysg>", "Get Outlook for Mac", "(Sent from my phone)", "(sent from a phone)", "<<sent by galaxy>>", "*Sent from my iPhone*", "_Sent from my iPhone_",
	"[Sent from my iPhone]", "From my iPhone 6", "Sent wirelessly from my BlackBerry device on the Bell network.", "Sent on the go from my phone", "Sent from myMail for iOS", "Sent from Samsung tablet.", "Sent from Gmail Mobile",
	"Von meinem iPhone gesendet", "Von meinem Samsung Galaxy Smartphone gesendet.", "Von meinem Mobilgerät gesendet", "Von meinem Android-Gerät mit K-9 Mail gesendet.", "Gesendet von Mail für Windows", "Gesendet von meinem iPhone", "Gesendet mit der GMX Mail App", "Gesendet mit der WEB.DE Mail App",
	"Gesendet von Outlook für Android", "Gesendet aus dem Telekom-Netz.", "Gesendet von Yahoo Mail auf Android", "Holen Sie sich Outlook für iOS", "Outlook für iOS beziehen", "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Mit freundlichen Grüßen von meinem iPhone gesendet",
	"Envoyé de mon iPhone", "Envoyé depuis mon iPhone", "Envoyé depuis mon téléphone Orange", "Envoyé à partir de Outlook pour Android", "Envoyé à partir de Yahoo Mail pour Android", "Envoyé depuis mon appareil mobile Samsung.", "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>", "Obtenir Outlook pour Android", "Envoyé de mon mobile Bouygues Telecom",
	"Enviado desde mi iPhone", "Enviado desde mi Samsung Mobile de Claro", "Enviado desde Correo para Windows", "Enviado desde Yahoo Mail para Android", "Obtener Outlook para iOS", "Enviado desde mi oficina móvil BlackBerry", "Enviado con Proton Mail",
	"Enviado do meu iPhone", "Enviado do Yahoo Mail no Android", "Enviado a partir do Outlook para Android", "Enviado do meu smartphone Samsung Galaxy.", "Obter o Outlook para Android", "Enviado via iPad", "Enviado pelo meu celular",
	"Inviato da iPhone", "Inviato dal mio iPhone", "Inviato da Posta per Windows", "Inviato da Libero Mail", "Inviato da Outlook per Android", "Scarica Outlook per iOS", "Ottieni Outlook per Android", "Inviato da Yahoo Mail su Android",
	"Verstuurd vanaf mijn iPhone", "Verzonden vanaf mijn iPad", "Verzonden met BlackBerry", "Verzonden vanuit Outlook voor Android", "Download Outlook voor iOS", "Outlook voor Android downloaden",
	"Skickat från min iPhone", "Skickat från min Samsung Galaxy-smartphone.", "Hämta Outlook för iOS", "Skaffa Outlook för Android", "från min iPhone",
	"Sendt fra min iPhone", "Sendt fra Outlook for Android", "Hent Outlook til iOS", "Få Outlook for iOS", "Sendt fra min Samsung Galaxy-smartphone.",
	"Lähetetty iPhonesta", "Lähetetty iPhonestani", "Hanki Outlook for Android", "Wysłane z iPhone'a", "Wysłano z iPhone’a", "Wysłane z telefonu Samsung", "Wysłano z programu Outlook dla systemu Android", "Pobierz aplikację Outlook dla systemu iOS", "Odesláno z iPhonu", "Odesláno z mého iPhone",
	"Odesláno z aplikace Seznam Email", "Získejte Outlook pro Android", "Odoslané z iPhonu", "Odoslané z môjho iPhonu", "Elküldve az iPhone-omról", "iPhone-omról küldve", "Trimis de pe iPhone-ul meu", "Poslano s mojeg iPhonea", "Poslano iz iPhona", "Изпратено от моя iPhone",
	"Отправлено с iPhone", "Отправлено с моего iPhone", "Отправлено из мобильной Почты Mail.ru", "Отправлено из Почты Mail.ru для Android", "Отправлено из Яндекс Почты для мобильных", "Скачать Outlook для Android", "Надіслано з iPhone", "Надіслано з мого iPhone",
	"iPhone'umdan gönderildi", "iPhone’umdan gönderildi", "Samsung cihazımdan gönderildi", "Android için Outlook uygulamasını edinin", "Στάλθηκε από το iPhone μου", "Αποκτήστε το Outlook για iOS", "נשלח מה-iPhone שלי", "נשלח מהאייפון שלי", "أرسلت من الـ iPhone", "أُرسلت من الـ iPhone", "تم الإرسال من الـ iPhone",
	"ส่งจาก iPhone ของฉัน", "Được gửi từ iPhone của tôi", "Đã gửi từ iPhone của tôi", "Dikirim dari iPhone saya", "Dihantar dari iPhone saya", "Enviat des del meu iPhone", "मेरे iPhone से भेजा गया", "ارسال شده از iPhone من",
	"发自我的iPhone", "发自我的 iPhone", "發自我的 iPhone", "從我的 iPhone 傳送", "从我的 iPhone 发送", "我的 iPhone 發送", "来自 Outlook for iOS", "获取 Outlook for iOS", "发送自 Windows 版邮件应用", "从我的华为手机发送", "发自我的手机", "iPhoneから送信", "私のiPhoneから送信", "Outlook for iOS を入手", "나의 iPhone에서 보냄", "내 iPhone에서 보냄", "iOS용 Outlook 다운로드",
	"Virus-free.www.avast.com <https://www.avast.com/sig-email>", "Virus-free. www.avast.com", "Virenfrei. www.avast.com", "Libre de virus. www.avast.com", "Garanti sans virus. www.avast.com", "This email has been checked for viruses by Avast antivirus software.",
}

func TestAdvertLines(t *testing.T) {
	for _, line := range advertLines {
		for layout, text := range map[string]string{
			"last":        "Fine.\n\n" + line + "\n",
			"at once":     "Fine.\n" + line,
			"after name":  "Fine.\n\nAnn\n\n" + line + "\n",
			"and history": "Fine.\n\n" + line + "\n\nOn Mar 1, 2024, at 9:05 AM, Ann <ann@example.com> wrote:\n\n> Is it?",
			"and a block": "Fine.\n\n" + line + "\n\nFrom: Ann <ann@example.com>\nSent: Friday\nTo: Desk\nSubject: Order\n\nIs it?",
			"with dashes": "Fine.\n\n--\nBob\n\n" + line + "\n",
		} {
			want := "Fine."
			if layout == "after name" {
				want = "Fine.\n\nAnn"
			}
			if got := splitReply(text); got.reply != want || !strings.Contains(got.signature, line) {
				t.Errorf("%s: %q: reply %q, signature %q", layout, line, got.reply, got.signature)
			}
		}
	}
}

// TestSignatureLayouts divides texts into what is said and what is below it.
func TestSignatureLayouts(t *testing.T) {
	for _, c := range []struct{ name, text, reply string }{
		{"the mark", "Fine.\n\n-- \nAnn Lee\nExample Ltd", "Fine."},
		{"the mark at once", "Fine.\n--\nAnn Lee", "Fine."},
		{"the mark above a greeting", "Fine.\n--\nBest regards,\n\nAnn", "Fine."},
		{"marks twice", "Fine.\n--\n--\nRegards,\nAnn", "Fine."},
		{"a blank line below the mark", "Fine.\n--\n\nAnn Lee", "Fine."},
		{"three dashes", "Fine. How are you?\n---\nAnn", "Fine. How are you?"},
		{"a name behind dashes", "Fine.\n\n-- Ann", "Fine."},
		{"underscores", "Fine.\n\n__\nAnn Lee", "Fine."},
		{"underscores, more", "Fine.\n\n___\nAnn Lee\nExample Ltd", "Fine."},
		{"a dash of Unicode", "🎉\n\n—\nAnn Lee\nExample Ltd\n\n@ann", "🎉"},
		{"dashes of Unicode", "Fine!\n\nCheers 🎉\nAnn\n\n—————\nAnn Lee\nBuyer\n📧 ann@example.com\n📱 +1 555-0123", "Fine!\n\nCheers 🎉\nAnn"},
		{"dashes of Unicode, Chinese", "好的。\n\n——————————————————————————————\n\n小满\n活动协调人\n\nAnn Lee <ann@example.com> 在 2024年3月1日 周五 19:47 写道：\n\n大家好", "好的。"},
		{"a mark and a phone", "Fine.\n\nBest regards,\nAnn\n\n--\nAnn Lee\nBuyer\nExample Ltd\n\nSent from my iPhone", "Fine.\n\nBest regards,\nAnn"},
		{"a farewell and a name stay", "Fine.\n\nBest regards,\nAnn Lee\nBuyer", "Fine.\n\nBest regards,\nAnn Lee\nBuyer"},
		{"a name behind one dash stays", "Fine.\n\n-Ann Lee", "Fine.\n\n-Ann Lee"},
		{"many advertisements", "From many devices.\n\nEnvoyé depuis mon iPhone\n\nVon meinem Mobilgerät gesendet\n\nAnn from mobile\nSent via mobile\nSent with Airmail\nSent from Windows Mail\nSent from my TI-85\nSent from my mobile device\n<<sent by galaxy>>\n(sent from a phone)\n\nGet Outlook for iOShttps://aka.ms/o0ukef", "From many devices."},
		{"a list's footer", "Fine.\n\n_______________________________________________\nusers mailing list\nusers@lists.example.org\nhttps://lists.example.org/listinfo/users", "Fine."},
		{"a list's footer with an s", "Fine.\n\n_______________________________________________\nusers mailing list -- users@lists.example.org\nTo unsubscribe send an email to users-leave@lists.example.org", "Fine."},
		{"a group's footer", "Fine.\n\n-- \nYou received this message because you are subscribed to the group \"friends\".\nTo unsubscribe from this group and stop receiving emails from it, send an email to friends+unsubscribe@example.org.\nTo view this discussion on the web visit https://groups.example.org/d/msgid/friends/1.", "Fine."},
		{"a signature and a group's footer", "Fine.\n\n-- \nAnn Lee\n\n-- \nYou received this message because you are subscribed to the group \"friends\".\nTo unsubscribe from this group, send an email to friends+unsubscribe@example.org.", "Fine."},
		{"a signature and a list's footer", "Fine.\n\n-- \nAnn Lee\n_______________________________________________\nusers mailing list\nusers@lists.example.org\nhttps://lists.example.org/listinfo/users", "Fine."},
		{"a footer with dashes", "Fine.\n\n---------------------------------------------------------------------\nTo unsubscribe, e-mail: users-unsubscribe@example.org\nFor additional commands, e-mail: users-help@example.org", "Fine."},
		{"a footer below the history", "Fine.\n\nOn Mar 1, 2024, at 9:05 AM, Ann <ann@example.com> wrote:\n> Is it?\n\n-- \nYou received this message because you are subscribed to the group \"friends\".", "Fine."},
		{"a code forge's footer", "Fine.\n\n—\nReply to this email directly or view it on GitHub.", "Fine."},
		{"a long signature", "Fine.\n\n-- \n" + strings.Repeat("Example Ltd\n", 40), "Fine."},
		{"a notice under a heading", "Fine.\n\nAnn Lee\n\nDisclaimer\n\nThe information contained in this communication is confidential. It is for the recipient alone.\n\nThis email has been scanned for viruses and malware.", "Fine.\n\nAnn Lee"},
		{"a notice in German", "Gut.\n\nDiese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie bitte.", "Gut."},
		{"a notice in French", "Bien.\n\nCe message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de leurs destinataires.", "Bien."},
		{"about a message, no notice", "Ce message est pour vous dire merci.\n\nAnn", "="},
		{"about a mail, no notice", "Hola,\n\nEste correo es para confirmar el pedido 4.\n\nAnn", "="},
		{"about this message, no notice", "This message is to tell you that the parcel came.\n\nAnn", "="},
		{"a desk is no phone", "Here it is.\n\nSent from my desk, is much easier than my mobile phone.", "="},
		{"a point of view", "It is red.\n\nFrom my point of view that is fine.", "="},
		{"sent from in sentences", "The notice was sent from my iPhone app to all.\n\nThis mail was sent from our system, not Sent from my iPad.\n\nAll are sent from the main server.", "="},
		{"a rule and an answer", "Steps:\n\n---\n\nDone.", "="},
		{"dashes and a question", "See below.\n\n------\n\nWhere is my order?", "="},
		{"a verb at the end", "Wo ist es?\n\nDas Paket wurde nicht gesendet.", "="},
		{"a carrier", "It is on its way.\n\nSent via DHL", "="},
		{"a sender", "Two boxes.\n\nSent by Ann Lee", "="},
		{"the day before, in Croatian", "Gdje je?\n\nPoslano jučer.", "="},
		{"by post, in Finnish", "Missä se on?\n\nLähetetty eilen postissa", "="},
		{"an order's total", "I ordered:\n\n--------------------\nTotal 5.00 EUR\nPosting 3.00 EUR", "="},
		{"a heading underlined", "My points\n---------\nPaint\nBrush", "="},
		{"a patch", "Please take this.\n\n---\n a.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n-- \n2.43.0", "Please take this.\n\n---\n a.c | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b"},
		{"a shop's newsletter", "New paint!\n\nBuy it now.\n\nTo unsubscribe, click here: https://example.com/u", "="},
		{"only a signature", "-- \nAnn", "="},
		{"only a phone", "Sent from my iPhone", "="},
	} {
		want := c.reply
		if want == "=" {
			want = c.text
		}
		if got := splitReply(c.text); got.reply != want {
			t.Errorf("%s: reply %q, signature %q, want %q", c.name, got.reply, got.signature, want)
		}
	}
}
