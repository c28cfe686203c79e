package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"gatehouse/ingest"
)

type outgoingStore interface {
	RegisterOutgoing(ctx context.Context, o ingest.Outgoing) (made bool, err error)
}

func (a *api) outgoing() {
	route(a, op{does: "POST /conversations/{id}/outgoing", least: ingest.RoleAgent, status: http.StatusCreated, or: http.StatusOK,
		says: "Registers what the desk sends. Of a mail, before it goes out: answers to it belong to the conversation, and so does a " +
			"copy of it that comes in. Of an SMS or a chat, under the provider's id: events receipt.* about it name the conversation. " +
			"201 if it was not known, 200 if it was; 409 if it was sent in another conversation, or mail in one of no mail."}, a.registerOutgoing)
	route(a, op{does: "GET /conversations/{id}/token", least: ingest.RoleAgent,
		says: "Returns the conversation's reply token, for the address that answers are to go to: whoever writes to it may claim " +
			"the conversation, whatever their mail program makes of References. 409 feature-off without reply_secret."}, a.replyToken)
}

// OutgoingInput registers what is sent.
type OutgoingInput struct {
	ByID
	Body struct {
		MessageID string   `json:"message_id" minLength:"1" maxLength:"252" doc:"its Message-ID, with or without angle brackets; of what is no mail, the id that the provider gave it"`
		From      string   `json:"from" minLength:"3" maxLength:"320" doc:"the desk's address that it is sent from, or number: a copy from another sender is none"`
		To        []string `json:"to,omitempty" maxItems:"100" doc:"of mail: addresses besides the contact's that it goes to: they have a part in the conversation from now on"`
	}
}

// OutgoingAnswer is what was registered.
type OutgoingAnswer struct {
	Conversation ingest.ID        `json:"conversation_id"`
	MessageID    string           `json:"message_id"`
	Mark         string           `json:"mark" doc:"for the header X-Gatehouse-Mark, by which the mail is known for our own should it come back under another name; empty without reply_secret"`
	Standing     *ingest.Standing `json:"standing" doc:"of the contact there: whether they may be written to"`
}

func (a *api) registerOutgoing(ctx context.Context, in *OutgoingInput) (*Answer[OutgoingAnswer], error) {
	o := ingest.Outgoing{Conversation: in.ID, MessageID: strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(in.Body.MessageID), "<"), ">"),
		Actor: who(ctx).Name}
	if o.MessageID == "" || strings.ContainsAny(o.MessageID, " \t\r\n<>") {
		return nil, badField("message_id", "want one Message-ID, as a1@support.example.com")
	}
	var err error
	if o.From, err = a.ownAddress(in.Body.From); err != nil {
		return nil, badField("from", err.Error())
	}
	for _, address := range in.Body.To {
		to, err := ingest.ParseIdentity("email", address, ingest.Header)
		if err != nil {
			return nil, badField("to", address+": "+err.Error())
		}
		o.To = append(o.To, to)
	}
	made, err := a.Store.RegisterOutgoing(ctx, o)
	if err != nil {
		return nil, err
	}
	c, err := a.getConversation(ctx, &in.ByID)
	if err != nil {
		return nil, err
	}
	mark := ""
	if len(a.Replies) > 0 {
		mark = ingest.Mark(a.Replies[0], "c"+strconv.FormatInt(c.Body.Number, 10))
	}
	return &Answer[OutgoingAnswer]{statusOf(made), OutgoingAnswer{in.ID, o.MessageID, mark, c.Body.Standing}}, nil
}

// ownAddress is an address of the desk: of mail, else a number, else whatever a
// provider knows it by.
func (a *api) ownAddress(s string) (ingest.Identity, error) {
	if strings.Contains(s, "@") {
		return ingest.ParseIdentity("email", s, ingest.Header)
	}
	if number, err := a.Region.Phone(s); err == nil {
		return ingest.Identity{Kind: "phone", Value: number, How: ingest.Header}, nil
	}
	return ingest.ParseIdentity("sms", s, ingest.Header)
}

// TokenOfInput asks for a conversation's reply token.
type TokenOfInput struct {
	ByID
	Mailbox string `query:"mailbox" maxLength:"320" doc:"the address to put it into, as support@example.com"`
}

// ReplyToken is what answers to a conversation carry.
type ReplyToken struct {
	Token   string `json:"token"`
	Address string `json:"address" doc:"the mailbox with the token in it; empty if none was named"`
}

func (a *api) replyToken(ctx context.Context, in *TokenOfInput) (*Body[ReplyToken], error) {
	if len(a.Replies) == 0 {
		return nil, conflict("feature-off", "reply tokens are switched off: set reply_secret in the configuration")
	}
	c, err := a.Store.Conversation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	t := ReplyToken{Token: a.Replies.Token(c.Number)}
	if in.Mailbox != "" {
		if t.Address, err = a.Replies.Address(in.Mailbox, c.Number); err != nil {
			return nil, badField("mailbox", err.Error())
		}
	}
	return &Body[ReplyToken]{t}, nil
}
