// Package all is the list of the adapters there are, one line each.
package all

import (
	"gatehouse/channels"
	"gatehouse/channels/bird"
	"gatehouse/channels/brevo"
	"gatehouse/channels/chat"
	"gatehouse/channels/clickatell"
	"gatehouse/channels/discord"
	"gatehouse/channels/gmail"
	"gatehouse/channels/imap"
	"gatehouse/channels/infobip"
	"gatehouse/channels/instagram"
	"gatehouse/channels/line"
	"gatehouse/channels/mailgun"
	"gatehouse/channels/mailjet"
	"gatehouse/channels/messagebird"
	"gatehouse/channels/messenger"
	"gatehouse/channels/msgraph"
	"gatehouse/channels/plivo"
	"gatehouse/channels/postmark"
	"gatehouse/channels/resend"
	"gatehouse/channels/sendgrid"
	"gatehouse/channels/ses"
	"gatehouse/channels/sinch"
	"gatehouse/channels/slack"
	"gatehouse/channels/smpp"
	"gatehouse/channels/smtp"
	"gatehouse/channels/telegram"
	"gatehouse/channels/telnyx"
	"gatehouse/channels/twilio"
	"gatehouse/channels/viber"
	"gatehouse/channels/vonage"
	"gatehouse/channels/webhook"
	"gatehouse/channels/whatsapp"
)

// Kinds are the adapters, by name.
var Kinds = []channels.Kind{
	bird.Kind,
	brevo.Kind,
	chat.Kind,
	clickatell.Kind,
	discord.Kind,
	gmail.Kind,
	imap.Kind,
	infobip.Kind,
	instagram.Kind,
	line.Kind,
	mailgun.Kind,
	mailjet.Kind,
	messagebird.Kind,
	messenger.Kind,
	msgraph.Kind,
	plivo.Kind,
	postmark.Kind,
	resend.Kind,
	sendgrid.Kind,
	ses.Kind,
	sinch.Kind,
	slack.Kind,
	smpp.Kind,
	smtp.Kind,
	telegram.Kind,
	telnyx.Kind,
	twilio.Kind,
	viber.Kind,
	vonage.Kind,
	webhook.Kind,
	whatsapp.Kind,
}

// Find returns the adapter of a name.
func Find(name string) (channels.Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return channels.Kind{}, false
}
