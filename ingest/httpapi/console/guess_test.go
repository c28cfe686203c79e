package console

import "testing"

func TestWhatIsTypedMeansATarget(t *testing.T) {
	for said, want := range map[string]string{
		" ann@example.com ": "email:ann@example.com", "@spam.example": "domain:@spam.example", "*.spam.example": "domain:*.spam.example",
		"spam.example.com": "domain:spam.example.com", "+1 555 010 0123": "phone:+1 555 010 0123", "(0171) 555-0123": "phone:(0171) 555-0123",
		"+1 555*": "phone_prefix:+1 555", "192.0.2.7": "ip:192.0.2.7", "2001:db8::1": "ip:2001:db8::1", "192.0.2.0/24": "cidr:192.0.2.0/24",
		"192.0.2.1 - 192.0.2.9": "range:192.0.2.1 - 192.0.2.9", "Everyone": "everyone", "telegram:155": "telegram:155", "ann": "ann", "": "",
	} {
		if got := targetMeant(said); got != want {
			t.Errorf("%q means %q, want %q", said, got, want)
		}
	}
}
