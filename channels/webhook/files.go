package webhook

import (
	"cmp"
	"encoding/base64"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxFiles bounds the files of one message: each is a row, and a task to fetch it.
const maxFiles = 200

// files are those that an element holds or names.
func (e *finder) files(of files, m *ingest.Message) (list []channels.File) {
	if len(of.URL)+len(of.Data) == 0 {
		return nil
	}
	for _, source := range e.members(of.Each) {
		one := finder{source: source, outer: e.outer}
		f, found := one.file(of)
		e.err = cmp.Or(e.err, one.err)
		switch {
		case !found:
		case len(list) == maxFiles:
			m.Defects = append(m.Defects, ingest.Defect{Code: "limit_attachments", Detail: "there are more files than a message may have"})
			return list
		default:
			list = append(list, f)
		}
	}
	return list
}

// members are where files are looked for, each by itself.
func (e *finder) members(each lines) (list []source) {
	if len(each) == 0 {
		return []source{e.source}
	}
	for _, p := range each.paths() {
		for _, n := range e.source.nodes(p) {
			list = append(list, document{n})
		}
	}
	return list
}

// file is what is at one place; false if nothing is.
func (e *finder) file(of files) (f channels.File, found bool) {
	f.URL = strings.TrimSpace(e.find(of.URL))
	data := strings.TrimSpace(e.find(of.Data))
	media, data := dataURL(data)
	if f.URL == "" && data == "" {
		return f, false
	}
	f.Attachment.Filename = channels.Line(cmp.Or(e.find(of.Name), channels.URLName(f.URL)), 200)
	f.Attachment.ContentType = channels.Line(cmp.Or(e.find(of.Type), media), 200)
	if data != "" {
		f.Bytes = base64Of(data) // nil: the file failed, and the message lists it
	}
	return f, true
}

// dataURL takes the bytes' base64 out of a data: URL (RFC 2397), and their type.
func dataURL(s string) (media, data string) {
	head, rest, found := strings.Cut(s, ",")
	of, isURL := strings.CutPrefix(head, "data:")
	if !found || !isURL {
		return "", s
	}
	media, _, _ = strings.Cut(of, ";")
	return media, rest
}

// base64Of decodes either alphabet, padded or not, in lines or in one.
func base64Of(s string) []byte {
	s = strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(s)
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil
	}
	return b
}

// filesOf are the files of a form.
func filesOf(uploads []channels.FormFile) (list []channels.File) {
	for _, u := range uploads {
		if u.Filename == "" && len(u.Bytes) == 0 || len(list) == maxFiles {
			continue // nobody chose one
		}
		name := u.Filename[strings.LastIndexAny(u.Filename, `/\`)+1:]
		list = append(list, channels.File{Bytes: u.Bytes, Attachment: ingest.Attachment{
			Filename: channels.Line(name, 200), ContentType: channels.Line(u.ContentType, 200),
		}})
	}
	return list
}
