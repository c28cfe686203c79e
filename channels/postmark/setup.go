package postmark

import "gatehouse/channels"

// setup says what Postmark must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	w, err := open(decode, host)
	if err != nil {
		return nil, err
	}
	return w.(*hook).Told(host, "in Postmark, in the settings of the server's inbound stream: this URL as webhook; tick the box that includes the raw content, so that the mail is kept as it was sent"), nil
}
