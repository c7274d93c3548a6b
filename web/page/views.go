package page

import (
	"net/url"
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
	Kept   bool   // what somebody typed is given back to them then
	Errors []Error
}

// Account is the view of "account": one's own, and the form for another
// password.
type Account struct {
	Changed bool // it was changed a moment ago
	Errors  []Error
}

// Audit is the view of "audit": who saw and did what, the newest first.
type Audit struct {
	Filter pipeline.AuditFilter
	Day    string // as it was filled in
	Events []pipeline.AuditEvent
	Next   string // address of the next page of the list; empty on the last
	Query  string // what the filters are, for the addresses of files
	Errors []Error
}

// Tokens is the view of "tokens": what other systems come in with.
type Tokens struct {
	Tokens  []pipeline.Token
	Next    string          // address of the next page of the list; empty on the last
	Made    *pipeline.Token // the one that was made a moment ago, with its secret
	Secret  string
	Account string // as it was filled in
	Days    string
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
	// PageOf is the document to which another side is added; nil for documents of
	// their own.
	PageOf     *pipeline.Document
	Unfinished []UnfinishedUpload
	Errors     []Error
	Company    *Company // of the encounter; nil if that is not known here
}

// UnfinishedUpload is a file of which a part has arrived, or all, and that is no
// document yet.
type UnfinishedUpload struct {
	pipeline.Upload
	Arrived int64 // bytes
}

// Received is the view of "received": what became of an upload without
// JavaScript, and the list to wait on with it.
type Received struct {
	Encounter string
	Files     []ReceivedFile
	Pairs     []Pair   // that may be two sides of one document
	Company   *Company // of the encounter; nil if that is not known here
}

// ReceivedFile is one file of an upload: a document, or the reason why not.
type ReceivedFile struct {
	Name      string
	Document  pipeline.Document   // zero if it was refused
	Duplicate bool                // uploaded to this encounter before, by the same account
	Sightings []pipeline.Sighting // only the time of what the account may not read
	Refused   string              // sentence of the text catalogue
	Report    *pipeline.Report    // of a picture that could not be checked
}

// Documents is the view of "documents": the list and its filters.
type Documents struct {
	Saved     Saved
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
	Waiting   int       // documents that wait for a worker, this one included
	Standing  *Standing // nil if no person looks at it

	Sides      []pipeline.Document // all pictures of the document, this one among them
	Own        bool                // the account has uploaded it, and may add to it
	UsedAnyway bool                // though it could not be checked
	Company    *Company            // of its encounter; nil if that is not known here
}

// What a document before reviewers waits for, as everybody may know it: not how
// many have decided, which would tell what the first one said.
const (
	StandingOpen    = "open"
	StandingWaiting = "waiting" // for a better picture
	StandingDecided = "decided"
)

// Standing is how a document stands with the reviewers. It names none of them.
type Standing struct {
	Review  pipeline.DocumentID // reference of the review
	State   string
	DueAt   time.Time
	Safety  bool                // somebody raised a safety concern
	Verdict pipeline.Verdict    // that stands
	Sure    pipeline.Confidence // of it
	Agreed  int                 // how many came to it
	Settled bool                // by a third, because two saw it differently
	Asked   *pipeline.Recapture // the better picture that is waited for
}

// Stand is what an account can do with a review.
type Stand string

// The stands.
const (
	StandMine     Stand = "mine"     // decide: they hold it
	StandFree     Stand = "free"     // take it
	StandHeld     Stand = "held"     // wait: somebody else has it open
	StandUploaded Stand = "uploaded" // nothing: they uploaded a picture of it
	StandHasSaid  Stand = "has_said" // nothing more: they have decided
	StandWaiting  Stand = "waiting"  // wait for the officer
	StandDecided  Stand = "decided"  // read what was decided
	StandWatching Stand = "watching" // look: their role decides nothing
)

// Review is the view of "review": a document before the person who decides.
type Review struct {
	Returned bool // the draft is what was typed before a session ended
	// Paper is the picture that is shown. Where the machine's opinion is folded
	// away its report has the size of the page and nothing else.
	Paper    Document
	Review   pipeline.Review
	Stand    Stand
	Folded   bool                // an impression is wanted before anything else
	Channel  pipeline.Channel    // empty if the encounter is not known here
	Pictures []pipeline.Document // of the document, if there are several
	Holder   string              // what screens call who has it open
	Lost     bool                // it was the reader's before
	Draft    pipeline.Draft
	Saved    time.Time           // when the draft was saved by hand; zero if just now it was not
	Known    []pipeline.Decision // that the account may know of
	Names    map[string]string   // what screens call the accounts
	Asked    []pipeline.Recapture
	Ask      pipeline.Recapture  // as it was sent, with Errors
	Region   string              // chosen for Ask
	Recorded pipeline.DocumentID // that was decided just before
	Errors   []Error
}

// Queue is the view of "queue": a part of the reviews that wait.
type Queue struct {
	Saved   Saved
	Tab     Tab
	Filter  pipeline.ReviewFilter
	Query   url.Values // what tab and filters were chosen with, without the page
	Items   []pipeline.QueueItem
	All     pipeline.ReviewCounts // of all that are open
	Options pipeline.ReviewCounts // of the tab, whatever the filters
	Chosen  pipeline.ReviewCounts // of the tab and the filters
	Tabs    map[Tab]int
	Page    int                 // from 1
	Freed   pipeline.DocumentID // that was taken from its holder just now
	Decided pipeline.DocumentID // that the account has decided on just now
	// Assignment of reviews; Reviewers are empty for who cannot assign.
	Reviewers []string
	Assigned  *Assignment // what became of it just now; nil if nothing was assigned
	Picked    []string    // references that were chosen in a form with errors
	Reviewer  string      // that was selected there
	None      bool        // there was none to start just now
	Typed     string      // reference as it was typed
	Errors    []Error
}

// TypedZone is the view of "typed-zone": the form for a zone that somebody types,
// and what can be said of it.
type TypedZone struct {
	Text   string               // as it was typed
	Zone   *explain.Explanation // nil until there is one
	Errors []Error
}

// Search is the view of "search": the form for looking documents up.
type Search struct {
	Query  pipeline.SearchQuery // as it was sent
	Errors []Error
}

// Found is the view of "found": what a search gave. It does not say what was
// looked for, since that is not kept.
type Found struct {
	Search    pipeline.Search
	Documents []pipeline.Document
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
