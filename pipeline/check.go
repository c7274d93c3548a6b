package pipeline

import (
	"fmt"
	"image"
)

// Outcome is the answer of one check, with the five result states of
// BSI TR-03135 (Doc 9303-2, appendix C).
type Outcome string

// The five outcomes. Only Fail moves a screening outcome.
const (
	OK           Outcome = "ok"            // checked, and as it should be
	Fail         Outcome = "fail"          // checked, and not as it should be; the pixels leave no doubt
	Undetermined Outcome = "undetermined"  // looked, and could not tell
	NotPerformed Outcome = "not_performed" // had nothing to look at, and the reason says why
	Aborted      Outcome = "aborted"       // the check itself broke
)

// Severity is how much a Fail matters, from S0 (information) to S4 (urgent
// human look).
type Severity uint8

// The severities.
const (
	S0 Severity = iota // information
	S1                 // weak
	S2                 // moderate
	S3                 // strong
	S4                 // urgent human look
)

// String gives the catalogue's form: "S2".
func (s Severity) String() string { return fmt.Sprintf("S%d", uint8(s)) }

// MarshalText writes the catalogue's form.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the catalogue's form and refuses anything else.
func (s *Severity) UnmarshalText(b []byte) error {
	if len(b) != 2 || b[0] != 'S' || b[1] < '0' || b[1] > '4' {
		return fmt.Errorf("a severity is S0 to S4")
	}
	*s = Severity(b[1] - '0')
	return nil
}

// Check asks one question of a document. It is an entry of the catalogue: data
// and one pure function.
type Check struct {
	ID       string   // of the catalogue, never reused: "MRZ-03"
	Name     string   // what it asks, in a reviewer's words
	Standard string   // what makes it right: "Doc 9303-3, 4.9"
	Severity Severity // of a Fail, unless the finding says less
	Version  int      // raised when the answer to the same input can change
	// Run answers for every zone, page or field it concerns: at least one
	// finding, whatever the input. It must not keep or change the input.
	Run func(in *Input) []Finding
	// After takes the place of Run in a check that looks at what the others
	// found. It must not change the findings.
	After func(in *Input, found []Finding) []Finding
}

// Finding is one answer of one check, with its evidence. It is about the
// document: it never holds a judgement on a person.
type Finding struct {
	Check     string   `json:"check"`
	Version   int      `json:"version"`
	Outcome   Outcome  `json:"outcome"`
	Severity  Severity `json:"severity"`
	Statement string   `json:"statement"`           // key of the sentence in the text catalogue
	Reason    string   `json:"reason"`              // that sentence, filled in, as the officer saw it
	Boxes     []Box    `json:"boxes"`               // where, in pixels of the original; never nil in JSON
	Values    []Value  `json:"values,omitempty"`    // what was compared
	Deviation string   `json:"deviation,omitempty"` // known issuer deviation that explains a Fail: then it is not counted
}

// Value is one thing that a check compared: what stands there and what was
// expected. Both may be personal data.
type Value struct {
	Label    string `json:"label"`
	Printed  string `json:"printed"`
	Expected string `json:"expected,omitempty"`
}

// Box is an upright rectangle in pixels of the original as stored, before any
// turn that its EXIF orientation asks for.
type Box struct {
	Page   int    `json:"page"` // 0 is the first
	X      int    `json:"x"`
	Y      int    `json:"y"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Label  string `json:"label,omitempty"` // "date of birth check digit"
}

// BoxOf makes a box of a rectangle on page 0.
func BoxOf(r image.Rectangle, label string) Box {
	return Box{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy(), Label: label}
}
