package ingest

// How says by what right an identity is believed.
type How string

// The three degrees of belief. Claimed identities were typed by the sender:
// they match no rule and never join contacts.
const (
	Verified How = "verified" // the provider or a signature vouches for it
	Header   How = "header"   // it stands in a mail's From or is the widget's own visitor id
	Claimed  How = "claimed"  // typed into a form
)

// An Identity is one address made canonical, and how we know it. Two
// identities with the same Key are the same address.
type Identity struct {
	Kind  string `json:"kind"`  // email, phone, visitor, telegram …
	Value string `json:"value"` // in its canonical form
	How   How    `json:"how"`
}

// Key names the address in rules, targets and locks: "email:ann@example.com".
func (i Identity) Key() string {
	if i.Kind == "" {
		return ""
	}
	return i.Kind + ":" + i.Value
}

// Joins reports whether the identity may match rules and join contacts.
func (i Identity) Joins() bool { return i.Kind != "" && i.How != Claimed }
