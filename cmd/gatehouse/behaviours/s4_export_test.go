package behaviours

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
)

// exported is an export as the API tells of it.
type exported struct {
	ID, State, Error, Says string
	Rows                   int
	MadeAt                 *time.Time `json:"made_at"`
	ExpiresAt              time.Time  `json:"expires_at"`
}

// exports asks for a file of contacts and waits until it is made, or is not.
func (d desk) exports(filter terms) exported {
	d.T.Helper()
	var job, e exported
	d.As("admin").Read(http.StatusAccepted, http.MethodPost, "/contacts/export", filter, &job)
	housetest.Eventually(d.T, "the export ends", func() bool {
		e = get[exported](d.As("admin"), "/exports/"+job.ID)
		return e.State != "queued" && e.State != "running"
	})
	return e
}

// Profiles are exported into a file that is valid for seven days and has at
// most 50 MB: what would be larger is refused with the number of its rows.
func TestS4_8ProfilesAreExported(t *testing.T) {
	d := open(t)
	c := d.mailer("exported")
	c.name = "=Emilia"
	id := c.writes("Question").Contact
	e := d.exports(terms{"q": c.address})
	if e.State != "ready" || e.Rows != 1 || e.MadeAt == nil || e.ExpiresAt.Sub(*e.MadeAt) != 7*24*time.Hour {
		t.Fatalf("it is %+v", e)
	}
	file := func(want int) string {
		a, err := d.As("admin").API(http.MethodGet, "/exports/"+e.ID+"/file", nil)
		housetest.Must(t, err)
		if a.Status != want {
			t.Fatalf("the file is answered %d: %s", a.Status, a.Body)
		}
		return string(a.Body)
	}
	if text := file(http.StatusOK); !strings.Contains(text, id+",'=Emilia,") || !strings.Contains(text, c.address) {
		t.Errorf("the file is %q", text)
	}
	d.denied("supervisor", http.StatusForbidden, http.MethodGet, "/exports/"+e.ID+"/file", nil, "admin")
	d.SQL("update exports set expires_at = now() - interval '1 second' where job = " + e.ID)
	file(http.StatusGone)

	// Not in a column that is searched: other tests search at the same time.
	d.SQL("insert into contacts (id, name, location, created_at) select gen_random_uuid(), 'many', repeat('x', 9000), '1999-01-01' from generate_series(1, 6000)")
	defer d.SQL("delete from contacts where created_at = '1999-01-01'")
	if e := d.exports(terms{"to": "2000-01-01T00:00:00Z"}); e.State != "failed" || e.Error != "too-large" || e.Rows != 6000 || !strings.Contains(e.Says, "6000 rows") {
		t.Errorf("of too many: %+v", e)
	}
}
