package chat_test

import (
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
)

func TestSuite(t *testing.T) { channeltest.Run(t, chat.Kind, "../chat") }

func FuzzPost(f *testing.F) { channeltest.Fuzz(f, chat.Kind, ".") }
