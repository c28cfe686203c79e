package mime

// wroteVerbs are how an attribution ends, in lower case, without the colon.
var wroteVerbs = []string{
	"wrote", "writes", "said", "schrieb", "hat geschrieben", "geschrieben", "a écrit", "a ecrit", "écrivait",
	"escribió", "escribio", "va escriure", "escreveu", "ha scritto", "scrisse", "schreef", "het volgende geschreven", "geschreven",
	"napisał", "napisała", "napisał(a)", "pisze", "napsal", "napsal(a)", "napsala", "napísal", "napísal(a)",
	"пишет", "написал", "написал(а)", "написала", "писал", "писал(а)", "пише", "написав", "написав(ла)",
	"skrev", "skrev följande", "skrev følgende", "kirjoitti", "yazdı", "tarihinde şunu yazdı", "şunu yazdı", "írta", "ezt írta",
	"έγραψε", "כתב", "כתבה", "כתב/ה", "كتب", "كتبت", "写道", "寫道", "写到", "書きました", "のメッセージ",
	"님이 작성", "작성", "đã viết", "a scris", "je napisao", "је написао", "napisao je", "napisala je", "napisao/la", "написао/ла", "написа", "пише",
	"napisala", "je napisal", "je napisala", "rašė", "rakstīja", "kirjutas", "menulis", "เขียนว่า", "เขียน", "نوشت", "ने लिखा", "na napisao", "sent", "says",
	"writes", "nous a dit", "schrieben sie", "のメール", "のメッセージ", "님이 작성한 메시지", "写信", "發文", "viết",
}

// wroteBefore are verbs that stand before the name, amid an attribution.
var wroteBefore = []string{
	" schrieb ", " skrev ", " kirjoitti ", " escribió ", " ha scritto ", " écrivait ", " wrote ", " schreef ", " napisał ", " napsal ",
	" пишет ", " написал ", " írta ", " schrieb am ", " wrote on ", " ezt írta ", " kirjutas ", " 寫", " 写道",
	"missatge de ", "quoting ", "zitat von ", "citando ", "quoth ", "begin quoting ", "citato da ", "citado por ",
}

// wroteOpeners are how an attribution that is folded begins.
var wroteOpeners = []string{
	"on ", "am ", "le ", "el ", "em ", "il ", "op ", "w dniu ", "dnia ", "dne ", "dňa ", "den ", "på ", "kl. ", "ma ", "ti ", "ke ", "to ", "pe ", "la ", "su ",
	"в ", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "at ", "στις ", "ב", "في ", "在 ", "在", "vào ", "tarihinde", "за ", "čt", "út", "st ", "po ", "pá", "so ", "ne ",
	"mon", "tue", "wed", "thu", "fri", "sat", "sun", "from ", "von ", "\"", "<", "in article ", "in message ", "in news", "quoting ", "zitat von ", "missatge de ",
	"на ", "dana ", "v ", "în ", "pada ", "pada tanggal ", "ในวันที่", "در تاریخ", "בתאריך", "dana", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
	"понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресенье", "пет", "čet", "pon", "pi ", "pt", "śr", "wt", "czw", "sob", "ndz",
	"man", "tir", "tis", "ons", "tor", "fre", "lør", "lör", "søn", "sön", "kontakt ", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "gio", "sab", "dom", "seg", "ter", "qua", "qui", "sex",
}

// originalWords are what stands between dashes above a quoted or forwarded message.
var originalWords = []string{
	"original message", "reply message", "antwort nachricht", "original-nachricht", "original-e-mail", "původní e-mail", "pôvodný e-mail", "oprindelig besked", "messaggio origine", "correo original", "e-mail original", "orijinal ileti", "asıl ileti", "izvorna poruka", "izvirno sporočilo", "mesaj original", "оригинално съобщение", "originaal sõnum", "original mail", "originalmail", "原邮件", "邮件原件", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message original",
	"message d’origine", "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht", "origineel bericht",
	"oryginalna wiadomość", "wiadomość oryginalna", "původní zpráva", "pôvodná správa", "исходное сообщение", "пересылаемое сообщение",
	"originalmeddelande", "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti", "orijinal mesaj",
	"eredeti üzenet", "αρχικό μήνυμα", "הודעה מקורית", "הודעה מקורית", "الرسالة الأصلية", "原始邮件", "原始郵件", "元のメッセージ", "원본 메시지", "tin nhắn gốc",
	"forwarded message", "begin forwarded message", "forwarded by", "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "anfang weitergeleitete nachricht",
	"message transféré", "début du message transféré", "début du message réexpédié", "mensaje reenviado", "inicio del mensaje reenviado",
	"mensagem encaminhada", "mensagem reencaminhada", "início da mensagem reenviada", "messaggio inoltrato", "inizio messaggio inoltrato", "inoltrato da",
	"doorgestuurd bericht", "begin doorgestuurd bericht", "wiadomość przekazana dalej", "przeposlaná zpráva", "přeposlaná zpráva", "пересланное сообщение",
	"vidarebefordrat meddelande", "videresendt meddelelse", "videresendt melding", "välitetty viesti", "iletilen mesaj", "yönlendirilmiş mesaj", "továbbított üzenet",
	"προωθημένο μήνυμα", "הודעה שהועברה", "رسالة معاد توجيهها", "转发的邮件", "轉寄郵件", "転送されたメッセージ", "전달된 메시지", "thư đã chuyển tiếp",
}

// The fields of a quoted header block.
const (
	fieldFrom = iota
	fieldSent
	fieldTo
	fieldCC
	fieldSubject
	fieldOther
	fieldKinds
)

var quotedFields = func() map[string]int {
	m := map[string]int{}
	for kind, names := range [fieldKinds][]string{
		fieldFrom: {"from", "von", "de", "da", "van", "od", "от", "от кого", "від", "från", "fra", "lähettäjä", "kimden", "gönderen", "feladó", "από", "מאת", "من",
			"发件人", "寄件者", "寄件人", "差出人", "보낸 사람", "보낸사람", "từ", "expéditeur", "remitente", "remetente", "mittente", "afzender", "absender", "nadawca", "de la"},
		fieldSent: {"sent", "date", "gesendet", "datum", "envoyé", "date d'envoi", "enviado", "enviado el", "enviada em", "enviado em", "fecha", "data", "inviato", "verzonden",
			"wysłano", "data wysłania", "odesláno", "отправлено", "дата", "надіслано", "skickat", "sendt", "dato", "lähetetty", "päivämäärä", "tarih", "gönderildi", "gönderme tarihi",
			"elküldve", "küldve", "dátum", "στάλθηκε", "ημερομηνία", "נשלח", "תאריך", "تاريخ الإرسال", "التاريخ", "发送时间", "日期", "寄件日期", "送信日時", "日付", "보낸 날짜", "날짜", "đã gửi", "ngày"},
		fieldTo: {"to", "an", "à", "a", "para", "aan", "do", "komu", "кому", "до", "till", "til", "vastaanottaja", "kime", "alıcı", "címzett", "προς", "אל", "إلى",
			"收件人", "收件者", "宛先", "받는 사람", "받는사람", "đến", "tới", "destinataire", "destinatario", "destinatário", "adresat"},
		fieldCC: {"cc", "kopie", "copie", "copia", "cópia", "kopia", "kopi", "копия", "копія", "kopio", "bilgi", "másolatot kap", "κοιν", "κοινοποίηση", "עותק", "نسخة", "抄送", "副本", "参照", "참조", "dw"},
		fieldSubject: {"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "temat", "předmět", "predmet", "тема", "ämne", "emne", "aihe", "konu", "tárgy",
			"θέμα", "נושא", "الموضوع", "主题", "主旨", "件名", "제목", "chủ đề", "subiect"},
		fieldOther: {"reply-to", "importance", "priority", "attachments", "anlagen", "wichtigkeit", "pièces jointes", "bcc", "antwort an", "organization", "message-id"},
	} {
		for _, name := range names {
			m[name] = kind
		}
	}
	return m
}()

// adverts are how a mail program's own line begins, in lower case.
var adverts = []string{
	"sent from my", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from proton", "sent from gmail", "sent from samsung", "sent via", "sent with", "sent by ",
	"get outlook for", "get bluemail for", "von meinem", "gesendet mit", "gesendet von", "gesendet aus", "diese nachricht wurde von meinem", "outlook für ", "holen sie sich outlook",
	"envoyé de", "envoyé depuis", "envoyé à partir", "télécharger outlook", "obtenir outlook", "enviado desde", "enviado con ", "obtener outlook", "enviado do", "enviado de ", "enviado pelo", "enviado a partir", "obter o outlook",
	"inviato da", "inviato dal", "from my ", "sent on the ", "gesendet über", "mit freundlichen grüßen von meinem", "diese mail wurde ", "virenfrei", "bu ileti", "trimis de", "trimis din", "poslano ", "изпратено от", "dikirim dari", "enviat des", "saadetud", "ส่งจาก", "ارسال شده از", "scarica outlook", "ottieni outlook", "verstuurd vanaf", "verzonden vanaf", "verzonden met", "wysłane z", "wysłano z", "odesláno z", "odoslané z",
	"отправлено с", "отправлено из", "надіслано з", "skickat från", "sendt fra", "hämta outlook", "hent outlook", "lähetetty ", "elküldve a", "στάλθηκε από",
	"נשלח מה", "أرسلت من", "发自我的", "從我的", "发送自", "được gửi từ", "从我的",
}

// advertEnds are how it ends where the verb comes last.
var advertEnds = []string{"gönderildi", "から送信", "에서 보냄", "傳送", "发送", "寄出"}

// notices are how legal notices and scanners' notes begin, in lower case.
var notices = []string{
	"confidentiality notice", "confidentiality:", "confidential:", "disclaimer:", "disclaimer -", "privileged and confidential", "privileged/confidential", "legal notice:",
	"this e-mail and any", "this email and any", "this e-mail and its", "this email and its", "this message and any", "this e-mail message", "this email message is", "this communication is", "this e-mail is confidential",
	"this email is confidential", "this message is confidential", "this email is intended", "this e-mail is intended", "this message is intended", "this message contains confidential", "this e-mail may contain",
	"this email may contain", "the information contained in this", "the information in this e", "the contents of this e", "if you are not the intended recipient", "if you have received this",
	"please consider the environment", "think before you print", "this email has been checked", "this email was scanned", "this message has been scanned", "this email has been scanned", "virus-free.", "scanned by ",
	"diese e-mail enthält", "diese e-mail kann", "diese nachricht ist vertraulich", "dieses e-mail", "der inhalt dieser e-mail", "vertraulichkeitshinweis", "haftungsausschluss", "diese e-mail wurde von avast",
	"ce message et", "ce message est confidentiel", "ce courriel", "avis de confidentialité", "ce mail", "este mensaje y", "este mensaje está dirigido", "este correo", "aviso de confidencialidad", "aviso legal", "esta mensagem",
	"este e-mail", "aviso de confidencialidade", "questo messaggio", "questa e-mail", "le informazioni contenute", "avviso di riservatezza", "dit bericht", "deze e-mail", "de informatie in dit", "ta wiadomość", "niniejsza wiadomość",
	"tato zpráva", "tento e-mail", "detta meddelande", "denne e-mail", "denne meddelelse", "denne e-posten", "tämä viesti", "bu e-posta", "bu mesaj", "ez az e-mail", "настоящее сообщение", "данное сообщение", "это сообщение",
	"本邮件", "此邮件", "本電子郵件", "このメール", "このメッセージ", "본 메일", "이 메일은",
}
