package ingest

func ParseTarget(s string) (Target, error) { return Target{}, nil }
