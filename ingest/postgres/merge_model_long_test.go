//go:build long

package postgres

import "testing"

func TestLongMergeModel(t *testing.T) { checked(t, "40", mergeModels) }
