package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

func TestLastChatOfNobody(t *testing.T) {
	m, err := open(t).LastChat(context.Background(), ingest.ID{1}, true)
	if m != nil || err != nil {
		t.Errorf("%v, %v", m, err)
	}
}
