package ingest

import "time"

// How far a file has got that its message names and does not carry.
const (
	FilePending = "pending"
	FileStored  = "stored"
	FileFailed  = "failed"
)

// File is such a file as the store knows it.
type File struct {
	Message     ID
	Index       int
	Status      string
	Error       string // a code: why it failed, or why the last try of a pending one did
	Size        int64  // octets, once it is stored; so are the next two
	SHA256      string
	ContentType string // as the source says; "": it does not
}

// Describe puts what is known of the file into its attachment. What the message
// says of its type stays.
func (f File) Describe(a *Attachment) {
	a.Status, a.Error = f.Status, f.Error
	if f.Status != FileStored {
		return
	}
	a.Size, a.SHA256, a.FetchedType = f.Size, f.SHA256, f.ContentType
	if a.ContentType == "" {
		a.ContentType = f.ContentType
	}
}

// FileTask is a file that was taken to be fetched.
type FileTask struct {
	Message  ID
	Index    int
	Channel  string // its name
	Kind     string // of the channel
	Try      int    // which one this is; 1 is the first
	RawBytes int64  // how large the message is that says where it lies
}

// fileWaits are the times between two tries: eight of them in about a day.
var fileWaits = []time.Duration{30 * time.Second, 2 * time.Minute, 8 * time.Minute, 30 * time.Minute,
	2 * time.Hour, 6 * time.Hour, 15 * time.Hour}

// Again is when a file is tried again after this try failed, at least the time
// which its server asked for; nil: it has been tried often enough.
func (t FileTask) Again(now time.Time, asked time.Duration) *time.Time {
	if t.Try < 1 || t.Try > len(fileWaits) {
		return nil
	}
	at := now.Add(max(fileWaits[t.Try-1], asked))
	return &at
}
