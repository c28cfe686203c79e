package mime

// adverts are how a mail program's own line begins, in lower case.
var adverts = []string{
	"sent from ", "this email was sent from my", "yahoo mail: search", "mail for windows", "get typeapp for", "download the official", "do more with yahoo", "ᐧ",
	"get outlook for", "get bluemail for", "von meinem ", "von meiner ", "von unterwegs gesendet", "mobil gesendet", "laden sie outlook", "descargar outlook", "baixe o outlook", "baixar outlook", "download outlook", "ladda ned outlook", "skaffa outlook", "få outlook", "pobierz outlook", "pobierz program outlook", "stáhnout outlook", "získejte outlook", "získať outlook", "получить outlook", "скачать outlook", "отримати outlook", "lataa outlook", "hanki outlook", "töltse le az outlook", "descargue outlook", "obțineți outlook", "diese nachricht wurde von meinem", "outlook für ", "holen sie sich outlook",
	"envoyé de", "envoyé depuis", "envoyé à partir", "télécharger outlook", "obtenir outlook", "enviado desde", "enviado con ", "obtener outlook", "enviado do", "enviado de ", "enviado pelo", "enviado a partir", "obter o outlook",
	"inviato da", "inviato dal", "from my iphone", "from my ipad", "from my phone", "from my mobile", "from my android", "from my samsung", "from my galaxy", "from my blackberry", "från min ", "från mobil", "sent on the ", "mit freundlichen grüßen von meinem", "virenfrei", "trimis de", "trimis din", "изпратено от", "dikirim dari", "enviat des", "ส่งจาก", "ارسال شده از", "scarica outlook", "ottieni outlook", "verstuurd vanaf", "verzonden vanuit", "envoyé sans fil", "inviata da", "verzonden vanaf", "wysłane z", "wiadomość wysłana z", "odesláno ze", "wysłano z", "odesláno z", "odoslané z",
	"отправлено с", "отправлено от", "отправлено при", "послано с", "відправлено з", "отправлено из", "надіслано з", "skickat från", "skickades från", "poslato sa", "poslato iz", "išsiųsta iš", "nosūtīts no", "enviado dende", "sent frå", "sent úr", "dërguar nga", "sendt fra", "hämta outlook", "hent outlook", "elküldve a", "küldve a", "elküldve az", "στάλθηκε από",
	"נשלח מה", "أرسلت من", "أُرسلت من", "تم الإرسال من", "مرسل من", "发自我的", "從我的", "发送自", "được gửi từ", "đã gửi từ", "gửi từ ", "dihantar dari", "發自我的", "發自 ", "來自我的", "来自我的", "来自 outlook", "从我的",
}

// weakAdverts begin like advertisements and like much else: a device or a
// program must be named behind them.
var weakAdverts = []string{
	"sent using ", "sent via ", "sent with ", "sent by ", "sent through ", "gesendet mit", "gesendet von", "gesendet aus", "gesendet per ",
	"gesendet über", "envoyé par mon", "envoyé via", "envoyé avec", "enviado con", "enviado mediante", "enviado vía", "enviado via", "enviado usando",
	"enviado por", "inviato con", "inviato tramite", "lähetetty ", "poslano ", "saadetud", "bu ileti", "diese mail wurde ", "sendt med ", "sendt med",
	"sendt via", "skickat med", "skickat via", "verzonden met", "verzonden via", "verstuurd via", "verstuurd met", "wysłano za", "wysłane za",
	"odesláno pomocí", "odoslané pomocou", "отправлено через", "надіслано через", "надіслано за", "enviat amb", "bidalia", "poslané z",
	"mensagem enviada", "sent wirelessly",
}

// advertEnds are how it ends where the verb comes last.
var advertEnds = []string{
	"gönderildi", "gönderilmiştir", "から送信", "から送信されました", "より送信", "から送信しました", "에서 보냄", "에서 전송", "에서 보냈습니다", "에서 발송", "傳送", "发送", "寄出", "发出", "發送", "küldve", "saadetud", " from mobile", " from my iphone", " from my mobile", "से भेजा गया", "से प्रेषित",
}

// devices are words that say what a mail was sent from; any of them makes an
// advertisement of a line that begins like one, however it goes on.
var devices = []string{
	"iphone", "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "blackberry", "mobile", "phone", "handy", "cell", "tablet", "device", "smartphone", "windows", "outlook", "nokia", "huawei", "xiaomi", "pixel", "sony", "htc", "lg ",
	"ios", "airmail", "spark", "superhuman", "mailspring", "zoho", "tuta", "bluemail", "sparrow", "polymail", "mailbird", "thunderbird", "k-9", "fairemail", "aqua mail", "posteo", "mailbox", "mail app", "mail-app", "mail für", "telekom", "vodafone", "t-mobile", "canary", "newton",
	"yahoo", "aol", "gmail", "gmx", "web.de", "proton", "mail for", "mac", "watch", "mobil", "móvil", "portable", "téléphone", "telefon", "telefono", "teléfono", "telemóvel", "celular", "dispositivo", "gerät", "teléfon", "puhelim", "смартфон", "телефон", "айфон", "手机", "手機", "스마트폰",
}

// footerWords are what the programs of lists say below every message.
var footerWords = []string{
	"mailing list", "mailinglist", "mailing-liste", "listinfo", "unsubscribe", "you received this message because", "you are receiving this", "subscribed to", "manage your subscription", "list archives", "mailman", "to post to this group", "groups.google.com", "yahoo groups",
	"lista de correo", "liste de diffusion", "lista di discussione", "abbestellen", "abmelden", "désabonner", "désinscrire", "darse de baja", "cancelar a inscrição", "uitschrijven", "afmelden", "отписаться", "відписатися", "reply to this email directly", "view it on github",
	"questa lista", "this list", "listserv", "postorius", "hyperkitty", "list-unsubscribe", "to leave this", "topicbox", "groups.io", "sourceforge.net/lists",
}

// footerLines are how such a footer begins where no rule stands above it.
var footerLines = []string{
	"you received this message because you are subscribed", "you are receiving this because", "to unsubscribe from this group", "to unsubscribe from this list", "to unsubscribe send",
	"reply to this email directly", "sie erhalten diese nachricht, weil sie", "vous recevez ce message car vous", "has recibido este mensaje porque est", "você recebeu essa mensagem porque", "hai ricevuto questo messaggio perché sei",
	"du får detta meddelande för att du", "je ontvangt dit bericht omdat je", "otrzymujesz tę wiadomość, ponieważ", "вы получили это сообщение, поскольку", "このメールは google グループ", "您收到此邮件是因为您订阅了",
}

// noticeHeadings are headings of legal notices, in lower case.
var noticeHeadings = []string{
	"confidentiality notice", "confidentiality note", "confidentiality:", "confidential:", "confidentiality statement", "disclaimer:", "disclaimer -", "disclaimer\n", "disclaimer.", "email disclaimer", "privileged and confidential", "privileged/confidential", "legal notice:", "legal disclaimer",
	"vertraulichkeitshinweis", "haftungsausschluss", "avis de confidentialité", "aviso de confidencialidad", "aviso legal", "aviso de confidencialidade", "avviso di riservatezza", "klauzula poufności", "please consider the environment", "think before you print", "bitte denken sie an die umwelt",
	"pensez à l'environnement", "antes de imprimir", "prima di stampare", "virus-free", "virenfrei", "sans virus", "garanti sans virus", "nicht von viren", "bez wirusów", "wolny od wirusów", "vírusmentes", "без вирусов", "virusfri", "viruksia ei", "libre de virus", "livre de vírus", "viren-frei", "garantito virus", "nur virenfrei",
}

// noticeWords are what a notice speaks of; one of them makes a notice of a
// paragraph that begins as notices do.
var noticeWords = []string{
	"confiden", "privileged", "intended recipient", "intended only", "intended solely", "unauthori", "disclos", "virus", "scanned", "checked", "avast", "malware", "prohibited", "legally", "print", "delete",
	"vertraulich", "unbefugt", "empfänger bestimmt", "rechtlich", "destinataire", "strictement", "interdit", "destinatari", "prohibid", "proibi", "riservat", "vietat", "vertrouwelijk", "bestemd voor", "geadresseerde", "poufn", "adresat", "důvěrn", "adresát", "konfident", "fortrolig", "luottamuks", "gizli", "bizalmas",
	"конфиденц", "конфіденц", "保密", "机密", "機密", "秘密", "기밀", "비밀",
}

// notices are how the paragraphs of legal notices and of scanners begin, in
// lower case.
var notices = []string{
	"this e-mail and any", "this email and any", "this e-mail and its", "this email and its", "this message and any", "this e-mail message", "this email message is", "this communication is", "this e-mail is confidential",
	"this email is confidential", "this message is confidential", "this email is intended", "this e-mail is intended", "this message is intended", "this message contains confidential", "this e-mail may contain",
	"this email may contain", "the information contained in this", "the information transmitted", "information contained in this", "this transmission", "this message w", "this mail and any", "this message, together with", "this message (including", "this email (including", "this e-mail (including", "this message and its", "you are hereby notified", "any unauthorized", "die in dieser e-mail", "die in dieser nachricht", "diese mail", "l'information contenue", "les informations contenues", "la información contenida", "as informações contidas", "информация, содержащаяся", "sähköpostiviesti", "šis el. laiškas", "a jelen e-mail", "ez az üzenet", "the information in this e", "the contents of this e", "if you are not the intended recipient", "if you have received this",
	"this email has been checked", "this email was scanned", "this message has been scanned", "this email has been scanned", "scanned by ",
	"diese e-mail enthält", "diese e-mail kann", "diese nachricht ist vertraulich", "dieses e-mail", "der inhalt dieser e-mail", "diese e-mail wurde von avast",
	"ce message et", "ce message est confidentiel", "ce courriel", "ce mail", "este mensaje y", "este mensaje está dirigido", "este correo", "esta mensagem",
	"este e-mail", "questo messaggio", "questa e-mail", "le informazioni contenute", "dit bericht", "deze e-mail", "de informatie in dit", "ta wiadomość", "niniejsza wiadomość",
	"tato zpráva", "tento e-mail", "detta meddelande", "denne e-mail", "denne meddelelse", "denne e-posten", "tämä viesti", "bu e-posta", "bu mesaj", "ez az e-mail", "настоящее сообщение", "данное сообщение", "это сообщение",
	"本邮件", "此邮件", "本電子郵件", "このメール", "このメッセージ", "본 메일", "이 메일은",
}
