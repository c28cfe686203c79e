package mime

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"

	"gatehouse/ingest"
)

// check finds out whether the domain of From signed the mail (RFC 6376), and
// if it did not, whether its policy disowns such mail (RFC 7489 §6.3). The
// address that the mail came from is not known here, so SPF says nothing.
func (k *Keys) check(ctx context.Context, raw []byte, domain string) (found finding) {
	defer func() {
		if recover() != nil { // the value may quote the mail
			found = finding{ingest.CheckNone, "its signatures cannot be read"}
		}
	}()
	q, cancel := k.about(ctx)
	defer cancel()
	found = q.signed(raw, domain)
	if found.check != ingest.CheckNone {
		return found
	}
	policy, err := q.policy(domain)
	switch {
	case temporary(err):
		return finding{ingest.CheckUnknown, "temporary: " + err.Error()}
	case policy == dmarc.PolicyReject || policy == dmarc.PolicyQuarantine:
		return finding{ingest.CheckFailed, found.says + ", whose policy is " + string(policy)}
	}
	return found
}

// signed verifies the signatures of From's organisation; the others, of lists
// and relays, vouch for nothing here.
func (q *questions) signed(raw []byte, domain string) finding {
	none := finding{ingest.CheckNone, "no signature of " + domain}
	if !bytes.Contains(bytes.ToLower(raw[:min(len(raw), maxHeader)]), []byte("dkim-signature")) {
		return none
	}
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: q.keysOf(domain), MaxVerifications: maxSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return finding{ingest.CheckNone, "no signature of " + domain + " that can be read"}
	}
	for _, v := range list {
		if !aligned(asciiDomain(v.Domain), domain) {
			continue
		}
		switch {
		case v.Err == nil:
			return finding{ingest.CheckPassed, "signed by " + v.Domain}
		case dkim.IsTempFail(v.Err):
			none = finding{ingest.CheckUnknown, "temporary: no key of " + v.Domain + " to be had"}
		case none.check == ingest.CheckNone:
			none.says = "no valid signature of " + domain + " (" + strings.TrimPrefix(v.Err.Error(), "dkim: ") + ")"
		}
	}
	return none
}

// keysOf asks for keys of From's organisation alone: other signers count for
// nothing, and a slow one could use up the time.
func (q *questions) keysOf(domain string) func(name string) ([]string, error) {
	return func(name string) ([]string, error) {
		_, signer, _ := strings.Cut(strings.ToLower(name), "._domainkey.")
		if !aligned(asciiDomain(signer), domain) {
			return nil, errNoName
		}
		return q.txt(name)
	}
}

// policy is what the domain, or else its organisation, asks to be done with
// mail that is neither signed nor sent by its leave (RFC 7489 §6.6.3). One that
// is still tried out on a part of the mail is none.
func (q *questions) policy(domain string) (dmarc.Policy, error) {
	org := organisation(domain)
	for _, at := range []string{domain, org} {
		if at == "" {
			break
		}
		record, err := dmarc.LookupWithOptions(at, &dmarc.LookupOptions{LookupTXT: q.txt})
		switch {
		case dmarc.IsTempFail(err):
			return "", errTemporary{"_dmarc." + at}
		case err != nil:
			continue
		case record.Percent != nil && *record.Percent < 100:
			return dmarc.PolicyNone, nil
		case at != domain && record.SubdomainPolicy != "":
			return record.SubdomainPolicy, nil
		}
		return record.Policy, nil
	}
	return dmarc.PolicyNone, nil
}

func temporary(err error) bool {
	var t errTemporary
	return errors.As(err, &t)
}
