package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// assets are the style sheet, the scripts and the icon. Each one's address has a
// hash of its content in it, so that browsers may keep it for ever.
type assets struct {
	byName map[string]string // style.css to /assets/style.HASH.css
	byPath map[string][]byte
	zipped map[string][]byte // the same after gzip
}

func readAssets() assets {
	a := assets{map[string]string{}, map[string][]byte{}, map[string][]byte{}}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, e := range entries {
		content, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		ext := path.Ext(e.Name())
		at := "/assets/" + strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.byName[e.Name()], a.byPath[at], a.zipped[at] = at, content, zipped(content, gzip.BestCompression)
	}
	return a
}

func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, ok := a.byPath[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if takesGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		content = a.zipped[r.URL.Path]
	}
	http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(content))
}
