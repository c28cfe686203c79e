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
	Failed  int // read again, and could not be
	Missing int // somebody was quicker
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

// orderDead does it one by one, and says what came of it.
func (v *visit) orderDead() error {
	o, err := v.deadOrder()
	if err != nil {
		return err
	}
	for _, id := range o.IDs {
		path, method := "/dead/"+url.PathEscape(id), http.MethodDelete
		if o.Do == "retry" {
			path, method = path+"/retry", http.MethodPost
		}
		if err := o.count(v.change(method, path, nil, nil)); err != nil {
			return err
		}
	}
	return v.render(http.StatusOK, "dead_done", o)
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
	default:
		return err
	}
	return nil
}
