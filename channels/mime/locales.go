package mime

// wroteVerbs are how an attribution ends, in lower case, without the colon.
var wroteVerbs = []string{
	"wrote", "writes", "said", "schrieb", "hat geschrieben", "geschrieben", "a écrit", "a ecrit", "écrivait",
	"escribió", "escribio", "va escriure", "escreveu", "ha scritto", "scrisse", "schreef", "het volgende geschreven", "geschreven",
	"napisał", "napisała", "napisał(a)", "pisze", "napsal", "napsal(a)", "napsala", "napísal", "napísal(a)",
	"пишет", "написал", "написал(а)", "написала", "писал", "писал(а)", "пише", "написав", "написав(ла)",
	"skrev", "skrev följande", "skrev følgende", "kirjoitti", "yazdı", "tarihinde şunu yazdı", "şunu yazdı", "írta", "ezt írta",
	"έγραψε", "כתב", "כתבה", "כתב/ה", "كتب", "كتبت", "写道", "寫道", "写到", "書きました", "のメッセージ",
	"님이 작성", "작성", "đã viết", "a scris", "je napisao", "је написао",
}

// wroteBefore are verbs that stand before the name, amid an attribution.
var wroteBefore = []string{
	" schrieb ", " skrev ", " kirjoitti ", " escribió ", " ha scritto ", " écrivait ", " wrote ", " schreef ", " napisał ", " napsal ",
	" пишет ", " написал ", " írta ",
}

// wroteOpeners are how an attribution that is folded begins.
var wroteOpeners = []string{
	"on ", "am ", "le ", "el ", "em ", "il ", "op ", "w dniu ", "dnia ", "dne ", "dňa ", "den ", "på ", "kl. ", "ma ", "ti ", "ke ", "to ", "pe ", "la ", "su ",
	"в ", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "at ", "στις ", "ב", "في ", "在 ", "在", "vào ", "tarihinde", "за ", "čt", "út", "st ", "po ", "pá", "so ", "ne ",
	"mon", "tue", "wed", "thu", "fri", "sat", "sun", "from ", "von ", "\"", "<",
}

// originalWords are what stands between dashes above a quoted or forwarded message.
var originalWords = []string{
	"original message", "original-nachricht", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message original",
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
	"inviato da", "inviato dal", "scarica outlook", "ottieni outlook", "verstuurd vanaf", "verzonden vanaf", "verzonden met", "wysłane z", "wysłano z", "odesláno z", "odoslané z",
	"отправлено с", "отправлено из", "надіслано з", "skickat från", "sendt fra", "hämta outlook", "hent outlook", "lähetetty ", "elküldve a", "στάλθηκε από",
	"נשלח מה", "أرسلت من", "发自我的", "從我的", "发送自", "được gửi từ", "从我的",
}

// advertEnds are how it ends where the verb comes last.
var advertEnds = []string{"gönderildi", "から送信", "에서 보냄", "傳送", "发送", "寄出"}
