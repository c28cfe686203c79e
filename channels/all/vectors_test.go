package all_test

import (
	"os"
	"path/filepath"
	"testing"

	"gatehouse/channels/all"
	"gatehouse/channels/channeltest"
)

// of says which kind a folder of vectors is for, and what its config leaves
// unsaid.
type of struct {
	kind string
	with map[string]any
	// byProduct is set by the vector's product.
	byProduct string
}

// folders are those of the provider vectors, whose README says what is in them.
var folders = map[string]of{
	"standard-webhooks": {kind: "webhook", with: map[string]any{"scheme": "standard"}},
	"github-hmac":       {kind: "webhook", with: map[string]any{"scheme": "github"}},
	"generic-auth":      {kind: "webhook", byProduct: "scheme"},
	"twilio":            {kind: "twilio"},
	"twilio-poll":       {kind: "twilio", with: map[string]any{"auth_token": "dummy", "backfill": "5m"}},
	"telegram-poll":     {kind: "telegram", with: map[string]any{"token": "dummy"}},
	"sendgrid-inbound":  {kind: "sendgrid"},
	"ses-sns":           {kind: "ses", with: map[string]any{"access_key_id": "dummy", "secret_access_key": "dummy"}},
	"whatsapp-cloud":    {kind: "whatsapp"},
	"vonage-messages":   {kind: "vonage", with: map[string]any{"product": "messages"}},
	"vonage-sms":        {kind: "vonage", with: map[string]any{"product": "sms"}},

	"bird": {kind: "bird"}, "brevo": {kind: "brevo"}, "discord": {kind: "discord"}, "infobip": {kind: "infobip"},
	"instagram": {kind: "instagram"}, "line": {kind: "line"}, "mailgun": {kind: "mailgun"}, "mailjet": {kind: "mailjet"},
	"messagebird": {kind: "messagebird"}, "messenger": {kind: "messenger"}, "plivo": {kind: "plivo"},
	"postmark": {kind: "postmark"}, "resend": {kind: "resend", with: map[string]any{"api_key": "dummy"}}, "sinch": {kind: "sinch"}, "slack": {kind: "slack"},
	"smpp": {kind: "smpp"}, "telegram": {kind: "telegram"}, "telnyx": {kind: "telnyx"}, "viber": {kind: "viber"},
}

// TestVectors runs every vector of GATEHOUSE_VECTORS, a folder of folders, or
// of those that the adapters have in their testdata.
func TestVectors(t *testing.T) {
	places := []string{os.Getenv("GATEHOUSE_VECTORS")}
	if places[0] == "" {
		var err error
		if places, err = filepath.Glob("../*/testdata/vectors"); err != nil || len(places) == 0 {
			t.Fatal("no adapter has vectors in its testdata", err)
		}
	}
	for _, place := range places {
		for _, dir := range channeltest.VectorFolders(t, place) {
			runFolder(t, dir)
		}
	}
}

func runFolder(t *testing.T, dir string) {
	folder, known := folders[filepath.Base(dir)]
	kind, built := all.Find(folder.kind)
	var waiting *channeltest.Desk
	for _, v := range channeltest.Vectors(t, dir) {
		t.Run(v.ID, func(t *testing.T) {
			switch {
			case !known:
				t.Fatalf("nobody knows what kind the vectors of %s are for", filepath.Base(dir))
			case !built:
				t.Fatalf("vectors of %s are for kind %s, which channels/all does not have", filepath.Base(dir), folder.kind)
			}
			with := map[string]any{}
			for key, value := range folder.with {
				with[key] = value
			}
			if folder.byProduct != "" {
				with[folder.byProduct] = v.Product
			}
			waiting = v.Run(t, kind, with, waiting)
		})
	}
}
