package mime

// daemons are the local parts that mail systems write from.
var daemons = []string{"mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mailerdaemon", "mdaemon", "mail.daemon", "mailer_daemon",
	"mail-delivery-subsystem", "maildeliverysystem", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"}

// daemonNames stand in the names that they write under, in lower case.
var daemonNames = []string{"mail delivery sub", "mail delivery system", "mail deliver system", "mailer-daemon", "mail administrator", "email delivery system",
	"internet mail delivery", "microsoft outlook", "microsoft exchange"}

// bounceSubjects are how subjects say that a mail was not delivered.
var bounceSubjects = []string{
	"undeliver", "delivery status notification", "failure notice", "mail delivery failed", "delivery failure", "delivery_failure", "delivery failed", "delivery has failed",
	"failure delivery", "failed delivery", "mail failure", "message frozen", "returned mail", "returned message", "returned to sender", "mail returned", "non-delivery", "nondeliver", "non delivery",
	"nondelivery", "could not be delivered", "not delivered", "cannot be delivered", "can't be delivered", "couldn't be delivered", "mail system error", "error sending", "delivery error",
	"delivery delayed", "delayed mail", "delayed:", "delayed delivery", "delivery delay", "warning: message", "warning: could not send", "warning - delayed", "message delivery failure", "message delivery has", "delivery notification",
	"delivery problem", "delivery report", "delivery incomplete", "delivery unsuccessful", "unable to deliver", "mail could not", "mail delivery", "message status", "message not delivered", "message you sent blocked", "user unknown",
	"unknown user", "mailbox full", "mailbox unavailable", "mailbox is full", "quota exceeded", "over quota", "there was an error sending", "postmaster notify", "notice: mail delivery", "rejected mail", "mail rejected", "undelivered",
	"mail loop", "loop alert", "bounce", "relaying denied", "host unknown",
	"unzustellbar", "nicht zugestellt", "nicht zustellbar", "zustellung", "unzustellb", "zurückgesandt", "non remis", "non_remis", "échec de la remise", "échec de remise", "échec d'envoi", "non distribu", "notification d'échec", "retour de courrier",
	"no se puede entregar", "no entregado", "no se ha podido entregar", "no se pudo entregar", "mensaje no entregado", "error de entrega", "fallo de entrega", "mancata consegna", "non recapitabile", "non consegnat", "impossibile recapitare",
	"não entregue", "não foi entregue", "falha na entrega", "falha no envio", "mensagem não entregue", "devolvid", "onbestelbaar", "niet afgeleverd", "niedostarcz", "nie dostarczono", "nie można dostarczyć", "nedoručiteln", "nedoručen",
	"недоставлен", "не доставлено", "не доставлен", "недоставк", "не удалось доставить", "olevererbart", "kunde inte levereras", "kunne ikke leveres", "ei voitu toimittaa", "toimittamaton", "kézbesíthetetlen", "kézbesítés", "teslim edilemedi", "iletilemedi",
	"αδύνατη η παράδοση", "לא ניתן להעביר", "تعذر تسليم", "配信不能", "配信できません", "配送できません", "届けられません", "エラーメール", "退信", "系统退信", "退件", "無法傳遞", "無法送達", "投递失败", "未送达", "전송 실패", "배달되지", "반송",
}

// bounceTexts are how reports begin, in lower case, whatever their subject.
var bounceTexts = []string{
	"this is the qmail-send program", "this is the mail system at host", "this message was created automatically by mail delivery software", "this message was created automatically by the mail",
	"this is an automatically generated delivery status", "the following addresses had permanent", "the following addresses had delivery", "the following address(es) failed", "the following recipient(s)", "the following recipients",
	"could not be delivered", "couldn't be delivered", "cannot be delivered", "was not delivered", "were not delivered", "has not been delivered", "not yet been delivered", "could not deliver", "unable to deliver", "failed to deliver",
	"undeliverable", "delivery to the following", "did not reach the following", "permanent fatal errors", "the error that the other server returned", "returned to sender", "delivery attempts", "user unknown", "no such user", "mailbox is full",
	"over quota", "recipient address rejected", "transcript of session follows", "has been delayed", "failure reasons", "----- the following", "message could not be", "your message to the following", "does not like recipient", "giving up on",
	"nicht zugestellt werden", "konnte nicht zugestellt", "konnte nicht ausgeliefert", "n'a pas pu être", "n'a pu être", "non è stato possibile", "no pudo ser entregado", "no se pudo entregar", "não pôde ser", "não foi possível entregar",
	"kon niet worden", "nie mogła zostać dostarczona", "nie zostala dostarczona", "nemohla být doručena", "не может быть доставлено", "не удалось доставить", "не было доставлено", "送信できません", "配信できません", "お届けできません", "無法送達", "无法送达", "无法投递",
}

// delayedTexts tell a delay from a failure.
var delayedTexts = []string{
	"delayed", "warning message only", "you do not need to resend", "will be retried", "will continue to try", "still undelivered", "not yet been delivered", "delivery attempts will continue", "no action is required on your part",
	"will keep trying", "delay reason", "could not send message for past", "still being retried", "verzögert", "retardé", "retrasad", "ritardat", "atrasad", "opóźnion", "задерж", "遅延",
}

// returnedLines are how lines begin that announce the message which came back,
// in lower case.
var returnedLines = []string{
	"below this line is a copy of the message", "below this line is a copy of the mail header", "below the next line is a copy", "this is a copy of the message", "this is a copy of your message", "copy of the message header",
	"copy of the original message", "original message follows", "original message headers", "original message header", "original message", "message header follows", "message headers follow", "returned message", "unsent message", "undelivered message",
	"header of the original message", "headers of the original message", "headers of the message", "headers from the original message", "the header of the message", "message contents", "start of the message", "returned mail follows", "text of message",
	"mensaje original adjunto", "mensaje original", "encabezados del mensaje original", "en-têtes du message d'origine", "en-têtes de message d'origine", "message d'origine", "intestazioni originali del messaggio", "ursprungshuvuden", "ursprüngliche nachrichtenkopfzeilen",
	"ursprüngliche nachricht", "originalnachricht", "kopie der nachricht", "cabeçalhos da mensagem original", "mensagem original", "oorspronkelijke berichtkoppen", "исходное сообщение", "заголовки исходного", "your message follows",
	"the message that you sent", "unsent message below", "message follows", "received message follows", "original mail",
}

// recipientLabels stand before a recipient, in lower case.
var recipientLabels = []string{
	"recipient", "final-recipient", "original address", "failed address", "failed recipient", "rcpt to", "undeliverable address", "mailbox", "intended recipient", "empfänger", "destinataire", "destinatario", "destinatário", "ontvanger",
	"odbiorca", "příjemce", "получатель", "адресат", "mottagare", "modtager", "mottaker", "vastaanottaja", "alıcı", "収信者", "宛先", "收件人", "受信者", "to address", "addressee",
}
