package smtp

import (
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"

	"gatehouse/channels"
)

// What clients are told (RFC 5321 §4.2, RFC 3463). Texts name no content.
var (
	errShutdown  = answer(421, 4, 3, 2, "Going down for a moment, try again")
	errBusy      = answer(421, 4, 3, 2, "Too many connections, try again")
	errStranger  = answer(554, 5, 7, 1, "You may not deliver here")
	errNeedTLS   = answer(530, 5, 7, 0, "Must issue a STARTTLS command first")
	errUnknown   = answer(550, 5, 1, 1, "No such recipient here")
	errRetired   = answer(550, 5, 2, 1, "This mailbox is no longer in use")
	errPaused    = answer(451, 4, 2, 1, "This mailbox takes no mail for now, try again")
	errNoMemory  = answer(452, 4, 3, 1, "Too much mail at once, try again")
	errNotStored = answer(451, 4, 3, 0, "Not stored, try again")
	errCutOff    = answer(451, 4, 4, 2, "The mail did not come to its end, try again")
	errLongLine  = answer(554, 5, 6, 0, fmt.Sprintf("A line is longer than %d octets", longestLine))
	errBanned    = answer(550, 5, 7, 1, "This sender is not accepted")
	accepted     = answer(250, 2, 0, 0, "Accepted") // of mail that a ban refuses in silence
)

func answer(code, class, subject, detail int, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: text}
}

// stored says that the client need not keep the mail any longer. The ids are for
// its log.
func stored(ids string) *smtp.SMTPError { return answer(250, 2, 0, 0, "Stored as "+ids) }

// unavailable says why a channel takes nothing; nil: it does.
func unavailable(err error) *smtp.SMTPError {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, channels.ErrRetired):
		return errRetired
	case errors.Is(err, channels.ErrPaused):
		return errPaused
	}
	return errNotStored
}
