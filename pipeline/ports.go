package pipeline

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrNotFound says that there is nothing of that name. ErrConflict says that
// somebody else was first; what the caller holds is out of date.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("changed by someone else")
)

// BlobKind keeps evidence and what can be drawn again apart.
type BlobKind string

// The kinds of blob.
const (
	Originals  BlobKind = "originals"
	Renditions BlobKind = "renditions"
	Referrals  BlobKind = "referrals" // dropped for who gets them so
)

// Blobs keeps bytes by their digest and never changes them.
type Blobs interface {
	// Put stores size bytes of r under their digest. Bytes that are there
	// already stay as they are: that is success. The reader must be able to
	// seek, since a network error makes the store read it again.
	Put(ctx context.Context, kind BlobKind, d Digest, r io.ReadSeeker, size int64) error
	// Get opens a blob; ErrNotFound if there is none. It promises nothing of
	// the bytes: the caller compares their digest.
	Get(ctx context.Context, kind BlobKind, d Digest) (body io.ReadCloser, size int64, err error)
	// Ping tells whether the store can be reached and the bucket is there.
	Ping(ctx context.Context) error
}

// Actor is who did something, for the audit log.
type Actor struct {
	Account string // account name, or the worker's name
	Role    Role
}

// Screened is what a worker hands in for a document.
type Screened struct {
	Report    Report
	Rendition Digest // of the page image; may be empty
	At        time.Time
	Review    *Opening // nil if no person needs to look
}

// DocumentFilter chooses documents for a list; zero fields choose all.
type DocumentFilter struct {
	State      State
	Conclusion Conclusion
	Encounter  string
	UploadedBy string
	Limit      int        // at most 101; 0 is 25
	After      DocumentID // the last one of the page before
}

// Documents is the record of every document: the truth, of which the queue is
// only a reminder. Every method that changes something writes its audit entry
// in the same transaction.
type Documents interface {
	// Create records a received document. If the same account has uploaded the
	// same bytes to the same encounter before, that document comes back instead
	// and created is false.
	Create(ctx context.Context, d Document) (_ Document, created bool, err error)
	Find(ctx context.Context, id DocumentID) (Document, error)
	// List gives the newest first.
	List(ctx context.Context, f DocumentFilter) ([]Document, error)
	// Sightings are the other documents with these bytes, oldest first.
	Sightings(ctx context.Context, d Digest, except DocumentID) ([]Sighting, error)
	// Pages are the other pictures of a document, in the order of their arrival.
	Pages(ctx context.Context, head DocumentID) ([]Document, error)
	// Join makes a document another side of head: both of who and of one
	// encounter, and neither a side already. ErrConflict otherwise.
	Join(ctx context.Context, id, head DocumentID, who Account, now time.Time) error
	// Claim takes a document that is received, or whose lease has run out, for
	// owner until the given time and raises Attempt. ErrConflict if it is
	// screened or somebody holds it.
	Claim(ctx context.Context, id DocumentID, owner string, now, until time.Time) (Document, error)
	// Release gives a claimed document back, so that it is tried again at once.
	Release(ctx context.Context, d Document) error
	// Finish stores the one report of a document that the caller has claimed, and
	// puts it before reviewers if it says so; ErrConflict if the claim was lost.
	Finish(ctx context.Context, d Document, s Screened) error
	// Report gives the report of a screened document.
	Report(ctx context.Context, id DocumentID) (Report, error)
	// Late gives documents that should have been picked up by now: received
	// before the given time, or with a lease that ran out.
	Late(ctx context.Context, receivedBefore, now time.Time, limit int) ([]Document, error)
	// Backlog counts all that Late would give, and tells since when the oldest
	// document without a report waits.
	Backlog(ctx context.Context, receivedBefore, now time.Time) (Backlog, error)
	// Counts gives the number of documents in each state.
	Counts(ctx context.Context) (map[State]int, error)
}

// Accounts keeps who may sign in. Every method that changes an account writes
// its audit entry in the same transaction. ErrLastAdministrator keeps the last
// one who can let others in.
type Accounts interface {
	CreateAccount(ctx context.Context, a Account, d Deed) error // ErrConflict if the name is taken
	FindAccount(ctx context.Context, name string) (Account, error)
	// ListAccounts gives accounts by name, beginning after one.
	ListAccounts(ctx context.Context, after string, limit int) ([]Account, error)
	CountAccounts(ctx context.Context) (int, error)
	// CountAdministrators counts those who can let others in.
	CountAdministrators(ctx context.Context) (int, error)
	// EditAccount sets title and role; another role ends the sessions.
	EditAccount(ctx context.Context, name, title string, role Role, d Deed) error
	// LockAccount locks an account, which ends its sessions, or unlocks it.
	LockAccount(ctx context.Context, name string, locked bool, d Deed) error
	// SetNeedToKnow lets an account see what only those see who need to know, or not
	// any more.
	SetNeedToKnow(ctx context.Context, name string, need bool, d Deed) error
	// SetPassword sets another password and ends the sessions.
	SetPassword(ctx context.Context, name string, p Password, d Deed) error
}

// Device is a browser on which somebody has signed in. It keeps a token, which
// is another after every sign-in.
type Device struct {
	Token   string
	Before  string // the token until now; empty if it had none
	Account string // who has signed in
	Until   time.Time
}

// Devices are the browsers on which somebody has signed in before.
type Devices interface {
	KnowsDevice(ctx context.Context, token, account string) (bool, error)
	// RememberDevice knows the device by its new token, for the account and for
	// those for which it was known before.
	RememberDevice(ctx context.Context, d Device) error
}

// Operation is what was done with personal data (the six of DPA 2018 s.62,
// and signing in).
type Operation string

// The operations.
const (
	OpCollect  Operation = "collect"
	OpAlter    Operation = "alter"
	OpConsult  Operation = "consult"
	OpDisclose Operation = "disclose"
	OpCombine  Operation = "combine"
	OpErase    Operation = "erase"
	OpSignIn   Operation = "sign_in"
)

// AuditEvent is one line of the audit log. It holds no personal data beyond
// who acted.
type AuditEvent struct {
	Seq       int64
	At        time.Time
	Actor     Actor
	Operation Operation
	Object    string // document reference, or the page that was searched
	Detail    string // a fixed word: "received", "screened", "image", "denied"
}

// Operations are all of them.
//
//nolint:gochecknoglobals // a table, never written
var Operations = []Operation{OpCollect, OpAlter, OpConsult, OpDisclose, OpCombine, OpErase, OpSignIn}

// AuditFilter chooses events for a list; zero fields choose all.
type AuditFilter struct {
	Account   string
	Object    string
	Operation Operation
	From, To  time.Time // from then on, and before then
	Before    int64     // number of the last event of the page before
	Limit     int
}

// Audit is the append-only log of who saw and did what.
type Audit interface {
	// Append writes the event before the bytes that it speaks of are served.
	Append(ctx context.Context, e AuditEvent) error
	// History gives the events of one object, oldest first.
	History(ctx context.Context, object string) ([]AuditEvent, error)
	// SearchAudit gives events, the newest first.
	SearchAudit(ctx context.Context, f AuditFilter) ([]AuditEvent, error)
}

// Tasks reminds workers of a document. It may forget: the sweeper reminds again.
type Tasks interface {
	EnqueueScreen(ctx context.Context, id DocumentID, attempt int) error
}

// Job is one picture to screen.
type Job struct {
	Digest  Digest
	Size    int64
	Body    io.Reader
	AsOf    time.Time
	Capture CaptureClass
}

// Rendition is the upright page as raw pixels: three bytes a pixel, red,
// green, blue, row by row. Nothing but pixels leaves the child.
type Rendition struct {
	Width, Height int
	Pix           []byte
}

// ScreenResult is what a screener says of a job. The report comes complete,
// with its outcome.
type ScreenResult struct {
	Report    Report
	Rendition Rendition // zero if there is nothing to show
}

// Screener reads and checks one picture. A picture that cannot be read, or
// that breaks the reader, is no error: its report says so. An error means that
// it may be tried again.
type Screener interface {
	Screen(ctx context.Context, job Job) (ScreenResult, error)
}
