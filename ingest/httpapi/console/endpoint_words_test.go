package console

import (
	"testing"

	"gatehouse/ingest/safehttp"
)

func TestEachFaultOfAnEndpointHasWords(t *testing.T) {
	for _, code := range []safehttp.Code{safehttp.Network, safehttp.Timeout, safehttp.TLS, safehttp.Address, safehttp.Redirects, safehttp.Denied,
		safehttp.NotFound, safehttp.Rejected, safehttp.Server, safehttp.Busy, safehttp.TooLarge} {
		if fault(string(code)) == "last error "+string(code) {
			t.Errorf("%s has none", code)
		}
	}
}
