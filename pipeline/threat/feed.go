package threat

import (
	_ "embed"
	"strconv"
	"strings"
)

// Schema describes a record of the feed (JSON Schema 2020-12). Other systems may
// rely on it: another form of record gets another name.
//
//go:embed oic-feed-v1.schema.json
var Schema []byte

// Columns are the columns of a record as a table, in order. A list is one cell,
// its parts parted by spaces.
//
//nolint:gochecknoglobals // a table, never written
var Columns = []string{
	"feed", "id", "revision", "period", "threat_area_primary", "threat_area_secondary", "labels", "role", "verdict", "confidence", "level",
	"issuing_state", "type", "detection_stage", "channel", "site", "modes", "direction", "series", "business_model", "methods",
	"price_currency", "price_band", "price_grade", "answered", "declined", "not_safe", "unknown", "not_asked", "msht_linkage",
	"grade", "handling", "marking", "guidance", "rule_set", "hash",
}

// Cells are the cells of a record, in the order of Columns.
func (o Outcome) Cells() []string {
	currency, band, grade, linked := "", "", "", ""
	if o.Price != nil {
		currency, band, grade = o.Price.Currency, strconv.Itoa(o.Price.Band), o.Price.Grade
	}
	if o.Linked != nil {
		linked = strconv.Itoa(*o.Linked)
	}
	u := o.Upstream
	return []string{
		o.Feed, o.ID, strconv.Itoa(o.Revision), o.Period, string(o.ThreatArea.Primary), joined(o.ThreatArea.Secondary), o.Labels, string(o.Part),
		string(o.Verdict), string(o.Confidence), strconv.Itoa(o.Level), o.Model.IssuingState, o.Model.Type, string(o.Stage), string(o.Channel), o.Site,
		joined(o.Modes), o.Direction, o.Series, string(o.BusinessModel), joined(o.Methods), currency, band, grade,
		joined(u.Answered), joined(u.Declined), joined(u.NotSafe), joined(u.Unknown), joined(u.NotAsked), linked,
		o.Grade, o.Handling, o.Marking, o.Guidance, o.RuleSet, o.Hash,
	}
}

// joined writes a list into one cell.
func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = string(v)
	}
	return strings.Join(words, " ")
}
