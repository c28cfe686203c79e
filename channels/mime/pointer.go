package mime

import "strings"

// maxPointer bounds the octets of a text that only points to the html.
const maxPointer = 400

// pointers are phrases that mailers write into the plain branch of an
// alternative when they have nothing to say there.
var pointers = []string{
	"does not support html", "doesn't support html", "not support html", "cannot display html", "can't display html",
	"cannot read html", "unable to display html", "unable to view html", "not display html", "does not display html",
	"this is an html message", "this is an html email", "this is an html e-mail", "this message is in html format",
	"this is an html formatted message", "this email is in html format", "html-enabled email", "html enabled email",
	"html-capable", "html compatible email viewer", "please use an html", "view this email in html", "view this message in html",
	"your email client does not support", "your e-mail client does not support", "your mail client does not support",
	"your email program does not support", "your mail reader does not support", "to view the message, please use",
	"unterstützt kein html", "kein html darstellen", "kein html anzeigen", "keine html-nachrichten", "html-ansicht",
	"ne supporte pas le html", "ne prend pas en charge le html", "n'affiche pas le html", "no soporta html", "no admite html",
	"não suporta html", "non supporta html", "non supporta l'html", "ondersteunt geen html", "nie obsługuje html", "не поддерживает html",
}

// isPointer reports a text which says no more than that the html is to be read.
func isPointer(text string) bool {
	if len(text) > maxPointer || strings.TrimSpace(text) == "" {
		return false
	}
	folded := strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(text, "’", "'"))), " ")
	for _, phrase := range pointers {
		if strings.Contains(folded, phrase) {
			return true
		}
	}
	return false
}
