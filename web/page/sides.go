package page

import (
	"cmp"
	"net/url"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// Pair is two pictures that may be sides of one document.
type Pair struct{ Side, Head pipeline.Document }

// side is one picture of a document that has several.
type side struct {
	pipeline.Document
	Tag  label
	Here bool // it is the one that is shown
}

// sidesOf lists the pictures of a document; none if there is one alone.
func sidesOf(v Document) (sides []side) {
	if len(v.Sides) < 2 {
		return nil
	}
	for _, d := range v.Sides {
		sides = append(sides, side{Document: d, Tag: sideTag(d, v.Sides), Here: d.ID == v.Document.ID})
	}
	return sides
}

func sideTag(d pipeline.Document, all []pipeline.Document) label {
	switch {
	case !pipeline.Covered(d.Outcome, all):
		return tagOf(d.State, d.Outcome)
	case d.Outcome.Problem == pipeline.ProblemZoneNotFound:
		return label{"No zone on this side", "grey"}
	default:
		return label{"A better picture came", "grey"}
	}
}

// wholeOf says in one sentence how the pictures of a document stand together.
func wholeOf(v Document) string {
	if len(v.Sides) < 2 {
		return ""
	}
	n := count(len(v.Sides), "picture", "pictures")
	worst := pipeline.Worst(v.Sides)
	switch {
	case worst.State != pipeline.StateScreened:
		return "Of the " + n + " of this document, not all have been checked yet."
	case worst.Outcome.Conclusion == pipeline.ReviewSuggested:
		return "Something in the " + n + " of this document does not fit together. The worst result comes first."
	case worst.Outcome.Conclusion == pipeline.NoIrregularityFound:
		return "What we could check in the " + n + " of this document fits together."
	default:
		return "Not all of the " + n + " of this document could be checked."
	}
}

// missingOf tells whether the front of a card is missing: the zone of a small
// card is on its back.
func missingOf(v Document) bool {
	return v.Own && len(v.Sides) < 2 && v.Report != nil &&
		slices.ContainsFunc(v.Report.Zones(), func(z pipeline.ZoneReading) bool { return z.Format == mrz.TD1 })
}

// Side is where another picture of the same document is added.
func (v Document) Side() string {
	q := url.Values{}
	set(q, "page_of", string(cmp.Or(v.Document.PageOf, v.Document.ID)))
	return address("/upload", q)
}

// retake is what to do about a picture that could not be checked, while the
// person is still there.
type retake struct {
	Words   string // what was wrong, and how to do better
	Address string
	Used    bool // it is used all the same
	Enough  bool // it was taken again twice: going on comes first
}

// retakesEnough is how many pictures are asked for beside the first.
const retakesEnough = 2

// retakeOf tells whether the uploader should take the picture again.
func retakeOf(v Document) *retake {
	if !v.Own || v.Document.Outcome.Conclusion != pipeline.CouldNotCheck || pipeline.Covered(v.Document.Outcome, v.Sides) {
		return nil
	}
	tries := 0
	for _, d := range v.Sides {
		if d.Outcome.Conclusion == pipeline.CouldNotCheck && !pipeline.Covered(d.Outcome, v.Sides) {
			tries++
		}
	}
	return &retake{Words: v.wrong(), Address: v.Side(), Used: v.UsedAnyway, Enough: tries > retakesEnough}
}

// wrong says what was wrong with the picture, and how to do better.
func (v Document) wrong() string {
	statement := string(v.Document.Outcome.Problem)
	if v.Report != nil {
		statement = v.Report.Quality()
	}
	return stop(text.Reason(statement, map[string]string{"file": v.Document.FileName}))
}

// receivedTag says how a file of an upload stands: what should be taken again is
// said before the person has gone.
func receivedTag(f ReceivedFile) label {
	if f.Document.Outcome.Conclusion == pipeline.CouldNotCheck {
		return label{"Retake needed", "red"}
	}
	return tagOf(f.Document.State, f.Document.Outcome)
}

// receivedWords says what was wrong with a picture, and how to do better.
func receivedWords(f ReceivedFile) string {
	if f.Document.Outcome.Conclusion != pipeline.CouldNotCheck {
		return ""
	}
	return Document{Document: f.Document, Report: f.Report}.wrong()
}
