package page

import (
	"cmp"
	"net/url"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
)

// patience is how long checks usually take at most. Beyond, the page says that
// it takes longer than usual.
const patience = time.Minute

// mostReasons is how many reasons an officer reads. The others are one click
// away.
const mostReasons = 3

// progress is a document that has no report yet.
type progress struct {
	Started bool
	Late    bool
	Waiting string
}

// progressOf says how far a document is.
func progressOf(v Document, now time.Time) progress {
	p := progress{
		Started: v.Document.State == pipeline.StateScreening,
		Late:    now.Sub(v.Document.ReceivedAt) > patience,
		Waiting: "It is the next in line.",
	}
	if v.Waiting > 1 {
		p.Waiting = count(v.Waiting, "document waits", "documents wait") + ", this one included."
	}
	return p
}

// answer is what an officer is told about a screened document.
type answer struct {
	Kind     string // "examine", "clear", "unread" or "fault"
	Headline string
	Lead     string // what was found, in a sentence
	More     string // what that means
	Note     string // small print of the indication
	Steps    []step
	Reasons  []reason
	Noticed  []reason // of no weight, but good to know
	Limits   []string // what the result does not tell
	Next     []string
	Groups   []group
	Tally    string
	Sheet    *sheet
}

// step is one thing to do now.
type step struct {
	Do, How string
	Link    link
}

// reason is one finding as an officer reads it.
type reason struct {
	Title, Sentence, CouldBe, Strength string
	Crop                               *crop
}

// answerOf puts a report into an officer's words.
func answerOf(v Document) answer {
	o := v.Report.Outcome
	a := answer{Headline: headline(o), Limits: limits(v), Groups: groupsOf(v), Note: note(o)}
	if s, ok := sheetOf(v); ok {
		a.Sheet = &s
	}
	a.Tally = tally(a.Groups)
	switch o.Conclusion {
	case pipeline.NoIrregularityFound:
		a.clear()
	case pipeline.ReviewSuggested:
		a.review(v)
	case pipeline.CouldNotCheck:
		a.unread(v)
		if pipeline.Covered(o, v.Sides) {
			a.covered(v)
		}
	default:
		a.fault(v)
	}
	a.Noticed = v.noticed()
	return a
}

func note(o pipeline.ScreeningOutcome) string {
	if o.Conclusion == pipeline.ReviewSuggested && !o.Calibrated {
		return text.Uncalibrated
	}
	return ""
}

// limits says what no result of a picture can tell.
func limits(v Document) []string {
	ls := []string{"It is about the document, not the person."}
	if v.Report.Outcome.Conclusion == pipeline.NoIrregularityFound {
		ls = append(
			ls,
			"It does not show that the document is real, or that it belongs to the person who carries it.",
			"We looked at the lines of letters and numbers in one picture. We did not look at the paper, the print, the photograph or the chip.",
		)
	} else {
		ls = append(ls, "It does not say that anybody did wrong. The person may not know, may be a victim, or may be seeking protection.")
	}
	if said := unseen[v.Document.Capture]; said != "" {
		ls = append(ls, said)
	}
	return ls
}

// unseen is what a reader or an instrument may have seen and we did not.
var unseen = map[pipeline.CaptureClass]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.CaptureReader:   "We looked at the picture in visible light alone. What the reader saw in ultraviolet and infrared light is not part of this result.",
	pipeline.CaptureChip:     "We looked at the picture in visible light alone. What the reader saw in ultraviolet and infrared light, and what it read from the chip, is not part of this result.",
	pipeline.CaptureExaminer: "We looked at the picture alone. What the instrument showed in ultraviolet and infrared light or under magnification, and the chip, is not part of this result.",
}

// safety comes first, whatever the result.
func safety(how string) step {
	return step{Do: "Check that the person is safe.", How: how, Link: link{Address: "/safety", Text: "What to do about a safety concern"}}
}

const (
	alone   = "Speak to them alone, in a language they are confident in. People can be made to carry documents by someone who controls them."
	anyDoc  = "A safety concern does not depend on what we found."
	byHand  = "Use a lens and ultraviolet light if you have them, or ask a document examiner. Say reference "
	retaken = "Upload another picture"
)

func (a *answer) clear() {
	a.Kind = "clear"
	a.Lead = "What we could check in this picture fits together. Our checks cannot show that a document is real."
	a.More = "Continue your normal checks."
	a.Steps = []step{
		safety(anyDoc),
		{Do: "Compare the photograph with the person.", How: "We do not compare faces."},
		{Do: "Look at the document itself, if you have it.", How: "Feel the paper, tilt it, and look for changes that a picture cannot show."},
	}
	a.Next = []string{"The result stays here. You do not need to do anything more with it."}
}

func (a *answer) review(v Document) {
	a.Kind = "examine"
	a.Reasons = v.reasons(mostReasons)
	n := len(v.Report.Outcome.Contributions)
	a.Lead = upper(count(n, "thing in this document does", "things in this document do")) + " not fit together."
	a.More = "A trained person must look at the document. Do not rely on it until they have."
	if v.Report.Outcome.Band == pipeline.Low {
		a.More = "That can have an everyday cause. Ask a trained person to look at the document before you rely on it."
	}
	a.Steps = []step{safety(alone)}
	if len(a.Reasons) > 0 {
		a.Steps = append(a.Steps, step{
			Do: "Compare what we read with the document.", How: "We can misread a character. If the document says something else, upload a better picture.",
			Link: link{Address: "/documents/" + string(v.Document.ID) + "/examine", Text: "See what we read"},
		})
	}
	original := "Ask whether the original can be had: a copy shows less."
	if v.Document.Capture != pipeline.CaptureCopy {
		original = "Keep it flat. Do not bend, staple or write on it."
	}
	a.Steps = append(a.Steps,
		step{Do: "Take care of the original.", How: original},
		step{Do: "Ask a document examiner to look at it.", How: "Say reference " + string(v.Document.ID) + ". They see the same picture and every check."},
	)
	a.Next = []string{"Reviewers can open this result by its reference. Touchstone decides nothing and tells nobody by itself, so do ask the examiner."}
}

func (a *answer) unread(v Document) {
	a.Kind = "unread"
	problem := v.Report.Quality()
	a.Lead = v.wrong()
	a.More = "That says nothing about the document, good or bad."
	said, _ := text.Entry(problem)
	a.Reasons = v.open(mostReasons)
	a.Steps = []step{
		safety(anyDoc),
		{Do: cmp.Or(said.Advice, "Take the photo again") + ".", How: "Fill the frame, hold still, and keep light from shining back off the page.", Link: link{Address: v.again(), Text: retaken}},
		{Do: "If a second picture does not work either, examine the document by hand.", How: byHand + string(v.Document.ID) + "."},
	}
	a.Next = []string{"Nothing was found for or against this document. The picture stays here, so that an examiner can see it."}
}

// covered is a picture that lacks what another one of the same document shows:
// nothing is amiss with it.
func (a *answer) covered(v Document) {
	a.Headline = sideTag(v.Document, v.Sides).Text
	a.Lead = "The zone is on another picture of this document, which has the result."
	a.More = "Compare the printed details with the zone by eye."
	a.Reasons = nil
	a.Steps = []step{safety(anyDoc), {Do: "Read the result of the document.", Link: link{Address: "/documents/" + string(v.Document.Head()), Text: "See the result"}}}
}

func (a *answer) fault(v Document) {
	a.Kind = "fault"
	problem := string(v.Report.Outcome.Problem)
	a.Lead = stop(text.Reason(problem, map[string]string{"file": v.Document.FileName}))
	a.More = "The fault is ours. It says nothing about the document, good or bad."
	said, _ := text.Entry(problem)
	a.Steps = []step{
		safety(anyDoc),
		{Do: cmp.Or(said.Advice, "Upload the picture again") + ".", How: "If it happens twice, tell the operator of this service the reference " + string(v.Document.ID) + ".", Link: link{Address: v.again(), Text: retaken}},
		{Do: "If you cannot wait, examine the document by hand.", How: byHand + string(v.Document.ID) + "."},
	}
	a.Next = []string{"This document is not checked again by itself. Upload it again to have it checked."}
}

// again is where another picture is uploaded: of the same document by who
// uploaded it, of the same encounter by anybody else.
func (v Document) again() string {
	if v.Own {
		return v.Side()
	}
	q := url.Values{}
	set(q, "encounter", v.Document.Encounter)
	return address("/upload", q)
}

// reasons are the findings that count, strongest first.
func (v Document) reasons(most int) []reason {
	var rs []reason
	for _, c := range v.Report.Outcome.Contributions {
		if c.Finding < 0 || c.Finding >= len(v.Report.Findings) || len(rs) == most {
			continue
		}
		rs = append(rs, v.reason(v.Report.Findings[c.Finding]))
	}
	return rs
}

// open are the findings that could not tell.
func (v Document) open(most int) []reason {
	var rs []reason
	for _, f := range v.Report.Findings {
		if (f.Outcome == pipeline.Undetermined || f.Outcome == pipeline.Aborted) && len(rs) < most {
			rs = append(rs, v.reason(f))
		}
	}
	return rs
}

// noticed are the findings that weigh nothing but that an officer wants to
// know, such as an expired document.
func (v Document) noticed() []reason {
	var rs []reason
	for _, f := range v.Report.Findings {
		if f.Outcome == pipeline.Fail && !f.Counted() && f.Statement != string(v.Report.Outcome.Problem) {
			r := v.reason(f)
			r.Crop = nil
			rs = append(rs, r)
		}
	}
	return rs
}

func (v Document) reason(f pipeline.Finding) reason {
	said, _ := text.Entry(f.Statement)
	r := reason{Title: cmp.Or(said.Title, v.name(f)), Sentence: stop(f.Reason), CouldBe: said.CouldBe, Strength: strengths[f.Severity]}
	if f.Outcome == pipeline.Aborted {
		r.Title = v.name(f) + ": not finished"
	}
	if s, ok := sheetOf(v); ok {
		r.Crop = s.crop(f.Boxes)
	}
	return r
}

// name is what a check asks.
func (v Document) name(f pipeline.Finding) string { return cmp.Or(v.Checks[f.Check].Name, f.Check) }
