package console

import (
	"fmt"
	"net/http"
	"time"
)

// visitEnds is how long after their last look a reader's visit is over.
const visitEnds = time.Hour

// lastHere is when the reader's last visit to the list ended; zero: they were
// not here before. A cookie keeps it, and when they last looked.
func (v *visit) lastHere() time.Time {
	now := v.Now()
	var since, looked int64
	if c, err := v.r.Cookie("blocked_visit"); err == nil {
		_, _ = fmt.Sscanf(c.Value, "%d.%d", &since, &looked) // nonsense is as none
	}
	if looked > now.Unix() || since > looked {
		since, looked = 0, 0
	}
	if looked != 0 && now.Sub(time.Unix(looked, 0)) > visitEnds {
		since = looked
	}
	http.SetCookie(v.w, &http.Cookie{Name: "blocked_visit", Value: fmt.Sprintf("%d.%d", since, now.Unix()), Path: "/blocked",
		MaxAge: 90 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.address("/").Scheme == "https"})
	if since == 0 {
		return time.Time{}
	}
	return time.Unix(since, 0)
}

// New reports whether something came since the reader was last here.
func (b blockedView) New(at time.Time) bool { return !b.Since.IsZero() && at.After(b.Since) }
