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
	helpDesk = "out of reach: answers and live chats are the help desk's"
	widget   = "out of reach: it needs a live connection to the visitor's browser"
	sending  = "out of reach: Gatehouse sends nothing to customers"
)

var seeds = []seed{
	{"Banning a user", 19, map[int]other{
		19: {"Integrations, and fields of one's own on tickets.", "out of reach: they are the help desk's"},
	}},
	{"Blocked tickets", 19, map[int]other{
		19: {"A picture and a whole view of the customer.", "the web console's page of a contact, without a picture: docs/console.md"},
	}},
	{"Chat", 18, map[int]other{
		2: {"Agents answer with a button or a key; answers stand in bubbles.", helpDesk},
		4: {"What the visitor is typing is seen before it is sent.", "not ours: the door tells that they type (S2.5), never what"},
		9: {"A transcript of an ended chat is mailed.", sending},
	}},
	{"Visitors", 12, map[int]other{
		2:  {"A visitor who left can be kept in the list.", widget},
		12: {"Agents invite, accept, refuse, join, watch and take over chats as these go on.", helpDesk},
	}},
	{"Customers and the blacklist", 17, nil},
}
