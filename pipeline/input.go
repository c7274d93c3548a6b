package pipeline

import (
	"image"
	"time"

	"touchstone.internal/pipeline/mrz"
)

// Input is everything that a check may look at: prepared once, shared by all
// checks, changed by none.
type Input struct {
	Digest  Digest
	AsOf    time.Time // the day against which dates are judged: given, not read
	Capture CaptureClass
	Problem Problem // why there is nothing to look at; empty if there is
	Pages   []Page
}

// Zones gives the machine readable zones of all pages in reading order.
func (in *Input) Zones() []Zone {
	var zs []Zone
	for _, p := range in.Pages {
		zs = append(zs, p.Zones...)
	}
	return zs
}

// Page is one prepared picture.
type Page struct {
	Width, Height int          // of the original as stored
	Orientation   Orientation  // turn that makes Image upright
	Image         *image.NRGBA // upright, full resolution
	Gray          *image.Gray  // its luma
	Saved         Saved
	Zones         []Zone
	Words         []Word // of the printed page, line by line; none where there is no zone
}

// Saved is how a file was last saved: what that rounded away, no check can see.
type Saved struct {
	Lossless bool // every pixel as it was
	// Quality is that of a JPEG file, 1 to 100; see jpegfile.File.Quality. 0 if the
	// file does not say.
	Quality int
}

// Orientation is how many quarter turns clockwise make the stored picture
// upright, after an optional mirroring about the vertical axis.
type Orientation struct {
	Mirrored bool `json:"mirrored"`
	Quarters int  `json:"quarters"` // 0 to 3, clockwise
}

// Zone is one machine readable zone as it was read, unrepaired, and what the
// parser makes of it.
type Zone struct {
	Lines  []Line
	MRZ    mrz.Zone
	Doubts []Doubt // one for each check digit that is refuted
	Pitch  float64 // mean distance of characters, in pixels of the original
}

// Doubt weighs the two ways in which a check digit comes to disagree.
type Doubt struct {
	Field mrz.FieldName // whose digit; Composite for the composite check digit
	// Misread is the likelihood ratio of a misreading, after which printed and
	// computed digit agree, over a wrong print, read right: far below 1 the
	// pixels leave no doubt that it is printed wrong.
	Misread float64
	// Changes lead from the lines as read to the likeliest reading with which the
	// digit agrees. Nothing makes them.
	Changes []Change
}

// Change is another character in one place.
type Change struct {
	At mrz.Span
	To byte
}

// Certain tells whether every character was read surely enough to rely on.
func (z Zone) Certain() bool {
	for _, l := range z.Lines {
		for _, c := range l.Chars {
			if !c.Certain() {
				return false
			}
		}
	}
	return len(z.Lines) > 0 && z.MRZ.Format != mrz.Unknown
}

// Line is one line of a zone, left to right.
type Line struct {
	Chars    []Char
	Likeness Likeness
}

// Likeness is how alike the characters of a line, fillers apart, are to those of
// typefaces: correlations up to 1, each at the blur of the picture.
type Likeness struct {
	OCRB       float64 // what a zone is printed in (Doc 9303-3, 4.4)
	Typewriter float64
	Sans       float64 // as headlines and office letters have
	Characters int     // how many were compared
}

// Text is the line as printed: the best reading of each character.
func (l Line) Text() string {
	b := make([]byte, len(l.Chars))
	for i, c := range l.Chars {
		b[i] = c.Rune
	}
	return string(b)
}

// Char is one character of a zone with its evidence.
type Char struct {
	Rune       byte            // A-Z, 0-9 or the filler <
	Box        image.Rectangle // in pixels of the original as stored
	Confidence float64         // 0 to 1: the belief in Rune, given the pixels and where it stands
	RunnerUp   byte            // the next best reading; 0 if there was none
	// SecondRead is Rune where every reader by itself, by pixels alone, saw this
	// character, or one drawn like it that cannot stand there; otherwise what the
	// one that did not saw. 0 if that is nothing.
	SecondRead byte
}

// CertainAt is the confidence from which a character is relied upon, given
// that the readers agree on it.
const CertainAt = 0.9

// Certain tells whether the character may carry a Fail: sure enough, and seen
// twice (MRZ-01 of the catalogue).
func (c Char) Certain() bool { return c.Confidence >= CertainAt && c.SecondRead == c.Rune }

// Problem is why a picture could not be looked at, as a key of the text
// catalogue.
type Problem string

// The problems that a file or its reading can have.
const (
	ProblemNone         Problem = ""
	ProblemEmpty        Problem = "file_empty"
	ProblemTooBig       Problem = "file_too_big"
	ProblemNotPicture   Problem = "file_not_a_picture"
	ProblemCorrupt      Problem = "file_corrupt"
	ProblemTooManyPixel Problem = "file_too_many_pixels"
	ProblemTooManyScans Problem = "file_too_many_scans"
	ProblemTooSmall     Problem = "file_too_small"
	ProblemReaderCrash  Problem = "reader_crashed"
	ProblemReaderSlow   Problem = "reader_timed_out"
	ProblemReaderMemory Problem = "reader_out_of_memory"
	ProblemReaderAnswer Problem = "reader_answer_refused" // the child said something that does not hold up
	ProblemOriginalGone Problem = "original_missing"
	ProblemOriginalDiff Problem = "original_differs" // its digest is not the recorded one
)
