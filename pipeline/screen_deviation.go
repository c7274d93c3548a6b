package pipeline

import (
	"strings"

	"touchstone.internal/pipeline/mrz"
)

// Deviation is a known mistake of an issuer that makes one check fail on
// documents that the issuer did issue so (Doc 9303-3, section 7). Empty fields
// match everything, so an entry should fill in all that its notice says.
type Deviation struct {
	ID           string     // "UTO-2019-1": stands on the finding and in the report
	Check        string     // the check that it explains
	Statement    string     // what that check must have said
	Format       mrz.Format // format of the zone
	IssuingState string     // as in the zone, without fillers
	DocumentCode string     // as in the zone, without fillers
	NumberPrefix string     // what the document numbers concerned begin with
	Source       string     // where the issuer or a reviewer says so
}

// Deviations is the table in force. No entry has been reviewed yet.
var Deviations []Deviation //nolint:gochecknoglobals // a table, never written

// explain puts the first matching deviation on every Fail, which then does not
// count.
func explain(found []Finding, pages []PageReading, known []Deviation) {
	for i := range found {
		f := &found[i]
		if f.Outcome != Fail {
			continue
		}
		for _, d := range known {
			if z, ok := zoneOf(*f, pages); ok && d.matches(*f, z) {
				f.Deviation = d.ID
				break
			}
		}
	}
}

// zoneOf finds the zone that a finding speaks of: the one that its boxes lie
// in, or the only one.
func zoneOf(f Finding, pages []PageReading) (ZoneReading, bool) {
	zs := Report{Pages: pages}.Zones()
	for _, z := range zs {
		for _, b := range f.Boxes {
			if b.Page == z.Box.Page && !b.Rect().Intersect(z.Box.Rect()).Empty() {
				return z, true
			}
		}
	}
	if len(zs) == 1 {
		return zs[0], true
	}
	return ZoneReading{}, false
}

func (d Deviation) matches(f Finding, z ZoneReading) bool {
	number := z.field(mrz.DocumentNumber)
	return d.Check == f.Check &&
		(d.Statement == "" || d.Statement == f.Statement) &&
		(d.Format == mrz.Unknown || d.Format == z.Format) &&
		(d.IssuingState == "" || d.IssuingState == z.field(mrz.IssuingState)) &&
		(d.DocumentCode == "" || d.DocumentCode == z.field(mrz.DocumentCode)) &&
		strings.HasPrefix(number, d.NumberPrefix)
}

// field gives a field's value; empty if the zone has none.
func (z ZoneReading) field(n mrz.FieldName) string {
	for _, f := range z.Fields {
		if f.Name == n {
			return f.Value
		}
	}
	return ""
}
