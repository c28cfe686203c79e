// Package backfill asks providers for what their webhooks missed. An adapter
// says how its provider is asked; see [channels.List]. Here is what is the same
// for all of them: every so often the list is read from the last moment that is
// known to be complete, and what the webhook brought is known by its keys.
//
// The place in a list is that moment. It moves only with the last message of a
// window whose pages were all read, and stays behind the clock by as much as the
// provider may be late with its list. So a time in which the program was down, or
// a look that broke off, is looked through again.
package backfill

import (
	"slices"

	"gatehouse/channels"
)

// Kind completes an adapter's that has a Lister: with the poller that asks the
// list, and the places by which two channels on one list are found out.
func Kind(k channels.Kind) channels.Kind {
	open := k.Lister
	k.Poller = func(s channels.Settings, host channels.Host) (channels.Poller, error) {
		list, err := open(s, host)
		if err != nil {
			return nil, err
		}
		return New(list, host)
	}
	k.Places = func(s channels.Settings) ([]string, error) {
		list, err := open(s, channels.Host{})
		if err != nil {
			return nil, err
		}
		return places(k.Name, list), nil
	}
	return k
}

// places names the lists that a channel asks: an account's numbers, whatever they
// are written with, or with a slash at the end the whole account, which has all
// of them.
func places(kind string, list channels.List) []string {
	if list.Backfill == 0 {
		return nil
	}
	account := kind + "://" + list.Account + "/"
	if len(list.Numbers) == 0 {
		return []string{account}
	}
	var all []string
	for _, number := range list.Numbers {
		all = append(all, account+bare(number))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
