package pipeline

import (
	"strings"

	"gatehouse/ingest"
)

// spoken are the words by which people opt, as their networks and laws teach
// them, in the form of [ingest.OptWord]. YES and its like are in none: they
// answer questions. Whoever asks "may we write again?" adds them by settings.
var spoken = []struct{ language, out, in string }{
	{"English", "stop stopall unsubscribe unsub cancel end quit optout revoke", "start unstop optin subscribe resume"},
	{"French", "arret arreter desabonner desabonnement desinscription", "demarrer reabonner"},
	{"German", "stopp abmelden abbestellen austragen", "anmelden"},
	{"Spanish", "baja parar cancelar alto detener", "alta iniciar"},
	{"Portuguese", "sair parar cancelar remover", "iniciar voltar"},
	{"Italian", "annulla cancellami disiscrivi fermare", "iniziare"},
	{"Dutch", "stoppen afmelden uitschrijven", "aanmelden"},
	{"Swedish, Danish, Norwegian", "stopp avsluta avregistrera afmeld avmeld slutt", "starta tilmeld"},
	{"Finnish", "lopeta peruuta", "aloita"},
	{"Polish", "wypisz rezygnuje", "wznow"},
	{"Czech, Slovak", "odhlasit", "prihlasit"},
	{"Turkish", "iptal dur", "basla"},
	{"Indonesian, Malay", "berhenti", "mulai"},
	{"Russian", "стоп отписаться отписка", "старт"},
	{"Greek", "στοπ διακοπη", "εναρξη"},
	{"Arabic", "توقف إلغاء الغاء", "ابدأ ابدا"},
	{"Hebrew", "הסר הסרה", "התחל"},
	{"Chinese", "td 退订 退訂 停止", "订阅 訂閱"},
	{"Japanese", "配信停止 停止", "再開"},
	{"Korean", "수신거부 중지", "수신동의"},
}

// optWords are the words that opt, and how.
type optWords map[string]ingest.Opt

var spokenWords = readSpoken()

func readSpoken() optWords {
	words := optWords{}
	for _, s := range spoken {
		words.add(strings.Fields(s.out), ingest.OptOut)
		words.add(strings.Fields(s.in), ingest.OptIn)
	}
	return words
}

func (w optWords) add(words []string, o ingest.Opt) {
	for _, word := range words {
		w[ingest.OptWord(word)] = o
	}
}

// drop takes out words that opt so; what opts otherwise stays.
func (w optWords) drop(words []string, o ingest.Opt) {
	for _, word := range words {
		if w[word] == o {
			delete(w, word)
		}
	}
}

// optWordsOf are the words under the settings; nil: none counts. What Check
// would refuse adds nothing.
func optWordsOf(s ingest.Settings) optWords {
	if !s.OptOut {
		return nil
	}
	if s.OptOutWords == "" && s.OptInWords == "" {
		return spokenWords
	}
	words := optWords{}
	for word, o := range spokenWords {
		words[word] = o
	}
	for o, list := range map[ingest.Opt]string{ingest.OptOut: s.OptOutWords, ingest.OptIn: s.OptInWords} {
		more, not, err := ingest.OptWordList(list)
		if err != nil {
			continue
		}
		words.drop(not, o)
		words.add(more, o)
	}
	return words
}

// Opted says whether a message asks that its sender be written to no more, or
// again: as its provider says, else, of an SMS, by a word that is all of its
// text. It returns that word, "" if there was none.
func (j *Judge) Opted(m ingest.Message) (ingest.Opt, string) {
	if m.Opt != "" || m.Family != ingest.SMS {
		return m.Opt, ""
	}
	word := ingest.OptWord(m.Text)
	o := j.Book().opts[word]
	if o == "" {
		word = ""
	}
	return o, word
}

// asks is what the trail says of it.
func asks(m ingest.Message) string {
	if !m.Opt.Tells() {
		return ""
	}
	what := map[ingest.Opt]string{ingest.OptOut: "; its sender opts out", ingest.OptIn: "; its sender opts in"}[m.Opt]
	if m.OptWord == "" {
		return what + ", its provider says"
	}
	return what + " by the word " + m.OptWord
}
