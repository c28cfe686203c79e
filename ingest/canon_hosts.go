package ingest

import "strings"

// mailHosts are the large providers where one mailbox has many spellings, by
// the name that stands for all of theirs, and what they do not tell apart.
var mailHosts = map[string]*strings.Replacer{
	"gmail.com":  strings.NewReplacer(".", ""),
	"proton.me":  strings.NewReplacer(".", "", "-", "", "_", ""),
	"yandex.com": strings.NewReplacer(".", "-"),
}

// sameHosts are a provider's other names: the same mailbox is at each.
var sameHosts = map[string]string{
	"googlemail.com": "gmail.com",
	"protonmail.com": "proton.me", "protonmail.ch": "proton.me", "pm.me": "proton.me",
	"yandex.ru": "yandex.com", "yandex.by": "yandex.com", "yandex.kz": "yandex.com", "ya.ru": "yandex.com",
	"me.com": "icloud.com", "mac.com": "icloud.com",
}
