package mailgun

import (
	"strings"

	"gatehouse/channels/pushmail"
)

// verdicts are what Mailgun wrote into the mail of its checks, where its spam
// filter is on. Of a signature it does not say whose: that of the only one there
// is. Where there are several results, one may be the sender's: all must say the
// same.
func verdicts(s pushmail.Settings, h pushmail.Header, from string) (list []pushmail.Verdict) {
	if !s.ProviderHeaders {
		return nil
	}
	if result := agreed(h.All("X-Mailgun-Spf")); result != "" {
		list = append(list, pushmail.Verdict{Method: "spf", Result: result, Domain: pushmail.DomainOf(from)})
	}
	signatures := h.All("Dkim-Signature")
	if result := agreed(h.All("X-Mailgun-Dkim-Check-Result")); result != "" && len(signatures) == 1 {
		list = append(list, pushmail.Verdict{Method: "dkim", Result: result, Domain: pushmail.Signer(signatures[0])})
	}
	return list
}

// agreed is what all results say, in lower case; "" if they differ, or there are
// none.
func agreed(results []string) (one string) {
	for i, result := range results {
		result = strings.ToLower(strings.TrimSpace(result))
		if i > 0 && result != one {
			return ""
		}
		one = result
	}
	return one
}
