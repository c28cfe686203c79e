package smpp

import (
	"testing"

	"gatehouse/channels/channeltest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, Kind, "../smpp") }
