package casework

import (
	"slices"
	"time"
)

// Provision is a piece of law that people ask for by the day of an encounter. It is
// reference data: nothing here says that anybody did anything.
type Provision struct {
	Code     string
	Act      string
	Says     string
	Protects bool      // a defence or a duty for the person; shown first
	From     time.Time // zero: before anything that is kept here
	To       time.Time // the first day on which it is not in force; zero: it is
	Source   string
	Verified bool // the source was read; otherwise screens say so
}

// nabaDay is when the Nationality and Borders Act 2022 changed what arriving is.
var nabaDay = time.Date(2022, time.June, 28, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant, if a time could be one

// law is the table: what protects comes first.
//
//nolint:gochecknoglobals // a table, never written
var law = []Provision{
	{Code: "MSA2015-45", Act: "Modern Slavery Act 2015, section 45", Says: "A defence for victims who were compelled, and for children without compulsion. Schedule 4 leaves some acts out.", Protects: true, Source: "College of Policing APP; CPS guidance", Verified: true},
	{Code: "IAA1999-31", Act: "Immigration and Asylum Act 1999, section 31", Says: "A defence for refugees who came directly, presented themselves without delay and had good cause. Record the time of a claim and the way at once.", Protects: true, Source: "CPS text of 2018", Verified: true},
	{Code: "MSA2015-52", Act: "Modern Slavery Act 2015, section 52", Says: "The duty to notify the Home Office of a possible victim who was met in England or Wales.", Protects: true, Source: "College of Policing APP", Verified: true},
	{Code: "IA1971-24-OLD", Act: "Immigration Act 1971, section 24, as it was", Says: "Entering without leave.", To: nabaDay, Source: "CPS guidance to 13 February 2024", Verified: true},
	{Code: "IA1971-24D1", Act: "Immigration Act 1971, section 24, as amended by the Nationality and Borders Act 2022", Says: "Entering, and arriving, without leave or entry clearance.", From: nabaDay, Source: "CPS guidance to 13 February 2024", Verified: true},
	{Code: "IA1971-24A", Act: "Immigration Act 1971, section 24A", Says: "Leave by deception.", Source: "CPS guidance to 13 February 2024", Verified: true},
	{Code: "IA1971-25", Act: "Immigration Act 1971, section 25", Says: "Helping others to come. The longest sentence changed with the Act of 2022.", Source: "general knowledge", Verified: false},
	{Code: "IDA2010-4", Act: "Identity Documents Act 2010, sections 4 to 6", Says: "Having a document that is false, was obtained improperly or is another's, or what makes one.", Source: "legislation.gov.uk; section 6 from general knowledge", Verified: false},
	{Code: "BSAIA2025-13", Act: "Border Security, Asylum and Immigration Act 2025, sections 13 to 16", Says: "Things and information for use in crossing. Whether it has begun is not checked.", From: time.Date(2025, time.December, 2, 0, 0, 0, 0, time.UTC), Source: "crimeline.co.uk", Verified: false},
}

// LawOn gives the provisions that were in force on a day, what protects a person
// first.
func LawOn(day time.Time) []Provision {
	return slices.DeleteFunc(slices.Clone(law), func(p Provision) bool {
		return day.Before(p.From) || !p.To.IsZero() && !day.Before(p.To)
	})
}
