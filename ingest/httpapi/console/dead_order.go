package console

import (
	"errors"
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// deadMost is how many dead letters one order works off: each is asked for by
// itself.
const deadMost = 1000

// deadOrder is what is to be done with several dead letters.
type deadOrder struct {
	Do      string // retry or delete
	IDs     []string
	More    bool // there are more than one order works off
	Chosen  url.Values
	Back    string
	Done    int
	Failed  int      // read again, and could not be
	Missing int      // somebody was quicker
	Kept    int      // by a legal hold
	Ended   *failure // what ended the order before its end; IDs are left
}

// deadOrder reads what is chosen: those ticked, or all that a filter chooses.
func (v *visit) deadOrder() (o deadOrder, err error) {
	if err := v.mustBe(ingest.RoleAdmin); err != nil {
		return o, err
	}
	o = deadOrder{Do: v.r.FormValue("do"), IDs: v.r.Form["ticket"], Chosen: v.filters(append(deadChosen, "everything")), Back: v.back()}
	if o.Do != "retry" && o.Do != "delete" {
		return o, errNoPage
	}
	if v.r.FormValue("everything") != "" {
		o.IDs, o.More, err = v.deadIDs()
	}
	return o, err
}

// deadIDs are those that the request's filter chooses.
func (v *visit) deadIDs() (ids []string, more bool, err error) {
	q := v.filters(deadChosen)
	q.Set("limit", "200")
	for {
		var part ingest.List[ingest.Record]
		if err := v.get("/dead", q, &part); err != nil {
			return nil, false, err
		}
		for _, m := range part.Items {
			ids = append(ids, m.ID.String())
		}
		if part.Next == "" || len(ids) >= deadMost {
			return ids, part.Next != "", nil
		}
		q.Set("cursor", part.Next)
	}
}

func (v *visit) askDead() error {
	o, err := v.deadOrder()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "dead_order", o)
}

// orderDead does it one by one, and says what came of it. What ends it before its
// end, as the rate of requests may, leaves the rest to go on with.
func (v *visit) orderDead() error {
	o, err := v.deadOrder()
	if err != nil {
		return err
	}
	for i, id := range o.IDs {
		method, path := o.asked(id)
		err := o.count(v.change(method, path, nil, nil))
		var p *httpapi.Problem
		switch {
		case i > 0 && errors.As(err, &p):
			o.IDs, o.Ended = o.IDs[i:], &failure{Problem: p, Do: advice(p)}
			return v.render(p.Status, "dead_done", o)
		case err != nil:
			return err
		}
	}
	return v.render(http.StatusOK, "dead_done", o)
}

// asked is what to ask of the API for one.
func (o deadOrder) asked(id string) (method, path string) {
	path = "/dead/" + url.PathEscape(id)
	if o.Do == "retry" {
		return http.MethodPost, path + "/retry"
	}
	return http.MethodDelete, path
}

// count notes what came of one; an error that is not of that one ends the order.
func (o *deadOrder) count(err error) error {
	var p *httpapi.Problem
	switch {
	case err == nil:
		o.Done++
	case errors.As(err, &p) && p.Status == http.StatusUnprocessableEntity:
		o.Failed++
	case errors.As(err, &p) && p.Status == http.StatusNotFound:
		o.Missing++
	case errors.As(err, &p) && p.Status == http.StatusLocked:
		o.Kept++
	default:
		return err
	}
	return nil
}
