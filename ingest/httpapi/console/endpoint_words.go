package console

// faults are why an endpoint did not take an event.
var faults = map[string]string{"network": "it could not be reached", "timeout": "it did not answer in time", "tls": "its certificate is not trusted",
	"address": "its address is none that may be asked", "redirects": "it sent us elsewhere", "denied": "it refused us: see whether it knows the secret",
	"not_found": "nothing was at its address", "rejected": "it did not take the event", "server": "it had a fault of its own", "busy": "it asked us to wait",
	"too_large": "its answer was too long"}

// fault says why an endpoint did not take an event.
func fault(code string) string {
	if says, ok := faults[code]; ok {
		return says
	}
	return "last error " + code
}
