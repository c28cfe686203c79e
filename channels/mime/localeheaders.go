package mime

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
	"anfang der weitergeleiteten e-mail", "start på videresendt besked", "začátek přeposílané zprávy", "välitetty viesti alkaa", "započni proslijeđenu poruku", "továbbított levél kezdete",
	"początek przekazywanej wiadomości", "início da mensagem encaminhada", "începe mesajul redirecționat", "начало переадресованного сообщения", "začiatok preposlanej správy", "vidarebefordrat mejl",
	"i̇leti başlangıcı", "ileti başlangıcı", "початок листа, що пересилається", "початок пересланого повідомлення", "inici del missatge reenviat", "αρχή προωθημένου μηνύματος", "תחילת ההודעה שהועברה", "بدء الرسالة المعاد توجيهها", "bắt đầu thư được chuyển tiếp",
	"开始转发的邮件", "以下是轉寄的郵件", "開始轉寄郵件", "転送されたメール", "전달된 메시지 시작", "เริ่มต้นข้อความที่ส่งต่อ", "mulai pesan yang diteruskan", "prethodna poruka",
	"edelleenlähetetty viesti", "message transmis", "message transféré", "przekazana wiadomość", "treść przekazanej wiadomości", "mesaj redirecționat", "mesajul original", "перенаправлене повідомлення", "переслане повідомлення",
	"перенаправленное сообщение", "välitetty viesti / fwd.msg", "proslijeđena poruka", "preposlaná správa --- forwarded message", "preposlaná správa", "i̇letilen i̇leti", "i̇letilmiş mesaj", "i̇letilmiş i̇leti", "iletilen ileti", "iletilmiş ileti",
	"رسالة ممرّرة", "mensaxe reunviáu", "накіраваны ліст", "зыходны ліст", "оригинално писмо", "missatge reenviat", "missatge original", "neges wreiddiol", "edastatud kiri", "algne kiri", "algkiri", "birbidalitako mezua", "jatorrizko mezua",
	"trochstjoerd berjocht", "mensaxe reenviada", "mensaxe orixinal", "izvorna poruka", "originalna poruka", "áframsendur póstur", "upprunalegur póstur", "persiųstas laiškas", "originalus laiškas", "pradinis laiškas", "vidaresend melding",
	"posredovano sporočilo", "mesazhi i përcjellë", "mesazhi origjinal", "转发的消息", "转发邮件", "轉寄的郵件", "邮件原文", "回复的原邮件", "原邮件信息", "原始信息", "原始訊息", "原文", "oorspronklike boodskap", "orijinal mesaj", "özgün ileti",
	"оригинальное сообщение", "оригінальне повідомлення", "вихідне повідомлення", "початкове повідомлення", "sākotnējais ziņojums", "oriģinālais ziņojums", "pārsūtīts ziņojums", "pesan asli", "pesan terusan", "pesan yang diteruskan", "mesej asal",
	"ข้อความต้นฉบับ", "ข้อความดั้งเดิม", "ข้อความที่ส่งต่อ", "پیام اصلی", "پیام ارسال شده", "मूल संदेश", "अग्रेषित संदेश", "원본 메일", "원본메시지", "원본 이메일", "전달된 메일", "元のメール", "オリジナルメッセージ", "転送メッセージ",
	"mail original", "message initial", "message précédent", "courriel original", "e-mail d'origine", "mail d'origine", "mensaje de origen", "mail originale", "messaggio originario", "oprindelig mail", "opprinnelig e-post", "originalt meddelande", "original e-mail", "original email",
	"original appointment", "ursprünglicher termin", "rendez-vous d'origine", "original text", "reply separator", "forward header", "reply header", "forwarded mail", "forwarded email", "weitergeleitete mail", "ende der weitergeleiteten nachricht", "previous message", "mensaje remitido", "mensaje enviado",
	"προωθημένο μήνυμα", "הודעה שהועברה", "رسالة معاد توجيهها", "转发的邮件", "轉寄郵件", "転送されたメッセージ", "전달된 메시지", "thư đã chuyển tiếp",
}

// originalBeginnings are how a rule between dashes begins that goes on with a
// name or a date.
var originalBeginnings = []string{
	"forwarded by ", "forwarded message from ", "original message from ", "original message processed", "weitergeleitet von ", "transféré par ", "transmis par ", "réexpédié par ", "inoltrato da ",
	"reenviado por ", "mensaje reenviado de ", "encaminhado por ", "doorgestuurd door ", "przesłane przez ", "vidarebefordrat av ", "videresendt av ", "videresendt af ", "välittänyt ", "переслано ", "von ", "from ",
}

// deskMarks are what help desks write above a message: the answer goes above.
var deskMarks = []string{
	"type your reply above", "reply above this line", "write your reply above", "enter your reply above", "respond above this line", "reply above the line", "reply above this text", "add your comment above this line",
	"please do not write below this line", "do not write below this line", "please reply above this line", "write above this line", "type above this line",
	"antwort über dieser zeile", "antwort oberhalb dieser", "antworten sie oberhalb dieser", "oberhalb dieser linie", "oberhalb dieser zeile", "antworten sie über dieser",
	"réponse au-dessus de cette ligne", "répondre au-dessus de cette ligne", "répondez au-dessus de cette ligne", "au dessus de cette ligne",
	"respuesta por encima de esta línea", "responda por encima de esta línea", "escriba su respuesta encima", "encima de esta línea",
	"resposta acima desta linha", "responda acima desta linha", "risposta sopra questa riga", "rispondi sopra questa riga", "al di sopra di questa riga", "boven deze lijn", "boven deze regel",
	"svar över den här raden", "svar ovanför den här raden", "svar over denne linje", "svar over denne linjen", "powyżej tej linii", "nad tímto řádkem", "nad touto čárou", "выше этой строки", "выше этой линии", "вище цієї лінії", "bu satırın üstüne", "bu çizginin üzerine",
	"この行より上", "この線より上", "请在此行上方", "請在此行上方", "이 줄 위에",
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
			"发件人", "寄件者", "寄件人", "差出人", "보낸 사람", "보낸사람", "từ", "expéditeur", "remitente", "remetente", "mittente", "afzender", "absender", "nadawca", "de la", "šalje", "pošiljatelj", "pošiljalac", "od koga", "expeditorul", "expeditor", "отправитель", "від кого", "відправник", "saatja", "kellelt", "avsändare", "afsender", "avsender", "sendandi", "frá", "siuntėjas", "nuo", "sūtītājs", "no", "подател", "изпращач", "шаље", "dari", "pengirim", "daripada", "จาก", "ผู้ส่ง", "من طرف", "المرسل", "از", "فرستنده", "प्रेषक", "送信者", "从", "發件人", "發信人", "寄件人", "发送人", "发信人", "보낸이", "발신", "보낸사람", "người gửi", "kust", "nork", "emisor", "enviado por", "från/from", "from/von", "von/from"},
		fieldSent: {"sent", "date", "gesendet", "datum", "envoyé", "date d'envoi", "enviado", "enviado el", "enviada em", "enviado em", "fecha", "data", "inviato", "verzonden",
			"wysłano", "data wysłania", "odesláno", "отправлено", "дата", "надіслано", "skickat", "sendt", "dato", "lähetetty", "päivämäärä", "tarih", "gönderildi", "gönderme tarihi",
			"elküldve", "küldve", "dátum", "στάλθηκε", "ημερομηνία", "נשלח", "תאריך", "تاريخ الإرسال", "التاريخ", "发送时间", "日期", "寄件日期", "送信日時", "日付", "보낸 날짜", "날짜", "đã gửi", "ngày", "envoyé le", "date d’envoi", "message du", "enviada el", "enviados", "enviada", "data de envio", "data e ora", "data invio", "odesláno dne", "odoslané", "odoslaná", "poslano", "poslané", "poslato", "dată", "trimis", "відправлено", "надіслано", "saadetud", "kuupäev", "päiväys", "date sent", "received", "изпратено", "дата и час", "послато", "датум", "išsiųsta", "nosūtīts", "datums", "dikirim", "terkirim", "tanggal", "tarikh", "dihantar", "ส่ง", "ส่งเมื่อ", "วันที่", "تم الإرسال", "أُرسلت", "أرسلت", "المرسلة", "ارسال شده", "تاریخ", "भेजा गया", "दिनांक", "送信", "日時", "发件时间", "时间", "寄件時間", "傳送日期", "傳送時間", "發送時間", "已发送", "보냄", "보낸시간", "보낸 시간", "일시", "gönderilen", "gönderme", "elküldés dátuma", "data wysłania", "data i godzina", "sendetidspunkt", "dags", "dagsetning", "sent", "fecha de envío", "datum i vrijeme", "data d'enviament", "enviat", "data/hora"},
		fieldTo: {"to", "an", "à", "a", "para", "aan", "do", "komu", "кому", "до", "till", "til", "vastaanottaja", "kime", "alıcı", "címzett", "προς", "אל", "إلى",
			"收件人", "收件者", "宛先", "받는 사람", "받는사람", "đến", "tới", "destinataire", "destinatario", "destinatário", "adresat", "pour", "prima", "pre", "către", "destinatarul", "destinatar", "za", "primatelj", "primalac", "adresát", "příjemce", "empfänger", "ontvanger", "mottagare", "modtager", "mottaker", "odbiorca", "saaja", "kellele", "получатель", "одержувач", "до кого", "получател", "прима", "kam", "kepada", "untuk", "ke", "penerima", "ถึง", "ผู้รับ", "المستلم", "المرسل إليه", "به", "گیرنده", "प्रति", "送信先", "受信者", "收信人", "收件者", "收件人", "받는이", "수신", "người nhận", "til/to", "to/an", "kime", "per a"},
		fieldCC: {"cc", "kopie", "copie", "copia", "cópia", "kopia", "kopi", "копия", "копія", "kopio", "bilgi", "másolatot kap", "κοιν", "κοινοποίηση", "עותק", "نسخة", "抄送", "副本", "参照", "참조", "dw", "copie à", "kopie an", "kopie (cc)", "kópia", "kopija", "másolat", "copy", "copia a", "cópia para", "con copia", "em cópia", "kopio", "koopia", "tembusan", "salinan", "cc (kopie)", "สำเนา", "สำเนาถึง", "رونوشت", "प्रतिलिपि", "cc/kopie", "副本抄送", "抄 送", "复制", "copier à"},
		fieldSubject: {"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "temat", "předmět", "predmet", "тема", "ämne", "emne", "aihe", "konu", "tárgy",
			"θέμα", "נושא", "الموضوع", "主题", "主旨", "件名", "제목", "chủ đề", "subiect", "subiectul", "sujet", "naslov", "zadeva", "предмет", "относно", "наслов", "teema", "efni", "efnisfyrirsögn", "tema", "temats", "priekšmets", "subjek", "subyek", "perihal", "judul", "perkara", "เรื่อง", "หัวเรื่อง", "موضوع", "विषय", "主題", "标题", "標題", "tiêu đề", "assumpte", "gaia", "betr.", "betreff/subject", "re", "oggetto/subject", "sujeto", "título", "subject/betreff"},
		fieldOther: {"reply-to", "importance", "priority", "attachments", "anlagen", "wichtigkeit", "pièces jointes", "bcc", "antwort an", "organization", "message-id", "répondre à", "responder a", "rispondi a", "antwoord aan", "svar til", "svara till", "vastaus", "odpowiedź-do", "odpověď na", "odgovori na", "válaszcím", "răspuns către", "ответ-кому", "кому відповісти", "odpovedať-pre", "yanıt adresi", "organisation", "sensitivity", "attachment", "anlage", "vedlegg", "vedhæftede filer", "bilagor", "bifoga", "bijlagen", "allegati", "adjuntos", "datos adjuntos", "anexos", "załączniki", "přílohy", "вложения", "附件", "添付ファイル", "첨부", "wichtigkeit", "importance", "priorität", "categories", "when", "where", "wann", "wo", "résent-from", "delivered-to", "return-path", "content-type", "mime-version", "list-id", "references", "in-reply-to", "user-agent", "x-mailer", "on behalf of", "cco", "bkk", "blindkopie"},
	} {
		for _, name := range names {
			m[name] = kind
		}
	}
	return m
}()
