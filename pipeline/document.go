package pipeline

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Digest names bytes by their SHA-256: 64 lower case hexadecimal digits.
type Digest string

// ParseDigest reads a digest that came from outside.
func ParseDigest(s string) (Digest, error) {
	if b, err := hex.DecodeString(s); err != nil || len(b) != 32 || s != strings.ToLower(s) {
		return "", errors.New("a digest is 64 lower case hexadecimal digits")
	}
	return Digest(s), nil
}

// DigestOf turns a SHA-256 sum into a Digest.
func DigestOf(sum [32]byte) Digest { return Digest(hex.EncodeToString(sum[:])) }

// DocumentID is the reference that people read to each other: "TSD-7Q4K-2M9X".
// The letters are Crockford's base 32, so that 0 and O, 1 and I are one.
type DocumentID string

// idAlphabet is Crockford's base 32: no I, L, O or U.
const idAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewDocumentID makes a reference from random bytes that the caller supplies,
// because chance, like time, comes from outside.
func NewDocumentID(random [8]byte) DocumentID {
	var b [8]byte
	for i, r := range random {
		b[i] = idAlphabet[r%32]
	}
	return DocumentID("TSD-" + string(b[:4]) + "-" + string(b[4:]))
}

// ParseDocumentID reads a reference as people type it: lower case, O for 0 and
// I or L for 1 are understood.
func ParseDocumentID(s string) (DocumentID, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	body, ok := strings.CutPrefix(s, "TSD-")
	if !ok || len(body) != 9 || body[4] != '-' {
		return "", errors.New("a document reference looks like TSD-7Q4K-2M9X")
	}
	body = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(body)
	for i, r := range body {
		if i != 4 && !strings.ContainsRune(idAlphabet, r) {
			return "", errors.New("a document reference looks like TSD-7Q4K-2M9X")
		}
	}
	return DocumentID("TSD-" + body), nil
}

// CaptureClass says how the picture came to be, which bounds what any check
// can claim (an assurance ceiling). Of a reader or an instrument only the
// picture in visible light comes here: what else it saw is not looked at.
type CaptureClass string

// The capture classes.
const (
	CaptureCopy     CaptureClass = "C0" // photocopy, fax, a picture that somebody sent
	CapturePhoto    CaptureClass = "C1" // phone photograph of the original
	CaptureScanner  CaptureClass = "C2" // flatbed or contact scanner, 385 ppi or more
	CaptureReader   CaptureClass = "C3" // full-page reader: visible, infrared and ultraviolet light
	CaptureChip     CaptureClass = "C4" // full-page reader that read the chip too
	CaptureExaminer CaptureClass = "C5" // an examiner's instrument, such as a video spectral comparator
)

// CaptureClasses are all of them, from least to most that can be claimed.
//
//nolint:gochecknoglobals // a table, never written
var CaptureClasses = []CaptureClass{CaptureCopy, CapturePhoto, CaptureScanner, CaptureReader, CaptureChip, CaptureExaminer}

// ParseCaptureClass reads a capture class that came from outside.
func ParseCaptureClass(s string) (CaptureClass, error) {
	if c := CaptureClass(s); slices.Contains(CaptureClasses, c) {
		return c, nil
	}
	return "", fmt.Errorf("a capture class is one of %s to %s", CaptureCopy, CaptureExaminer)
}

// State is where a document is on its one way.
type State string

// The states, in order. A document that could not be checked is screened too:
// its outcome says so.
const (
	StateReceived  State = "received"  // original stored, waiting for a worker
	StateScreening State = "screening" // claimed by a worker under a lease
	StateScreened  State = "screened"  // has exactly one report
)

// ParseState reads a state that came from outside.
func ParseState(s string) (State, error) {
	switch st := State(s); st {
	case StateReceived, StateScreening, StateScreened:
		return st, nil
	}
	return "", errors.New("a state is one of received, screening, screened")
}

// MediaType is what the first bytes of a file say it is.
type MediaType string

// The file types that are read.
const (
	JPEG MediaType = "image/jpeg"
	PNG  MediaType = "image/png"
	WebP MediaType = "image/webp"
)

// SniffLen is how many leading bytes Sniff wants to see.
const SniffLen = 16

// Sniff tells the type of a file by its first bytes; ok is false for anything
// that is not read. It looks at constant positions only and decodes nothing.
func Sniff(head []byte) (t MediaType, ok bool) {
	s := string(head)
	switch {
	case strings.HasPrefix(s, "\xff\xd8\xff"):
		return JPEG, true
	case strings.HasPrefix(s, "\x89PNG\r\n\x1a\n"):
		return PNG, true
	case len(s) >= 12 && s[:4] == "RIFF" && s[8:12] == "WEBP":
		return WebP, true
	}
	return "", false
}

// MaxUploadBytes is the size above which a file is refused: 20 MB, as the
// upload page says.
const MaxUploadBytes = 20_000_000

// Document is one uploaded picture and where it stands. Times are UTC.
type Document struct {
	ID         DocumentID
	Digest     Digest // of the original
	Size       int64  // bytes of the original
	MediaType  MediaType
	FileName   string // as the uploader named it; personal data, never logged
	Encounter  string // reference of the encounter it belongs to
	Capture    CaptureClass
	PageOf     DocumentID // first picture of the same document, such as its front; empty for that one itself
	UploadedBy string     // account name
	ReceivedAt time.Time

	State      State
	Attempt    int       // how often a worker has claimed it
	Owner      string    // worker that holds the lease; empty unless screening
	LeaseUntil time.Time // zero unless screening

	// Set when screened.
	ScreenedAt time.Time
	Outcome    ScreeningOutcome
	Rendition  Digest // of the upright page image that we drew ourselves; may be empty
}

// Head is the first picture of the document that this one shows a side of, by
// whose reference the document as a whole is known.
func (d Document) Head() DocumentID { return cmp.Or(d.PageOf, d.ID) }

// Sighting is an earlier upload of the same bytes.
type Sighting struct {
	DocumentID DocumentID
	Encounter  string
	ReceivedAt time.Time
	Outcome    ScreeningOutcome // zero until screened
}
