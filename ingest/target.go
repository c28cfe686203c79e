package ingest

// Target is whom a rule means, in canonical form. Kind is contact, everyone,
// an identity's kind (email, phone, visitor, telegram …), domain,
// phone_prefix, ip, cidr or range.
type Target struct {
	Kind  string
	Value string
}

// String gives the form of the API: "email:a@example.com", "everyone".
func (t Target) String() string {
	if t.Kind == "everyone" {
		return t.Kind
	}
	return t.Kind + ":" + t.Value
}

// MarshalText writes String's form.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads and canonicalises, as ParseTarget does.
func (t *Target) UnmarshalText(b []byte) error {
	parsed, err := ParseTarget(string(b))
	if err == nil {
		*t = parsed
	}
	return err
}
