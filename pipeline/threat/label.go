package threat

import (
	_ "embed"
	"encoding/json"
	"sync"

	"touchstone.internal/pipeline/casework"
)

// LabelSet is what threat areas and business models are called from some day on. Codes stay; a
// return that was made under a set is read with it for good.
type LabelSet struct {
	Version string                         `json:"version"`
	From    string                         `json:"from"` // day
	Source  string                         `json:"source"`
	Areas   map[casework.ThreatArea]string `json:"areas"`
	// Businesses are the guidance's "different business models"; the codes are proposed.
	Businesses map[casework.BusinessModel]string `json:"business_models"`
}

//go:embed labels.json
var labelsJSON []byte

// Labels are all sets, the newest last. One that breaks is a mistake in the
// program.
//
//nolint:gochecknoglobals // read once
var Labels = sync.OnceValue(func() (sets []LabelSet) {
	if err := json.Unmarshal(labelsJSON, &sets); err != nil || len(sets) == 0 {
		panic("the labels of the threat areas cannot be read")
	}
	return sets
})

// Label is what an area was called in a version of the labels; its code if there
// is no such version.
func Label(sets []LabelSet, version string, a casework.ThreatArea) string {
	for _, s := range sets {
		if s.Version == version && s.Areas[a] != "" {
			return s.Areas[a]
		}
	}
	return string(a)
}

// BusinessLabel is what a business model was called in a version of the labels; its
// code if there is no such version.
func BusinessLabel(sets []LabelSet, version string, b casework.BusinessModel) string {
	for _, s := range sets {
		if s.Version == version && s.Businesses[b] != "" {
			return s.Businesses[b]
		}
	}
	return string(b)
}

// Newest is the set in use.
func Newest() LabelSet {
	sets := Labels()
	return sets[len(sets)-1]
}
