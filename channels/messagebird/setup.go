package messagebird

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what MessageBird must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in MessageBird's dashboard, in the flow of each number: forward to this URL exactly, method POST; for Conversations a webhook for message.created",
		"signing_key is the account's signing key, under Developers, Settings; not an access key",
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: what MessageBird cannot deliver is not asked for again")
	}
	if s.OldSignature {
		lines = append(lines, "allow_old_signature is on: such a signature covers query and body, and not the URL")
	}
	return lines, nil
}
