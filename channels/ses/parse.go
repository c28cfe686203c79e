package ses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// Parse reads the one message of SNS in a request, and confirms a subscription.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	e, err := readEnvelope(r.Raw)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	switch e.Type {
	case typeSubscribe:
		return nil, channels.Reply{}, h.confirm(r.Context(), e)
	case typeUnsubscribe:
		h.warn("no longer subscribed: its mail comes no more", e.TopicArn)
		return nil, channels.Reply{Ignored: 1}, nil
	}
	n, _ := readNotice([]byte(e.Message)) // what else is published, as a text, has no type
	if n.NotificationType != received {
		return nil, n.besides(), nil
	}
	a, err := h.arrival(r, e, n)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	return []ingest.Arrival{a}, channels.Reply{}, nil
}

func (h *hook) warn(says, topic string) {
	if h.host.Log != nil {
		h.host.Log.Warn(says, "channel", h.host.Channel, "topic", topic)
	}
}

// arrival is the mail that a notification brings, or tells of. The error is
// temporary.
func (h *hook) arrival(r channels.Request, e envelope, n notice) (a ingest.Arrival, err error) {
	stamp, element := h.host.Stamp(), []byte(e.Message)
	stamp.Product = ofNotice
	if stamp.Outer, err = json.Marshal(n.facts(h.settings.Settings)); err != nil {
		return a, fmt.Errorf("notification: %w", err)
	}
	raw, err := n.content()
	if raw == nil && err == nil {
		raw, err = h.fetch(r, e.at(), n)
		if err != nil {
			return a, err
		}
	}
	if raw != nil {
		stamp.Product, element = ofMail, raw
	}
	return reader.Arrival(stamp, element), nil
}

// fetch is the mail that lies in S3; nil: it cannot be had now.
func (h *hook) fetch(r channels.Request, since time.Time, n notice) ([]byte, error) {
	o, found := n.object()
	if !found {
		return nil, nil
	}
	if !h.settings.bucket.usable() {
		h.warn("mail lies in S3, and access_key_id is not said", n.Receipt.Action.TopicARN)
		return nil, nil
	}
	raw, err := r.Fetch(h.host.Outside, h.settings.ask(o, h.host.Now))
	return raw, h.host.Lacking(since, err)
}

// errConfirm is temporary: SNS asks again for the confirmation.
var errConfirm = ingest.AsTemporary(errors.New("the subscription could not be confirmed"))

// confirm asks for the URL that makes the subscription one. The request was
// verified; the URL is looked at even so, for a sample was not.
func (h *hook) confirm(ctx context.Context, e envelope) error {
	if h.host.Get == nil || !e.confirms() { // nobody asks when a sample is read
		return nil
	}
	_, err := h.host.Get(ctx, e.SubscribeURL)
	var fault *safehttp.Fault
	switch {
	case errors.As(err, &fault) && !fault.Temporary():
		h.warn("SNS refuses to confirm the subscription", e.TopicArn)
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", errConfirm, err)
	}
	return nil
}
