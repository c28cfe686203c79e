package mime

// daemons are the local parts that mail systems write from, without separators.
var daemons = []string{"mailerdaemon", "postmaster", "maildaemon", "mdaemon", "maildeliverysubsystem", "maildeliverysystem", "maildeliveryservice", "maildelivery", "mailsystem", "smtpdaemon", "daemon"}

// exchangeDaemon begins the address that Exchange reports from.
const exchangeDaemon = "microsoftexchange"

// daemonNames stand in the names that they write under, in lower case.
var daemonNames = []string{"mail delivery sub", "mail delivery system", "mail deliver system", "mail delivery service", "mailer-daemon", "mailer daemon", "mail administrator", "email delivery system",
	"internet mail delivery", "microsoft outlook", "microsoft exchange", "mail daemon", "mmsc ndr", "mailsystem", "mail system"}

// machineNames stand in local parts that nobody reads, without separators.
var machineNames = []string{"noreply", "donotreply", "nepasrepondre", "nichtantworten", "keineantwort", "noresponder", "nonrispondere", "bounce", "antivirus", "virusscan", "smtpgateway", "mailgateway"}

// machineHeaders are written by systems that return mail, not by people.
var machineHeaders = []string{"X-MLServer", "X-MX-Bounce", "X-AHMAILID", "X-MS-Embedded-Report"}

// answerPrefixes stand before the subject of an answer or a forward, in lower case.
var answerPrefixes = []string{"re", "fw", "fwd", "aw", "wg", "sv", "vs", "vb", "antw", "doorst", "rv", "enc", "res", "tr", "réf", "ref", "rif", "r", "i", "odp", "pd", "ynt", "ilt", "vá", "tov", "απ", "πρθ", "на", "ответ", "пересл", "回复", "答复", "转发", "回覆", "轉寄", "返信", "転送", "답장", "전달", "trả lời", "bls", "trs", "hv", "fs", "atb", "ats", "השב", "רד"}

// dispositionMedia are the types of a disposition notification (RFC 8098, RFC 6533).
var dispositionMedia = []string{"message/disposition-notification", "message/global-disposition-notification"}

// bounceSubjects are how subjects say that a mail was not delivered.
var bounceSubjects = []string{
	"undeliver", "delivery status notification", "delivery status:", "failure notice", "mail delivery failed", "delivery failure", "delivery_failure", "delivery failed", "delivery has failed",
	"failure delivery", "failed delivery", "mail failure", "mail failed", "failed mail", "message frozen", "returned mail", "returned message", "returned to sender", "returning message", "mail returned", "non-delivery", "nondeliver", "non delivery",
	"nondelivery", "could not be delivered", "not delivered", "not be delivered", "cannot be delivered", "can't be delivered", "couldn't be delivered", "mail system error", "error sending your mail",
	"delivery delayed", "delayed mail", "delayed delivery", "delivery delay", "warning: could not send", "warning - delayed", "message delivery failure", "message delivery has",
	"delivery incomplete", "delivery unsuccessful", "unable to deliver", "mail could not", "message you sent blocked", "user unknown",
	"unknown user", "mailbox unavailable", "there was an error sending", "postmaster notify", "notice: mail delivery", "mail rejected",
	"mail loop", "loop alert", "relaying denied", "host unknown", "mta-blocked", "mail delivery failure", "mail delivery error", "email delivery failure", "considered unsolicited bulk email, and blocked",
	"unzustellbar", "nicht zugestellt", "nicht zustellbar", "zustellung fehlgeschlagen", "fehlgeschlagene zustellung", "zustellung der nachricht", "zustellfehler", "nicht ausgeliefert", "übermittlung verzögert", "zurückgesandt",
	"non remis", "non_remis", "échec de la remise", "échec de remise", "échec de livraison", "échec de distribution", "échec d'envoi", "non distribu", "notification d'échec", "retour de courrier", "non délivr", "mail non livré",
	"no se puede entregar", "no entregado", "no se ha podido entregar", "no se pudo entregar", "error de entrega", "fallo de entrega", "fallo en la entrega", "entrega fallida", "correo devuelto", "mensaje devuelto",
	"mancata consegna", "non recapitabile", "non consegnat", "impossibile recapitare", "consegna non riuscita", "recapito non riuscito", "consegna fallita", "posta non recapitata",
	"não entregue", "não foi entregue", "falha na entrega", "falha no envio", "falha de entrega", "mensagem devolvida", "e-mail devolvido", "não é possível entregar",
	"onbestelbaar", "niet afgeleverd", "niet bezorgd", "aflevering mislukt", "kan niet worden bezorgd", "niedostarcz", "nie dostarczono", "nie można dostarczyć", "niemożność dostarczenia", "nedoručiteln", "nedoručen", "nelze doručit", "nedoručená",
	"недоставлен", "не доставлено", "не доставлен", "недоставк", "не удалось доставить", "не може бути доставлен", "не вдалося доставити", "невъзможно доставяне", "olevererbart", "ej levererat", "kunde inte levereras", "ikke leveret", "kan ikke leveres", "kunne ikke leveres", "kan ikke leveres", "ikke levert",
	"ei voitu toimittaa", "toimittamaton", "toimitus epäonnistui", "kézbesíthetetlen", "kézbesítési hiba", "teslim edilemedi", "iletilemedi", "teslim edilemez", "nelivrat", "nu poate fi livrat", "nu a putut fi",
	"αδύνατη η παράδοση", "δεν παραδόθηκε", "לא ניתן להעביר", "לא ניתן למסור", "تعذر تسليم", "غير قابل للتسليم", "配信不能", "配信できません", "配送できません", "送信できません", "届けられません", "エラーメール", "エラー通知", "不達", "退信", "系统退信", "退件", "無法傳遞", "無法送達", "无法送达", "无法投递", "无法传递", "投递失败", "传输失败", "传送失败", "傳送失敗", "未送达", "未传递", "未傳遞",
	"전송 실패", "배달되지", "배달할 수 없", "반송", "không gửi được", "không thể gửi", "ไม่สามารถส่ง", "tidak terkirim", "gagal terkirim",
}

// vagueSubjects say it too, from a mail daemon; from others they may be about
// a parcel.
var vagueSubjects = []string{
	"delivery status", "delivery notification", "delivery problem", "delivery report", "delivery error", "message status", "mail delivery", "warning: message", "message delayed", "delayed:", "delayed", "error sending", "rejected mail", "rejected:", "mailbox full", "mailbox is full", "quota exceeded", "over quota",
	"bounce", "failure", "zustellung", "verzögert", "devolvid", "devuelto", "kézbesítés", "retardé", "ritard", "atrasad", "opóźnion", "zpožděn", "försenad", "forsinket", "задерж", "遅延", "延迟", "доставк",
}

// bounceTexts are how reports begin, in lower case, whatever their subject.
var bounceTexts = []string{
	"this is the qmail-send program", "this is the mail system at host", "this message was created automatically by mail delivery software", "this message was created automatically by the mail",
	"this is an automatically generated delivery status", "the following addresses had", "the following address(es) failed", "the following address failed", "following recipient(s)", "the following recipients", "failed addresses follow",
	"could not be delivered", "couldn't be delivered", "could not be sent", "cannot be delivered", "can't be delivered", "was not delivered", "wasn't delivered", "were not delivered", "has not been delivered", "not been delivered", "not yet been delivered", "could not deliver", "couldn't deliver", "unable to deliver", "not able to deliver", "failed to deliver", "wasn't able to deliver",
	"undeliverable", "undelivered", "non-delivered", "delivery to the following", "delivery failed", "delivery has failed", "did not reach the following", "permanent fatal errors", "delivery problems", "delivery errors", "the error that the other server returned", "returned to sender", "delivery attempts", "user unknown", "unknown user", "no such user", "mailbox is full", "mailbox full",
	"over quota", "recipient address rejected", "transcript of session follows", "has been delayed", "failure reasons", "message could not be", "your message to the following", "does not like recipient", "giving up on", "trouble delivering your message", "error sending your", "not relayed to", "was blocked by our",
	"nicht zugestellt werden", "konnte nicht zugestellt", "konnte nicht ausgeliefert", "nicht übermittelt werden", "n'a pas pu être", "n'a pu être", "n'a pas été remis", "impossible de remettre", "non è stato possibile", "non è stata recapitata", "no pudo ser entregado", "no se pudo entregar", "no se ha podido entregar", "não pôde ser", "não foi possível entregar", "não foi entregue",
	"kon niet worden", "kan niet worden bezorgd", "nie mogła zostać dostarczona", "nie zostala dostarczona", "nie została dostarczona", "nie można dostarczyć", "nemohla být doručena", "nelze doručit", "не может быть доставлено", "не может\nбыть", "не удалось доставить", "не было доставлено", "не може бути доставлен", "не вдалося доставити", "kunde inte levereras", "kunne ikke leveres", "ei voitu toimittaa", "nem sikerült kézbesíteni", "nem kézbesíthető", "teslim edilemedi", "iletilemedi", "nu a putut fi livrat",
	"送信できません", "配信できません", "配送できません", "お届けできません", "届けることができません", "無法送達", "无法送达", "无法投递", "投递失败", "未能送达", "배달되지 않", "배달할 수 없", "전송하지 못",
}

// delayedTexts tell a delay from a failure.
var delayedTexts = []string{
	"delayed", "warning message only", "a warning only", "you do not need to resend", "will be retried", "will continue to try", "continue trying to deliver", "still undelivered", "still being retried", "not yet been delivered", "delivery attempts will continue", "no action is required on your part",
	"will keep trying", "delay reason", "could not send message for past", "temporary failure, retry", "will try again", "verzögert", "retardé", "retrasad", "ritardat", "atrasad", "opóźnion", "zpožděn", "försenad", "forsinket", "vertraagd", "задерж", "затрим", "遅延", "延迟", "延遲", "지연",
}

// returnedLines are how lines begin that announce the message which came back,
// in lower case.
var returnedLines = []string{
	"below this line is a copy of the message", "below this line is a copy of the mail header", "below the next line is a copy", "below is a copy", "included is a copy", "included below", "this is a copy of the message", "this is a copy of your message", "this is a copy of the header", "copy of the message", "copy of message", "a copy of the message", "a copy of the original", "a copy of your", "here is a copy", "the following is a copy", "copy of your message",
	"copy of the original message", "original message", "original mail", "the original message follows", "your original message", "message header", "headers follow", "header follows", "returned message", "returned mail follows", "returned text", "unsent message", "undelivered message",
	"header of the original message", "headers of the original message", "the header of the original message", "the headers of the original message", "headers of the message", "headers from the original message", "the header of the message", "message contents", "start of the message", "start of message", "start of returned", "start of header", "text of message", "enclosed message",
	"your message follows", "your message was", "the message that you sent follows", "the message you sent follows", "message follows", "received message follows", "the undelivered message",
	"mensaje original", "mensaje original adjunto", "encabezados del mensaje original", "encabezados originales", "copia del mensaje", "en-têtes du message", "en-têtes de message", "message d'origine", "message original", "copie du message", "intestazioni originali", "messaggio originale", "copia del messaggio",
	"ursprungshuvuden", "ursprungligt meddelande", "ursprungliga meddelandehuvuden", "oprindelig meddelelse", "oprindelige meddelelseshoveder", "opprinnelig melding", "ursprüngliche nachrichtenkopfzeilen", "ursprüngliche nachricht", "ursprüngliche kopfzeilen", "originalnachricht", "original-nachricht", "es folgt die", "kopie der nachricht", "kopie der original",
	"cabeçalhos da mensagem original", "cabeçalhos originais", "mensagem original", "cópia da mensagem", "oorspronkelijke berichtkoppen", "oorspronkelijk bericht", "origineel bericht", "kopie van het bericht", "oryginalne nagłówki", "oryginalna wiadomość", "kopia wiadomości", "původní záhlaví", "původní zpráva", "kopie zprávy", "alkuperäinen viesti", "alkuperäisen viestin", "eredeti üzenet", "özgün ileti", "orijinal ileti", "mesaj original", "mesajul original",
	"исходное сообщение", "заголовки исходного", "оригинальное сообщение", "копия сообщения", "копия письма", "исходные заголовки", "початкове повідомлення", "元のメッセージ", "元メッセージ", "原始邮件", "原邮件", "原始郵件", "原始邮件标头", "原始郵件標頭", "元のメッセージ ヘッダー", "원본 메시지", "원래 메시지",
}

// recipientLabels stand before a recipient, in lower case.
var recipientLabels = []string{
	"recipient", "original address", "failed address", "address", "rcpt to", "addressed to", "deliver message to", "deliver to", "delivered to", "delivery to", "message to", "sent to", "send to", "mailbox", "addressee", "destination", "user", "error-for", "failed", "undeliverable",
	"empfänger", "adressat", "destinataire", "destinatario", "destinatário", "ontvanger", "odbiorca", "adresat", "příjemce", "adresát", "получатель", "адресат", "отримувач", "одержувач", "mottagare", "modtager", "mottaker", "vastaanottaja", "alıcı", "címzett", "παραλήπτης", "收信者", "収信者", "宛先", "あて先", "送信先", "收件人", "收件者", "受信者", "받는 사람", "수신자",
}
