package mime

import "gatehouse/ingest"

// Reread reads a mail again for channels with these senders, of which any may
// have got it: if one of them would not have believed the sender, none does, and
// a sender that they name differently is the one in From.
func Reread(raw []byte, of ...Senders) (ingest.Message, error) {
	read, err := TryRead(raw, Options{})
	if err != nil {
		return ingest.Message{}, err
	}
	plain := read.Message()
	m, unproven := plain, plain.Unproven
	for i, senders := range of {
		told := read.Message()
		senders.TellByHeader(raw, &told)
		unproven = unproven || told.Unproven
		switch {
		case i == 0:
			m = told
		case told.From != m.From:
			m = plain
		}
	}
	m.Unproven = unproven
	return m, nil
}
