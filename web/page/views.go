package page

import (
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
)

// Shell is what every page shows around its content.
type Shell struct {
	Account pipeline.Account // zero if nobody is signed in
	Path    string           // of the request, to mark where one is
	Version string
	Now     time.Time // in the location in which times are shown
	Request string    // reference that a person can quote
	Next    string    // address to come back to after a change of theme
	Theme   Theme     // what the reader chose
	Print   bool      // show the page as it prints, with everything unfolded
}

// Error is one mistake in a form: beside the field and in the summary, in the
// same words.
type Error struct {
	Field string // name of the form field, which is also its id
	Text  string
}

// SignIn is the view of "sign-in".
type SignIn struct {
	Name   string
	Next   string // path to go to afterwards
	Errors []Error
}

// Account is the view of "account": one's own, and the form for another
// password.
type Account struct {
	Changed bool // it was changed a moment ago
	Errors  []Error
}

// Home is the view of "home": what the account can do and what is new.
type Home struct{ Recent []pipeline.Document }

// Encounter is the view of "encounter": the three answers from which a new one
// is opened, and since when the person waits.
type Encounter struct {
	Site, Channel, People, Clock string // as they were given
	Errors                       []Error
}

// Upload is the view of "upload".
type Upload struct {
	Encounter string
	Known     *pipeline.Encounter // nil if it was not opened here
	Capture   string
	Errors    []Error
}

// Received is the view of "received": what became of an upload without
// JavaScript, and the list to wait on with it.
type Received struct {
	Encounter string
	Files     []ReceivedFile
}

// ReceivedFile is one file of an upload: a document, or the reason why not.
type ReceivedFile struct {
	Name      string
	Document  pipeline.Document   // zero if it was refused
	Duplicate bool                // uploaded to this encounter before, by the same account
	Sightings []pipeline.Sighting // only the time of what the account may not read
	Refused   string              // sentence of the text catalogue
}

// Documents is the view of "documents": the list and its filters.
type Documents struct {
	Filter    pipeline.DocumentFilter
	Everybody bool // the account sees documents of all accounts
	Documents []pipeline.Document
	Next      string // address of the next page of the list; empty on the last
	Errors    []Error
}

// Document is the view of "document" (the officer's answer, or progress until
// there is one) and of "examine" (the picture with its boxes, fields and all
// checks).
type Document struct {
	Document  pipeline.Document
	Report    *pipeline.Report      // nil until screened
	Sightings []pipeline.Sighting   // only the time of what the account may not read
	History   []pipeline.AuditEvent // nil if the account may not see it
	Checks    map[string]pipeline.Check
	Waiting   int // documents that wait for a worker, this one included
}

// TypedZone is the view of "typed-zone": the form for a zone that somebody types,
// and what can be said of it.
type TypedZone struct {
	Text   string               // as it was typed
	Zone   *explain.Explanation // nil until there is one
	Errors []Error
}

// Safety is the view of "safety": whom to call, for everybody at any time.
type Safety struct{}

// Status is the view of "status": how the service is doing.
type Status struct {
	Parts  map[string]error // nil for a part that answers
	Counts map[pipeline.State]int
}

// Problem is the view of "problem": a page that could not be shown, and why.
type Problem struct {
	Status int
	Title  string
	Detail string
}

// Problems is the view of "problems": what each type of problem of the API
// means.
type Problems struct{ Types []ProblemType }

// ProblemType is one type of problem (RFC 9457).
type ProblemType struct {
	Slug   string // the type is "/problems#" and this
	Title  string
	Status int
	Means  string
}
