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
	"napisala", "je napisal", "je napisala", "rašė", "rakstīja", "kirjutas", "menulis", "เขียนว่า", "เขียน", "نوشت", "ने लिखा", "na napisao", "sent", "says", "wrote via mail",
	"napisal(-a)", "napisal(a)", "ha escrit", "escribiu", "geskryf", "şunları yazdı", "쓴 글", "작성한 글", "님이 씀", "shkruajti", "folgendes geschrieben", "följande", "følgende",
	"writes", "nous a dit", "schrieben sie", "のメール", "のメッセージ", "님이 작성한 메시지", "写信", "發文", "viết",
}

// openingWords is how many of wroteOpeners stand before a date alone.
const openingWords = 13

// ownWords are how a sentence ends in which the sender says what the sender,
// or nobody by name, wrote.
var ownWords = []string{
	" i wrote", " we wrote", " he wrote", " she wrote", " they wrote", " i said", " we said", " he said", " she said", " they said", " he says", " she says", " it says",
	" i sent", " we sent", " was sent", " were sent", " been sent", " be sent", " not sent", " ich geschrieben", " wir geschrieben", " wurde geschrieben", " ich schrieb", " wir schrieb",
	" j'ai écrit", " j’ai écrit", " avons écrit", " ik schreef", " jag skrev", " jeg skrev", " vi skrev", " я написал", " я написала", " я писал", " я писала", " я пишу", " мы писали",
}

// weakVerbs are those of wroteVerbs that say as well what a page or a parcel
// does: above marked lines they need a date.
var weakVerbs = []string{"said", "says", "sent", "writes", "pisze", "пише", "пишет", "följande", "følgende", "のメッセージ", "のメール"}

// nameParticles are the small words within names; pronouns are no names.
var (
	nameParticles = []string{"via", "de", "van", "von", "der", "den", "del", "da", "di", "la", "le", "el", "al", "bin", "zu", "dos"}
	pronouns      = []string{"You", "I", "He", "She", "We", "They", "It", "Someone", "Somebody", "Who", "Er", "Sie", "Ich", "Wir", "Il", "Elle", "Он", "Она", "Я", "Вы"}
)

// wroteBefore are verbs that stand before the name, amid an attribution.
var wroteBefore = []string{
	" schrieb ", " skrev ", " kirjoitti ", " escribió ", " ha scritto ", " écrivait ", " wrote ", " schreef ", " napisał ", " napsal ",
	" пишет ", " написал ", " írta ", " schrieb am ", " wrote on ", " ezt írta ", " írta ", " kirjutas ", " كتب ", " skrifaði ", " sinulat ni ", " şunları yazdı ", "wiadomość napisana ", " a écrit le ", " escreveu (", " napísal ", " geschreven door ", " hat am ", " 寫", " 写道",
	"missatge de ", "quoting ", "zitat von ", "citando ", "quoth ", "begin quoting ", "citato da ", "citado por ",
}

// wroteOpeners are how an attribution begins; the first openingWords of them
// stand before a date and nowhere within one.
var wroteOpeners = []string{
	"on ", "am ", "le ", "el ", "em ", "il ", "op ", "w dniu ", "dnia ", "dne ", "dňa ", "den ", "dana ", "в ответ на",
	"às ", "no dia ", "in data ", "in a message", "wiadomość napisana", "þann ", "noong ", "hau idatzi", "më ", "เมื่อ", "citando ", "o ", "på ", "kl. ", "ma ", "ti ", "ke ", "to ", "pe ", "la ", "su ",
	"в ", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "at ", "στις ", "ב", "في ", "在 ", "在", "vào ", "tarihinde", "за ", "čt", "út", "st ", "po ", "pá", "so ", "ne ",
	"mon", "tue", "wed", "thu", "fri", "sat", "sun", "from ", "von ", "\"", "<", "in article ", "in message ", "in news", "quoting ", "zitat von ", "missatge de ",
	"на ", "dana ", "v ", "în ", "pada ", "pada tanggal ", "ในวันที่", "در ", "בתאריך", "dana", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
	"понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресенье", "пет", "čet", "pon", "pi ", "pt", "śr", "wt", "czw", "sob", "ndz",
	"man", "tir", "tis", "ons", "tor", "fre", "lør", "lör", "søn", "sön", "kontakt ", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "gio", "sab", "dom", "seg", "ter", "qua", "qui", "sex",
}
