package app

import (
	"fmt"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// A Reader makes a message again from its raw bytes, by the kind of its channel.
type Reader func(kind string, raw []byte) (ingest.Message, error)

// readAgain reads a message as the channels of now would.
func (a *App) readAgain(kind string, raw []byte) (ingest.Message, error) {
	return (*a.reread.Load())(kind, raw)
}

// joinParts makes the message of its parts, as the channels of now would.
func (a *App) joinParts(kind string, set ingest.PartSet) ingest.Arrival {
	return channels.Join(set, func(raw []byte) (ingest.Message, error) { return a.readAgain(kind, raw) })
}

// rawReader is how the store reads again what only the raw bytes of messages say.
type rawReader struct {
	*App
	*channels.Budget
}

// Reread makes a message again.
func (r rawReader) Reread(kind string, raw []byte) (ingest.Message, error) {
	return r.readAgain(kind, raw)
}

// Rereader makes messages again from their raw bytes, by the kind of their
// channel and the settings of all channels of that kind.
func Rereader(list []config.Channel) (Reader, error) {
	of := map[string][]channels.Settings{}
	for _, ch := range list {
		of[ch.Kind] = append(of[ch.Kind], ch.Decode)
	}
	read := map[string]func(raw []byte) (ingest.Message, error){}
	for _, kind := range all.Kinds {
		if read[kind.Name] = kind.Reread; kind.Rereader == nil {
			continue
		}
		var err error
		if read[kind.Name], err = kind.Rereader(of[kind.Name]...); err != nil {
			return nil, err
		}
	}
	return func(kind string, raw []byte) (ingest.Message, error) {
		if read[kind] == nil {
			return ingest.Message{}, fmt.Errorf("read a message again: %w", errCannot)
		}
		return read[kind](raw)
	}, nil
}
