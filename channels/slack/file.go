package slack

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// file is one as a message has it. Of a conversation with another workspace it
// may have an id alone.
type file struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Title    string           `json:"title"`
	MIMEType string           `json:"mimetype"`
	Size     channels.Written `json:"size"` // octets
	Mode     string           `json:"mode"` // hosted, external, tombstone …
	External bool             `json:"is_external"`
	URL      string           `json:"url_private"`
	Download string           `json:"url_private_download"`
}

// there reports whether Slack has the file: it may have been deleted, be hidden
// by the workspace's plan, or lie elsewhere.
func (f file) there() bool {
	return f.Mode != "tombstone" && f.Mode != "hidden_by_limit" && !f.elsewhere()
}

// elsewhere reports that the file is a link to another service's, for people.
func (f file) elsewhere() bool { return f.Mode == "external" || f.External }

func (f file) file() channels.File {
	size, err := strconv.ParseInt(string(f.Size), 10, 64)
	if err != nil || size < 0 {
		size = 0 // it says none
	}
	return channels.File{ID: f.ID, URL: cmp.Or(f.Download, f.URL), Attachment: ingest.Attachment{
		Filename: channels.Line(cmp.Or(f.Name, f.Title), 200), ContentType: channels.Line(f.MIMEType, 127), Size: size,
	}}
}

// fileIDs are those of the files that are there.
func (m message) fileIDs() (ids []string) {
	for _, f := range m.Files {
		if f.there() {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// fresh are the files that the message did not have before.
func (m message) fresh(before *message) (files []file) {
	known := map[string]bool{}
	if before != nil {
		for _, f := range before.Files {
			known[f.ID] = true
		}
	}
	for _, f := range m.Files {
		if !known[f.ID] {
			files = append(files, f)
		}
	}
	return files
}

// media fetches files with the bot's token, which Slack's API and the
// host of its files alone are told.
type media struct {
	channels.MediaAt
	api *url.URL
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	base, err := s.base()
	if err != nil {
		return nil, err
	}
	credentials := channels.InHeader("Authorization", "Bearer ", s.BotToken)
	return media{channels.MediaAt{Hosts: []string{s.FilesHost}, Credentials: credentials}, base}, nil
}

// Open asks for the file with one token after the other until it is that.
func (m media) Open(ctx context.Context, client channels.MediaClient, f channels.File) (answer *safehttp.Answer, err error) {
	tokens := m.Credentials
	if len(tokens) == 0 {
		tokens = []channels.Credential{func(*http.Request) {}}
	}
	for _, token := range tokens {
		m.Credentials = []channels.Credential{token}
		var fault *safehttp.Fault
		if answer, err = m.open(ctx, client, f); !errors.As(err, &fault) || fault.Code != safehttp.Denied && fault.Code != safehttp.Type {
			break
		}
	}
	return answer, err
}

// open asks for the file, and first where it is if the message says its id alone.
// To a token that may not read it, Slack shows a page to sign in on.
func (m media) open(ctx context.Context, client channels.MediaClient, f channels.File) (answer *safehttp.Answer, err error) {
	if f.URL == "" {
		if f.URL, err = m.address(ctx, client, f.ID); err != nil {
			return nil, err
		}
	}
	if answer, err = m.MediaAt.Open(ctx, client, f); err != nil {
		return nil, err
	}
	if answer.ContentType() == "text/html" && (f.Attachment.ContentType != "text/html" || answer.Header.Get("Content-Disposition") == "") {
		return nil, channels.NotTheFile(answer)
	}
	return answer, nil
}

// address is where a file is, by its id.
func (m media) address(ctx context.Context, client channels.MediaClient, id string) (string, error) {
	ask := safehttp.Ask{Secrets: m.Credentials, Hosts: []string{m.api.Host}, URL: m.api.JoinPath("files.info").String() + "?file=" + url.QueryEscape(id)}
	var info struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
		File  file   `json:"file"`
	}
	if err := client.JSON(ctx, ask, &info); err != nil {
		return "", err
	}
	at := cmp.Or(info.File.Download, info.File.URL)
	switch {
	case !info.OK && info.Error != "file_not_found" && info.Error != "file_deleted":
		return "", &safehttp.Fault{Code: safehttp.Denied, Err: errors.New(channels.Line(info.Error, 60))}
	case at == "":
		return "", &safehttp.Fault{Code: safehttp.NotFound}
	}
	return at, nil
}
