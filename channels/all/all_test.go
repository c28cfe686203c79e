package all_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gatehouse/channels/all"
	"gatehouse/channels/channeltest"
)

// shared are the folders beside the adapters that are no adapters.
var shared = []string{"all", "archive", "backfill", "channeltest", "mailapi", "media", "mime", "oauth", "phone"}

func TestEveryFolderIsAKind(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders, kinds []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(shared, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	for _, k := range all.Kinds {
		kinds = append(kinds, k.Name)
	}
	if !slices.Equal(folders, kinds) {
		t.Errorf("folders %q, kinds %q: each adapter's folder has one line in all.go, sorted by name", folders, kinds)
	}
}

func TestEveryKind(t *testing.T) {
	for _, k := range all.Kinds {
		if k.Tried == "" {
			t.Errorf("%s: what was it tried with?", k.Name)
		}
		t.Run(k.Name, func(t *testing.T) { channeltest.Run(t, k, filepath.Join("..", k.Name)) })
	}
}

func TestFind(t *testing.T) {
	if k, ok := all.Find("chat"); !ok || k.Name != "chat" {
		t.Error("chat is not found")
	}
	if _, ok := all.Find("carrier pigeon"); ok {
		t.Error("found what there is not")
	}
}
