package main

import "context"

// views are the pages of the console that read, as their links have them.
func (d *desk) views(ctx context.Context) ([]shown, error) {
	s, err := d.yard.Somebody(ctx)
	if err != nil {
		return nil, err
	}
	list := []shown{
		{name: "trivial", at: "/do/job-cancel?id=1"},
		{name: "today", at: "/"},
		{name: "blocked", at: "/blocked"},
		{name: "blocked by sender", at: "/blocked?by=contact"},
		{name: "blocked by domain", at: "/blocked?by=domain"},
		{name: "blocked by channel", at: "/blocked?by=channel"},
		{name: "blocked by reason", at: "/blocked?by=reason"},
		{name: "blocked tickets", at: "/blocked?by="},
		{name: "blocked, a rule's", at: "/blocked?by=&rule=" + s.Rule},
		{name: "blocked, a text", at: "/blocked?text=invoice"},
		{name: "blocked, a text, by rule", at: "/blocked?by=rule&text=invoice"},
		{name: "blocked, two letters", at: "/blocked?text=qx"},
		{name: "blocked, a rare text", at: "/blocked?text=ann.example1"},
		{name: "blocked, expired", at: "/blocked?expired=true"},
		{name: "blacklist", at: "/blocked?kind=blacklist"},
		{name: "ticket", at: "/blocked/" + s.Ticket},
		{name: "order", at: "/blocked/order?do=release&rule=" + s.Rule},
		{name: "order, delete", at: "/blocked/order?do=delete&rule=" + s.Rule},
		{name: "order, a text", at: "/blocked/order?do=delete&text=invoice"},
		{name: "order, release all", at: "/blocked/order?do=release"},
		{name: "search, nobody", at: "/search?q=zz.nobody%40example.org"},
		{name: "search, a name", at: "/search?q=grace+smith"},
		{name: "search, a fragment", at: "/search?q=gra"},
		{name: "search, an address", at: "/search?q=grace.example6%40d6.example.com"},
		{name: "search, a number", at: "/search?q=555+0000007"},
		{name: "contacts", at: "/contacts"},
		{name: "contacts active", at: "/contacts?standing=active"},
		{name: "contacts blocked", at: "/contacts?standing=blocked"},
		{name: "contacts found", at: "/contacts?q=weaver"},
		{name: "contact with 20,000 messages", at: "/contacts/" + s.Contact},
		{name: "conversations", at: "/conversations"},
		{name: "conversations open", at: "/conversations?status=open"},
		{name: "conversation", at: "/conversations/" + s.Talk},
		{name: "rules", at: "/rules"},
		{name: "rules expired", at: "/rules?state=expired"},
		{name: "rule dialog", at: "/rule?on=contacts%2F" + s.Contact},
		{name: "lift dialog", at: "/lift?rule=" + s.Rule},
	}
	for _, at := range []string{"/channels", "/channels/mail", "/dead", "/jobs", "/jobs/1", "/endpoints", "/audit", "/audit?actor=sam", "/audit?action=rule.*", "/settings", "/people"} {
		list = append(list, shown{name: at[1:], at: at})
	}
	return list, nil
}
