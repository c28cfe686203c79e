package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/signing"
)

type endpointStore interface {
	MakeEndpoint(ctx context.Context, o ingest.EndpointOrder) (ingest.ID, error)
	ChangeEndpoint(ctx context.Context, o ingest.EndpointOrder) error
	DeleteEndpoint(ctx context.Context, id ingest.ID, actor string) error
	Endpoints(ctx context.Context) ([]ingest.Endpoint, error)
	Endpoint(ctx context.Context, id ingest.ID) (ingest.Endpoint, error)
	endpointActStore
}

// Endpoints posts events.
type Endpoints interface {
	// Allows says why a URL may not be posted to, as far as that can be told
	// without asking.
	Allows(url string) error
	// Test posts an event of no meaning, and says what came of it.
	Test(ctx context.Context, endpoint ingest.ID) (ingest.Attempt, error)
}

func (a *api) endpoints() {
	route(a, op{does: "GET /endpoints", least: ingest.RoleSupervisor,
		says: "Lists where events are posted to, and how each does. url is for administrators: it may be as good as a password."}, a.listEndpoints)
	route(a, op{does: "POST /endpoints", least: ingest.RoleAdmin, once: true, status: http.StatusCreated,
		says: "Has events posted to a URL from now on, signed by Standard Webhooks. The secret is shown this once, or public_key with scheme v1a."}, a.makeEndpoint)
	route(a, op{does: "GET /endpoints/{id}", least: ingest.RoleSupervisor, says: "Returns an endpoint; ETag is its version."}, a.getEndpoint)
	route(a, op{does: "PATCH /endpoints/{id}", least: ingest.RoleAdmin,
		says: "Changes what is given; a filter holds from now on. With If-Match, 412 if somebody changed it meanwhile."}, a.patchEndpoint)
	route(a, op{does: "DELETE /endpoints/{id}", least: ingest.RoleAdmin,
		says: "Removes an endpoint with all that waits for it."}, a.deleteEndpoint)
}

// shown hides an endpoint's URL from who may not change it.
func shown(ctx context.Context, e ingest.Endpoint) ingest.Endpoint {
	if !who(ctx).Role.AtLeast(ingest.RoleAdmin) {
		e.URL = ""
	}
	return e
}

func (a *api) listEndpoints(ctx context.Context, _ *struct{}) (*Body[ingest.List[ingest.Endpoint]], error) {
	all, err := a.Store.Endpoints(ctx)
	list := ingest.List[ingest.Endpoint]{Items: []ingest.Endpoint{}}
	for _, e := range all {
		list.Items = append(list.Items, shown(ctx, e))
	}
	return body(list, err)
}

func (a *api) getEndpoint(ctx context.Context, in *ByID) (*Tagged[ingest.Endpoint], error) {
	e, err := a.Store.Endpoint(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(ctx, number(e.Version), shown(ctx, e))
}

// endpointAnswer has no secret: that was shown to who asked first.
func (a *api) endpointAnswer(ctx context.Context, out ingest.Outcome) (ingest.Endpoint, error) {
	e, err := a.Store.Endpoint(ctx, out.Endpoint)
	return shown(ctx, e), err
}

// EndpointFields are what may be said of an endpoint; what is absent stays.
type EndpointFields struct {
	URL         *string                `json:"url,omitempty" maxLength:"2000" doc:"https, and an address of the public internet unless the configuration allows another"`
	Description *string                `json:"description,omitempty" maxLength:"500"`
	Types       []string               `json:"types,omitempty" maxItems:"100" doc:"which events: message.held, or message.* for all that begin so; empty: all"`
	Channels    []string               `json:"channels,omitempty" maxItems:"100" doc:"events of these channels and those of none; empty: of all"`
	Format      *ingest.EndpointFormat `json:"format,omitempty" enum:"standard,slack" doc:"slack: a sentence, for an incoming webhook of Slack"`
}

// EndpointInput makes an endpoint.
type EndpointInput struct {
	Body struct {
		EndpointFields
		Scheme ingest.Scheme `json:"scheme,omitempty" enum:"v1,v1a" doc:"how it is signed: v1 (HMAC-SHA256, the default) or v1a (Ed25519)"`
		Secret string        `json:"secret,omitempty" maxLength:"200" doc:"to sign with: whsec_ and the base64 of 24 to 64 octets; one is made if it is absent"`
	}
}

func (a *api) makeEndpoint(ctx context.Context, in *EndpointInput) (*Answer[ingest.Endpoint], error) {
	if in.Body.URL == nil {
		return nil, badField("url", "say where to post")
	}
	o, err := a.endpointOrder(ctx, in.Body.EndpointFields)
	if err != nil {
		return nil, err
	}
	o.Scheme = cmp.Or(in.Body.Scheme, ingest.SchemeV1)
	standard := ingest.FormatStandard
	o.Format = cmp.Or(o.Format, &standard)
	key, err := keyFor(o.Scheme, in.Body.Secret)
	if err != nil {
		return nil, err
	}
	o.Key = ingest.Secret(key.Text())
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		id, err := a.Store.MakeEndpoint(ctx, o)
		return ingest.Outcome{Status: http.StatusCreated, Endpoint: id}, err
	}, a.withSecret(key))
}

// withSecret is endpointAnswer with the secret that was just made.
func (a *api) withSecret(key signing.Key) func(context.Context, ingest.Outcome) (ingest.Endpoint, error) {
	return func(ctx context.Context, out ingest.Outcome) (ingest.Endpoint, error) {
		e, err := a.endpointAnswer(ctx, out)
		if key.Public() == "" {
			e.Secret = key.Text()
		}
		return e, err
	}
}

// keyFor is the key that was given, or a fresh one.
func keyFor(scheme ingest.Scheme, given string) (signing.Key, error) {
	if given == "" && scheme == ingest.SchemeV1a {
		return signing.NewPair(), nil
	}
	if given == "" {
		return signing.NewSecret(), nil
	}
	key, err := signing.Parse(given)
	if err == nil && (key.Public() != "") != (scheme == ingest.SchemeV1a) {
		err = errors.New("is not of scheme " + string(scheme))
	}
	if err != nil {
		return key, badField("secret", err.Error())
	}
	return key, nil
}

func (a *api) endpointOrder(ctx context.Context, f EndpointFields) (ingest.EndpointOrder, error) {
	o := ingest.EndpointOrder{URL: f.URL, Description: f.Description, Types: f.Types, Channels: f.Channels, Format: f.Format, Actor: who(ctx).Name}
	if err := ingest.CheckPosted(f.Types); err != nil || f.URL == nil {
		return o, err
	}
	if a.Endpoints == nil {
		return o, conflict("no-endpoints", "this program posts no events")
	}
	if err := a.Endpoints.Allows(*f.URL); err != nil {
		return o, badField("url", mayNot(err))
	}
	u, err := url.Parse(*f.URL)
	if err != nil || u.User != nil {
		return o, badField("url", "credentials in it are not sent: leave them out, requests are signed")
	}
	o.Host = u.Scheme + "://" + u.Host
	return o, nil
}

// mayNot is why a URL may not be posted to, without the word for what failed.
func mayNot(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// EndpointPatchInput changes an endpoint.
type EndpointPatchInput struct {
	ByID
	IfMatch string `header:"If-Match"`
	Body    EndpointFields
}

func (a *api) patchEndpoint(ctx context.Context, in *EndpointPatchInput) (*Tagged[ingest.Endpoint], error) {
	o, err := a.endpointOrder(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	o.ID = in.ID
	if o.Version, err = numberIn(in.IfMatch); err != nil {
		return nil, err
	}
	if err := a.Store.ChangeEndpoint(ctx, o); err != nil {
		return nil, err
	}
	return a.getEndpoint(ctx, &in.ByID)
}

func (a *api) deleteEndpoint(ctx context.Context, in *ByID) (*Nothing, error) {
	return &Nothing{}, a.Store.DeleteEndpoint(ctx, in.ID, who(ctx).Name)
}
