package ingest

import (
	"slices"
	"strings"
)

// publicMail are large providers where anybody can have an address, in
// canonical form: what is another name of one stands in sameHosts.
var publicMail = func() map[string]bool {
	known := map[string]bool{}
	for domain := range strings.FieldsSeq(`
		gmail.com icloud.com proton.me yandex.com
		outlook.com hotmail.com live.com msn.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.de outlook.fr live.co.uk live.fr
		yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.jp yahoo.co.in yahoo.com.br yahoo.ca
		aol.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org mail.de email.de
		mail.com email.com zoho.com fastmail.com hey.com tutanota.com tuta.io duck.com hushmail.com
		orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it tin.it
		btinternet.com sky.com virginmedia.com talktalk.net ntlworld.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net
		cox.net charter.net earthlink.net shaw.ca rogers.com sympatico.ca bigpond.com optusnet.com.au telstra.com xtra.co.nz
		mail.ru bk.ru inbox.ru list.ru rambler.ru ukr.net i.ua wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz azet.sk
		qq.com 163.com 126.com yeah.net sina.com sina.cn sohu.com foxmail.com aliyun.com naver.com daum.net hanmail.net nate.com
		rediffmail.com uol.com.br bol.com.br terra.com.br ig.com.br ziggo.nl kpnmail.nl hetnet.nl planet.nl telenet.be skynet.be
		bluewin.ch hispeed.ch telia.com home.se spray.se online.no mail.dk abv.bg freemail.hu citromail.hu inbox.lv sapo.pt`) {
		known[domain] = true
	}
	return known
}()

// topDomain reports whether domains are registered right below this one: com, uk,
// and what most countries have for the purpose, as co.uk or com.br.
func topDomain(domain string) bool {
	name, country, found := strings.Cut(domain, ".")
	purposes := []string{"ac", "co", "com", "edu", "gob", "gov", "ne", "net", "or", "org"}
	return !found || len(country) == len("uk") && slices.Contains(purposes, name)
}
