package behaviours

// A seed is a description of what help desks do: rows, numbered from 1.
type seed struct {
	title string
	rows  int
	// others are the rows that no test here proves, by their numbers.
	others map[int]other
}

// other is a behaviour that no test proves, and why.
type other struct{ says, why string }

// Why a behaviour is not proved here.
const (
	console = "out of reach: it is shown by a console for agents, not by what takes messages in"
	widget  = "out of reach: it needs a live connection to the visitor's browser"
	sending = "out of reach: Gatehouse sends nothing to customers"
	calls   = "out of reach: calls are not taken in"
)

var seeds = []seed{
	{"Banning a user", 19, map[int]other{
		11: {"A panel shows the customer's name, picture, place, notes, addresses and numbers.", "names, addresses and numbers are there (S4.2); pictures, places and notes are the help desk's"},
		16: {"A customer has several phone numbers, which are added, changed and deleted.", "not yet: a contact has those that it wrote from; there is no way to change them by hand"},
		17: {"A customer who never wrote is added as a contact.", "not yet: contacts come of messages alone"},
		18: {"A phone number is deleted for good, after a confirmation.", "not yet, as S0.16"},
		19: {"Integrations, and fields of one's own on tickets.", "out of reach: they are the help desk's"},
	}},
	{"Blocked tickets", 19, map[int]other{
		19: {"A picture and a whole view of the customer.", console},
	}},
	{"Chat", 18, map[int]other{
		2: {"Agents answer with a button or a key; answers stand in bubbles.", console},
		4: {"What the visitor is typing is seen before it is sent.", "not ours: the door tells that they type (S2.5), never what"},
		9: {"A transcript of an ended chat is mailed.", sending},
	}},
	{"Visitors", 12, map[int]other{
		2:  {"A visitor who left can be kept in the list.", widget},
		12: {"Agents invite, accept, refuse, join, watch and take over chats as these go on.", console},
	}},
	{"Customers and the blacklist", 17, map[int]other{
		4: {"Tags are put on customers.", "not yet: contacts cannot be changed; conversations have tags"},
		7: {"Calling a customer back begins a new conversation.", calls},
		8: {"Profiles are exported into a file that is valid for seven days and has at most 50 MB.", "not yet: contacts are read from the list"},
		9: {"Fields of one's own are shown, in an order of one's own.", console},
	}},
}
