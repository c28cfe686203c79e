package graphtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gatehouse/channels/mailapi/apitest"
)

func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	switch {
	case path[0] == "messages" && len(path) > 1:
		s.message(w, r, path[1:])
	case path[0] == "mailFolders" && len(path) == 1:
		s.list(w, "top")
	case path[0] != "mailFolders" || folderID(path[1]) == "":
		s.Refuse(w, http.StatusNotFound, "ErrorItemNotFound")
	case len(path) == 2:
		s.folder(w, folderID(path[1]))
	case path[2] == "childFolders":
		s.list(w, folderID(path[1]))
	case len(path) == 4 && path[3] == "delta":
		s.delta(w, r, folderID(path[1]))
	default:
		s.all(w, r, folderID(path[1]))
	}
}

// folderID is that of a folder named by id or by well-known name.
func folderID(name string) string {
	for id, f := range folders {
		if id == name || f.wellKnown == name {
			return id
		}
	}
	return ""
}

func (s *Server) folder(w http.ResponseWriter, id string) {
	n := 0
	for _, m := range s.messages {
		if m.Folder == id {
			n++
		}
	}
	apitest.Write(w, http.StatusOK, map[string]any{"id": id, "displayName": folders[id].name, "totalItemCount": n})
}

func (s *Server) list(w http.ResponseWriter, of string) {
	var all []map[string]string
	for id, f := range folders {
		if f.of == of {
			all = append(all, map[string]string{"id": id, "displayName": f.name})
		}
	}
	apitest.Write(w, http.StatusOK, map[string]any{"value": all})
}

// delta answers with what changed from a token on. At first that is all there
// is; later what came, was changed, or is removed.
func (s *Server) delta(w http.ResponseWriter, r *http.Request, folder string) {
	q := r.URL.Query()
	at, age := 0, s.age
	for _, name := range []string{"$skiptoken", "$deltatoken"} {
		if q.Has(name) {
			_, _ = fmt.Sscanf(q.Get(name), "%d-%d", &at, &age)
		}
	}
	if age != s.age {
		s.Refuse(w, http.StatusGone, "SyncStateNotFound")
		return
	}
	items := []map[string]any{}
	for ; at < len(s.changes) && len(items) < s.Page; at++ {
		if c := s.changes[at]; c.folder == folder {
			items = append(items, s.changed(c))
		}
	}
	answer, name := map[string]any{"value": items}, "@odata.nextLink"
	token := fmt.Sprintf("%d-%d", at, age)
	if at == len(s.changes) {
		name, token = "@odata.deltaLink", "$deltatoken="+token
	} else {
		token = "$skiptoken=" + token
	}
	answer[name] = s.URL + r.URL.EscapedPath() + "?" + token
	apitest.Write(w, http.StatusOK, answer)
}

func (s *Server) changed(c change) map[string]any {
	m := s.messages[c.id]
	if m == nil || m.Folder != c.folder {
		return map[string]any{"id": c.id, "@removed": map[string]string{"reason": "deleted"}}
	}
	return listed(m)
}

func listed(m *Message) map[string]any {
	return map[string]any{"id": m.ID, "receivedDateTime": m.Received.UTC().Format("2006-01-02T15:04:05Z"), "isDraft": m.Draft}
}

// all lists a folder, the newest first.
func (s *Server) all(w http.ResponseWriter, r *http.Request, folder string) {
	var ids []string
	for id, m := range s.messages {
		if m.Folder == folder {
			ids = append(ids, id)
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(ids)))
	from, _ := strconv.Atoi(r.URL.Query().Get("$skip"))
	answer := map[string]any{}
	items := []map[string]any{}
	for _, id := range ids[from:min(from+s.Page, len(ids))] {
		items = append(items, listed(s.messages[id]))
	}
	if answer["value"] = items; from+s.Page < len(ids) {
		answer["@odata.nextLink"] = fmt.Sprintf("%s%s?$skip=%d", s.URL, r.URL.EscapedPath(), from+s.Page)
	}
	apitest.Write(w, http.StatusOK, answer)
}

func (s *Server) message(w http.ResponseWriter, r *http.Request, path []string) {
	m := s.messages[path[0]]
	switch {
	case m == nil:
		s.Refuse(w, http.StatusNotFound, "ErrorItemNotFound")
	case r.Method == http.MethodPatch:
		m.Read = true
		s.changes = append(s.changes, change{m.ID, m.Folder})
		apitest.Write(w, http.StatusOK, listed(m))
	case len(path) > 1 && path[1] == "move":
		var to struct{ DestinationID string }
		_ = json.NewDecoder(r.Body).Decode(&to)
		s.move(m.ID, to.DestinationID)
		apitest.Write(w, http.StatusCreated, listed(m))
	case len(path) > 1:
		_, _ = w.Write([]byte(m.Raw))
	default:
		apitest.Write(w, http.StatusOK, head(m))
	}
}

func head(m *Message) map[string]any {
	answer := listed(m)
	block, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
	var header []map[string]string
	for _, line := range strings.Split(block, "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok && textproto.CanonicalMIMEHeaderKey(name) != "" {
			header = append(header, map[string]string{"name": name, "value": value})
		}
	}
	answer["internetMessageHeaders"] = slices.Clip(header)
	if !m.NoSize {
		answer["singleValueExtendedProperties"] = []map[string]string{{"id": "Integer 0xe08", "value": strconv.Itoa(len(m.Raw))}}
	}
	return answer
}
