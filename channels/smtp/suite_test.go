package smtp_test

import (
	"testing"

	"go.uber.org/goleak"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/smtp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, smtp.Kind, "../smtp") }
