package pipeline

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Draft is what a reviewer has put down of a review before they decide. It is
// theirs alone.
type Draft struct {
	// Impression was given before the machine's opinion was seen, where that was
	// folded away. It is given once.
	Impression Verdict `json:"impression,omitempty"`
	Judgement
	Opened []string      `json:"opened,omitempty"` // as in Decision
	Active time.Duration `json:"active,omitempty"` // visible, and something was done
}

// NewDraft is where everybody begins: with a picture, which allows no more than
// the first level of inspection.
func NewDraft() Draft { return Draft{Judgement: Judgement{Level: 1, Basis: BasisImage}} }

// ParseDraft reads a draft as it was kept.
func ParseDraft(b []byte) (d Draft, err error) {
	if err := json.Unmarshal(b, &d); err != nil {
		return Draft{}, fmt.Errorf("parse draft: %w", err)
	}
	return d, nil
}

// Bytes is the draft as it is kept.
func (d Draft) Bytes() ([]byte, error) { return json.Marshal(d) }

// Known is what a reviewer may know of the decisions on a document while their
// own is not needed any more or they settle what two saw differently: all of
// them. Until then, it is what they have decided themselves.
func Known(ds []Decision, reviewer string) []Decision {
	if after := After(ds); after == ReviewDecided || after == ReviewThird {
		return ds
	}
	return slices.DeleteFunc(slices.Clone(ds), func(d Decision) bool { return d.Reviewer != reviewer })
}

// Agreed is how many decisions came to the kind of the one that stands.
func Agreed(ds []Decision) (n int) {
	stands, ok := Settled(ds)
	for _, d := range ds {
		if ok && d.Verdict.Kind() == stands.Verdict.Kind() {
			n++
		}
	}
	return n
}

// RecaptureReasons are why a better picture is asked for: keys of the text
// catalogue, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var RecaptureReasons = []string{
	"ask_glare_zone", "ask_glare_photo", "ask_blur", "ask_dark", "ask_cut_off", "ask_angle", "ask_covered", "ask_screen", "ask_other_side", "ask_closer", "ask_original",
}

// MaxNote is the length of a note to the officer, in characters.
const MaxNote = 300

// Check tells everything that is wrong with a wish for a better picture.
func (r Recapture) Check() (errs []JudgementError) {
	if len(r.Reasons) == 0 {
		errs = append(errs, JudgementError{"reasons", "Select what the picture does not show"})
	}
	for _, reason := range r.Reasons {
		if !slices.Contains(RecaptureReasons, reason) {
			errs = append(errs, JudgementError{"reasons", "Select reasons from the list"})
			break
		}
	}
	if len([]rune(r.Note)) > MaxNote {
		errs = append(errs, JudgementError{"note", "Note must be 300 characters or less"})
	}
	if b := r.Box; b != (Box{}) && (b.Page != 0 || b.X < 0 || b.Y < 0 || b.Width <= 0 || b.Height <= 0) {
		errs = append(errs, JudgementError{"region", "Select a part of the picture, or all of it"})
	}
	return errs
}
