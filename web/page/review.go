package page

import (
	"cmp"
	"fmt"
	"image"
	"net/url"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
	"touchstone.internal/web/policy"
)

// choice is one radio of the decision, and the exact codes below it.
type choice struct {
	option
	ID, Means string
	Codes     []option // empty if there is but one
}

// said is one decision as others read it.
type said struct {
	pipeline.Decision
	Title, Who, Verdict, Sure, Basis, Impression string
	Relied                                       []string
}

// reviewing is the view of a review, ready to be shown.
type reviewing struct {
	Review
	Shell                    Shell
	Exam                     *examination // nil if there is no picture and no report
	Due, Where               string
	Late                     bool
	Notice                   string // what keeps the reader from deciding
	Choices                  []choice
	Confidences              []choice
	Levels, Bases            []option
	Relied, Reasons, Regions []option
	Decisions                []said
	Evidence                 string // what was opened before, for the script
	Seconds                  int
}

// reviewOf prepares a review.
func reviewOf(s Shell, v Review) reviewing {
	r := reviewing{Review: v, Shell: s, Where: upper(channelWords[v.Channel]), Late: s.Now.After(v.Review.DueAt)}
	r.Due = leftWords(v.Review.DueAt.Sub(s.Now))
	r.Notice = Notice(s, v)
	r.Choices, r.Confidences = choicesOf(v.Draft.Verdict), confidencesOf(v.Draft.Confidence)
	for i, words := range levels {
		r.Levels = append(r.Levels, option{fmt.Sprint(i + 1), words, v.Draft.Level == i+1})
	}
	for _, b := range pipeline.Bases {
		r.Bases = append(r.Bases, option{string(b), bases[b], v.Draft.Basis == b})
	}
	for _, reason := range pipeline.RecaptureReasons {
		said, _ := text.Entry(reason)
		r.Reasons = append(r.Reasons, option{reason, said.Title, slices.Contains(v.Ask.Reasons, reason)})
	}
	if v.Paper.Report != nil {
		e := examineOf(s, v.Paper)
		e.Folded, e.Deciding = v.Folded, true
		r.Exam = &e
		r.Regions = regionsOf(v, e)
		r.Relied = reliedOn(e, v.Draft.Findings)
	}
	for _, d := range v.Known {
		r.Decisions = append(r.Decisions, v.said(d))
	}
	r.Evidence, r.Seconds = strings.Join(v.Draft.Opened, " "), int(v.Draft.Active.Seconds())
	return r
}

// Notice says why the reader cannot decide; empty if they can.
func Notice(s Shell, v Review) string {
	holder := "A colleague"
	if policy.May(s.Account.Role, policy.Board) {
		holder = cmp.Or(v.Holder, "Somebody")
	}
	switch v.Stand {
	case StandHeld:
		if v.Lost {
			return holder + " opened this document while you were away. Your draft is saved"
		}
		return holder + " has this document open. You can read it, and the decision is theirs"
	case StandUploaded:
		return "You uploaded this document, so someone else must decide on it"
	case StandHasSaid:
		if len(v.Known) > 1 {
			return "You made one of the first two decisions, so someone else must settle it"
		}
		return "You made the first decision, so someone else must make the second"
	case StandWaiting:
		if v.Review.Kept == s.Account.Name {
			return "You asked the officer for a better picture. The document comes back to you when it is there"
		}
		return "This document waits for a better picture from the officer"
	case StandDecided:
		return "This document was decided " + moment(s.Now, v.decidedAt())
	case StandWatching:
		return "You can read this review. Reviewers decide"
	default: // mine, or free to be taken
		return ""
	}
}

// decidedAt is when the decision that stands was made.
func (v Review) decidedAt() time.Time {
	if len(v.Known) == 0 {
		return v.Review.OpenedAt
	}
	return v.Known[len(v.Known)-1].At
}

// moment says a time of today by the clock alone: "at 2:31pm".
func moment(now, t time.Time) string {
	t = t.In(now.Location())
	if y, m, d := t.Date(); y == now.Year() && m == now.Month() && d == now.Day() {
		return "at " + t.Format("3:04pm")
	}
	return "on " + when(now, t)
}

// choicesOf are the kinds, each with its codes; the first choice has the id that
// an error leads to.
func choicesOf(now pipeline.Verdict) []choice {
	all := make([]choice, len(verdictKinds))
	for i, k := range verdictKinds {
		c := choice{option: option{string(k), kindTexts[k].Label, now.Kind() == k}, ID: "verdict-" + string(k), Means: kindTexts[k].Means}
		if i == 0 {
			c.ID = "verdict"
		}
		if codes := k.Verdicts(); len(codes) > 1 {
			for _, v := range codes {
				c.Codes = append(c.Codes, option{string(v), verdictWords(v), v == now})
			}
		}
		all[i] = c
	}
	return all
}

func confidencesOf(now pipeline.Confidence) []choice {
	all := make([]choice, len(pipeline.Confidences))
	for i, c := range pipeline.Confidences {
		all[i] = choice{option: option{string(c), confidences[c][0], c == now}, ID: "confidence-" + string(c), Means: confidences[c][1]}
	}
	all[0].ID = "confidence"
	return all
}

// reliedOn are the findings that a decision can rest on: one line for each
// check that has some.
func reliedOn(e examination, chosen []string) []option {
	var all []option
	for _, f := range slices.Concat(e.Problems, e.Doubts, e.Notes) {
		i := slices.IndexFunc(all, func(o option) bool { return o.Value == f.Check })
		if i >= 0 {
			all[i].Text = f.Code + ", " + all[i].Text
			continue
		}
		all = append(all, option{f.Check, f.Code + " " + f.Title, slices.Contains(chosen, f.Check)})
	}
	return append(all, option{pipeline.SeenOtherwise, "Something the checks did not find", slices.Contains(chosen, pipeline.SeenOtherwise)})
}

// Regions of a picture that is asked for again, beside the fields by name.
const (
	RegionAll   = ""
	RegionZone  = "zone"
	RegionDrawn = "drawn"
)

// regionsOf are the parts of the picture that a better one can be asked of.
func regionsOf(v Review, e examination) []option {
	all := []option{{RegionAll, "All of the picture", v.Region == RegionAll}}
	if e.Sheet == nil || v.Folded {
		return all
	}
	for _, z := range e.Zones[:min(1, len(e.Zones))] {
		all = append(all, option{RegionZone, "The machine readable zone", v.Region == RegionZone})
		for _, f := range z.Fields {
			if len(f.Marks) > 0 {
				all = append(all, option{string(f.Name), "In the zone: " + text.Field(string(f.Name)), v.Region == string(f.Name)})
			}
		}
	}
	return all
}

// RegionBox is a part of a picture by its name, in the upright page image; ok is
// false if the picture has none of that name. The part that was drawn comes with
// the form.
func RegionBox(v Document, region string) (b pipeline.Box, ok bool) {
	if region == RegionAll {
		return pipeline.Box{}, true
	}
	s, pictured := sheetOf(v)
	if !pictured {
		return b, false
	}
	for _, z := range v.Report.Zones() {
		if region == RegionZone {
			return pipeline.BoxOf(s.rect(z.Box), "machine readable zone"), !s.rect(z.Box).Empty()
		}
		for _, f := range z.Fields {
			if string(f.Name) == region {
				return pipeline.BoxOf(s.rect(f.Box), text.Field(region)), !s.rect(f.Box).Empty()
			}
		}
	}
	return b, false
}

// decisionTitle numbers a decision. There are at most five: four kinds of adverse
// verdict that nobody shares, and one more.
func decisionTitle(seq int) string {
	return []string{"First", "Second", "Third", "Fourth", "Fifth"}[min(max(seq, 1), 5)-1] + " decision"
}

// said puts a decision into words.
func (v Review) said(d pipeline.Decision) said {
	out := said{
		Decision: d, Title: decisionTitle(d.Seq),
		Who: cmp.Or(v.Names[d.Reviewer], d.Reviewer), Verdict: kindTexts[d.Verdict.Kind()].Label + ": " + verdictWords(d.Verdict),
		Sure: confidences[d.Confidence][0], Basis: bases[d.Basis],
	}
	if d.Impression != "" {
		out.Impression = kindTexts[d.Impression.Kind()].Label
	}
	for _, f := range d.Findings {
		name := cmp.Or(v.Paper.Checks[f].Name, f)
		if f == pipeline.SeenOtherwise {
			name = "Something the checks did not find"
		}
		out.Relied = append(out.Relied, name)
	}
	return out
}

// askedFor is a wish for a better picture as the officer reads it.
type askedFor struct {
	pipeline.Recapture
	Reasons []text.Statement
	Crop    *crop
	Link    link
}

// asked prepares a wish; nil if there is none.
func (v Document) asked() *askedFor {
	if v.Standing == nil || v.Standing.Asked == nil {
		return nil
	}
	a := &askedFor{Recapture: *v.Standing.Asked}
	for _, key := range a.Recapture.Reasons {
		if said, ok := text.Entry(key); ok {
			a.Reasons = append(a.Reasons, said)
		}
	}
	if s, ok := sheetOf(v); ok && a.Box.Width > 0 {
		r := a.Box.Rect().Intersect(image.Rect(0, 0, s.Width, s.Height))
		a.Crop = s.cropOf([]mark{{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy(), Label: a.Box.Label}})
	}
	q := url.Values{}
	set(q, "encounter", v.Document.Encounter)
	set(q, "page_of", string(v.Standing.Review))
	a.Link = link{Address: address("/upload", q), Text: "Add a better picture"}
	return a
}

// standsFor is what an officer is told of the reviewers' part.
type standsFor struct {
	Standing
	Now      time.Time
	Kind     string // of the panel
	Headline string
	Lead     string
	Steps    []step
	Asked    *askedFor
	ReviewAt string // for who can open it
}

// standsOf prepares the reviewers' part of a document's page; nil if no person
// looks at it.
func standsOf(s Shell, v Document) *standsFor {
	if v.Standing == nil {
		return nil
	}
	out := &standsFor{Standing: *v.Standing, Now: s.Now, Asked: v.asked()}
	if policy.May(s.Account.Role, policy.Queue) {
		out.ReviewAt = "/reviews/" + string(v.Standing.Review)
	}
	if v.Settled() {
		out.decide(v)
	}
	return out
}

// Settled tells whether people have decided, so that what the machine had said
// is no headline any more.
func (v Document) Settled() bool { return v.Standing != nil && v.Standing.State == StandingDecided }

// decide says what people found and what to do now.
func (s *standsFor) decide(v Document) {
	s.Headline = agreement(s.Standing)
	s.Lead = stop(verdictTexts[s.Verdict]) + " How sure: " + strings.ToLower(confidences[s.Sure][0]) + "."
	s.Steps = []step{safety(alone)}
	switch s.Verdict.Kind() {
	case pipeline.KindNoSigns, pipeline.KindNotFraud:
		s.Kind, s.Steps = "clear", []step{
			safety(anyDoc),
			{Do: "Return the document to its holder.", How: "Unless you have another reason to keep it."},
			{Do: "Continue your normal checks.", How: "This does not show that the document is real, or that it belongs to the person who carries it."},
		}
	case pipeline.KindCannotTell:
		s.Kind = "unread"
		s.Steps = append(s.Steps, step{Do: "Have the original examined.", How: byHand + string(v.Document.ID) + "."})
	default:
		s.Kind = "examine"
		s.Steps = append(
			s.Steps,
			step{Do: "Do not rely on this document.", How: "It does not say that anybody did wrong. The person may not know, may be a victim, or may be seeking protection."},
			step{Do: "Follow your instructions for keeping documents.", How: "Keep it flat, in a cover, with the reference " + string(v.Document.ID) + "."},
		)
	}
}
