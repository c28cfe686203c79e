// Command consume follows Gatehouse's log of events, or takes those that are posted, and keeps each once, as a line of
// FOLDER/events.jsonl. Whatever is wrong ends it: started again, it goes on where it was.
//
//	GATEHOUSE_URL=… GATEHOUSE_TOKEN=… consume follow FOLDER
//	GATEHOUSE_SECRET=whsec_… consume receive FOLDER HOST:PORT
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"os"
	"path/filepath"
	"sync"
)

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "follow":
		follow(os.Args[2], open(os.Args[2]))
	case len(os.Args) == 4 && os.Args[1] == "receive":
		receive(os.Args[3], open(os.Args[2]))
	}
	log.Fatal("consume follow FOLDER, or consume receive FOLDER HOST:PORT")
}

// kept is what was done. Yours may be a table whose key is the event's id.
type kept struct {
	sync.Mutex
	file *os.File
	seen map[string]bool
}

func open(folder string) *kept {
	file, err := os.OpenFile(filepath.Join(folder, "events.jsonl"), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	check(err)
	text, err := io.ReadAll(file)
	check(err)
	text = text[:bytes.LastIndexByte(text, '\n')+1] // a line that was cut short comes again
	check(file.Truncate(int64(len(text))))
	k := &kept{file: file, seen: map[string]bool{}}
	for line := range bytes.Lines(text) {
		k.seen[idOf(line)] = true
	}
	return k
}

// keep does what is to be done for an event, unless it was. When it returns,
// that outlives whatever happens to the program.
func (k *kept) keep(event []byte) {
	k.Lock()
	defer k.Unlock()
	id := idOf(event)
	if k.seen[id] {
		return
	}
	var line bytes.Buffer
	check(json.Compact(&line, event))
	line.WriteByte('\n')
	_, err := k.file.Write(line.Bytes())
	check(err)
	check(k.file.Sync())
	k.seen[id] = true
}

func idOf(event []byte) string {
	var e struct{ ID string }
	check(json.Unmarshal(event, &e))
	return e.ID
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
