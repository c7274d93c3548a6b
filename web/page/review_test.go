package page

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// underReview is a review that the reviewer has open, of the document of all
// examples.
func underReview(s specimen) Review {
	paper := withReport(s.examine())
	paper.Sightings = seenBefore()
	return Review{
		Paper: paper, Stand: StandMine, Channel: pipeline.ChannelCustody, Draft: pipeline.NewDraft(),
		Review: pipeline.Review{
			Document: "TSD-7Q4K-2M9X", Cause: pipeline.CauseFlagged, State: pipeline.ReviewFirst, OpenedAt: now.Add(-time.Hour), DueAt: now.Add(32 * time.Minute),
			Holder: "reviewer", HeldUntil: now.Add(pipeline.LeaseTime),
		},
	}
}

// asFolded is a review of which the reviewer has seen nothing but the picture.
func asFolded(s specimen) Review {
	v := underReview(s)
	r := *v.Paper.Report
	v.Folded, v.Review.Folded = true, true
	v.Paper.Report = &pipeline.Report{Digest: r.Digest, Pages: []pipeline.PageReading{{Width: r.Pages[0].Width, Height: r.Pages[0].Height, Orientation: r.Pages[0].Orientation}}}
	v.Paper.Document.Outcome, v.Paper.Sightings = pipeline.ScreeningOutcome{}, nil
	return v
}

func decided(seq int, who string, verdict pipeline.Verdict) pipeline.Decision {
	return pipeline.Decision{
		Document: "TSD-7Q4K-2M9X", Seq: seq, Reviewer: who, At: now.Add(-time.Duration(4-seq) * time.Hour), Machine: pipeline.ReviewSuggested, Impression: pipeline.DataAltered,
		Judgement: pipeline.Judgement{Verdict: verdict, Confidence: pipeline.Probable, Level: 1, Basis: pipeline.BasisImage, Findings: []string{"MRZ-04", pipeline.SeenOtherwise}, Reason: "The last digit of the year is thinner than the others.\nSo is the check digit."},
	}
}

// reviewExamples is the page of a review in every stand.
func reviewExamples(s specimen) []example {
	const at = "/reviews/TSD-7Q4K-2M9X"
	names := map[string]string{"ines": "Ines Halloran", "reviewer": "Document reviewer", "third": "Third examiner"}
	in := func(stand Stand, change func(*Review)) Review {
		v := underReview(s)
		v.Stand, v.Names = stand, names
		if change != nil {
			change(&v)
		}
		return v
	}
	half := in(StandMine, func(v *Review) {
		v.Draft.Verdict, v.Draft.Confidence, v.Draft.Findings, v.Draft.Reason = pipeline.PhotoSubstituted, pipeline.Confirmed, nil, strings.Repeat("x", 1001)
		for _, e := range v.Draft.Check(pipeline.ReviewSuggested) {
			v.Errors = append(v.Errors, Error{e.Field, e.Text})
		}
	})
	empty := in(StandMine, func(v *Review) {
		v.Draft = pipeline.Draft{}
		for _, e := range v.Draft.Check(pipeline.ReviewSuggested) {
			v.Errors = append(v.Errors, Error{e.Field, e.Text})
		}
	})
	ask := in(StandMine, func(v *Review) {
		v.Ask.Note = strings.Repeat("x", 301)
		for _, e := range v.Ask.Check() {
			v.Errors = append(v.Errors, Error{e.Field, e.Text})
		}
		v.Errors = append(v.Errors, Error{"region", "Select a part of the picture, or all of it"})
	})
	updated := in(StandMine, func(v *Review) {
		v.Review.Updated, v.Review.Safety, v.Review.DueAt, v.Saved = true, true, now.Add(-6*time.Minute), now
		better := v.Paper.Document
		better.ID, better.PageOf = "TSD-9B2M-77KD", v.Paper.Document.ID
		v.Pictures, v.Recorded = []pipeline.Document{v.Paper.Document, better}, "TSD-1D6Z-8AKQ"
	})
	third := in(StandMine, func(v *Review) {
		v.Review.State = pipeline.ReviewThird
		v.Known = []pipeline.Decision{decided(1, "ines", pipeline.DataAltered), decided(2, "third", pipeline.NoIrregularity)}
	})
	done := in(StandDecided, func(v *Review) {
		v.Review.State = pipeline.ReviewDecided
		v.Known = []pipeline.Decision{decided(1, "ines", pipeline.DataAltered), decided(2, "reviewer", pipeline.PhotoSubstituted)}
	})
	first := asFolded(s)
	without := asFolded(s)
	without.Errors = []Error{{"impression", "Select what you think this document is, at first sight"}}
	unscreened := in(StandMine, func(v *Review) { v.Paper.Report = nil })
	unread := in(StandMine, func(v *Review) { v.Paper = unread("file_corrupt", pipeline.CouldNotCheck) })
	who := shell(reviewer, at)
	return []example{
		{"review", "review", who, underReview(s)},
		{"review-error", "review", who, half},
		{"review-empty-error", "review", who, empty},
		{"review-ask-error", "review", who, ask},
		{"review-updated", "review", who, updated},
		{"review-third", "review", who, third},
		{"review-decided", "review", who, done},
		{"review-folded", "review", who, first},
		{"review-folded-error", "review", who, without},
		{"review-held", "review", who, in(StandHeld, func(v *Review) { v.Holder = "Ines Halloran" })},
		{"review-lost", "review", who, in(StandHeld, func(v *Review) { v.Holder, v.Lost = "Ines Halloran", true })},
		{"review-uploaded", "review", who, in(StandUploaded, nil)},
		{"review-has-said", "review", who, in(StandHasSaid, func(v *Review) { v.Known = []pipeline.Decision{decided(1, "reviewer", pipeline.DataAltered)} })},
		{"review-waiting", "review", who, in(StandWaiting, func(v *Review) { v.Review.State, v.Review.Kept = pipeline.ReviewWaiting, "reviewer" })},
		{"review-watching", "review", who, in(StandWatching, nil)},
		{"review-unscreened", "review", who, unscreened},
		{"review-unread", "review", who, unread},
	}
}

// standingExamples is what an officer reads of the reviewers' part.
func standingExamples(s specimen) []example {
	doc := func(st Standing) Document {
		v := withReport(s.examine())
		st.Review = v.Document.ID
		v.Standing = &st
		return v
	}
	box := s.cell(1, 13, 19)
	const at = "/documents/TSD-7Q4K-2M9X"
	who := shell(officer, at)
	return []example{
		{"document-open", "document", who, doc(Standing{State: StandingOpen, DueAt: now.Add(time.Hour)})},
		{"document-asked", "document", who, doc(Standing{State: StandingWaiting, Asked: &pipeline.Recapture{
			Reasons: []string{"ask_glare_zone", "ask_closer"}, Note: "The line with the date is enough.", Box: pipeline.BoxOf(box, "date of birth"),
		}})},
		{"document-asked-all", "document", who, doc(Standing{State: StandingWaiting, Asked: &pipeline.Recapture{Reasons: []string{"ask_other_side"}}})},
		{"document-confirmed", "document", who, doc(Standing{State: StandingDecided, Verdict: pipeline.DataAltered, Sure: pipeline.Probable, Agreed: 2})},
		{"document-third", "document", who, doc(Standing{State: StandingDecided, Verdict: pipeline.Counterfeit, Sure: pipeline.Suspected, Agreed: 1, Settled: true})},
		{"document-cleared", "document", who, doc(Standing{State: StandingDecided, Verdict: pipeline.NoIrregularity, Sure: pipeline.Probable, Agreed: 1})},
		{"document-untold", "document", who, doc(Standing{State: StandingDecided, Verdict: pipeline.Inconclusive, Sure: pipeline.Probable, Agreed: 1})},
		{"examine-reviewer", "examine", shell(reviewer, at+"/examine"), func() Document {
			v := doc(Standing{State: StandingOpen, DueAt: now.Add(time.Hour)})
			v.History = history()
			return v
		}()},
	}
}

func exampleOf(t *testing.T, name string) example {
	t.Helper()
	for _, e := range examples(t) {
		if e.name == name {
			return e
		}
	}
	t.Fatalf("there is no example %s", name)
	return example{}
}

// TestReviewSays reads the page of a review in every stand.
func TestReviewSays(t *testing.T) {
	p := load(t)
	for name, want := range map[string][]string{
		"review":          {"Review TSD-7Q4K-2M9X", "32 minutes left", "In custody", "Record decision and open next", "Ask the officer for a better picture", "P1 Code is not on the list", "Something the checks did not find", "It is about the document, not the person.", "FG-BD"},
		"review-error":    {"A decision on images alone cannot be confirmed", "Select at least one finding you relied on, or 'Something the checks did not find'", "Description must be 1,000 characters or less"},
		"review-updated":  {"6 minutes late", "Updated", "Safety", "Picture 2", "Your decision on", "Draft saved"},
		"review-third":    {"What two reviewers saw differently", "Ines Halloran", "Third examiner", "No signs of fraud found: No irregularity found (GEN)"},
		"review-decided":  {"This document was decided at 6:17pm", "See the decision", "The photograph was replaced (FG-PH)", "Probable, at level 1, from The picture alone", "First impression"},
		"review-held":     {"A colleague has this document open. You can read it, and the decision is theirs", "Start the next review"},
		"review-lost":     {"A colleague opened this document while you were away. Your draft is saved"},
		"review-uploaded": {"You uploaded this document, so someone else must decide on it"},
		"review-has-said": {"You made the first decision, so someone else must make the second", "What you decided"},
		"review-waiting":  {"You asked the officer for a better picture. The document comes back to you when it is there"},
		"review-folded":   {"Your first impression", "Show what the checks found"},

		"document-open":      {"A reviewer looks at this document, by <time", "9:17pm"},
		"document-asked":     {"A reviewer asks for a better picture", "Glare on the lines of letters and numbers", "Tilt the document", "The line with the date is enough.", "/upload?encounter=NPT-241126-0147&amp;page_of=TSD-7Q4K-2M9X", "Date of birth, as in the picture"},
		"document-confirmed": {"Two reviewers agree this document was altered", "It is about the document, not the person.", "Do not rely on this document.", "Printed data or the zone was changed. How sure: probable.", "<title>Result - Touchstone"},
		"document-third":     {"Another reviewer found that this document is counterfeit"},
		"document-cleared":   {"A reviewer found no signs of fraud", "Return the document to its holder."},
		"document-untold":    {"A reviewer could not tell from this picture", "Have the original examined."},
		"examine-reviewer":   {"Go to its review", "What other reviewers did is shown when the review is decided."},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.ReplaceAll(render(t, p, exampleOf(t, name)), "&#39;", "'")
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("it does not say %q", w)
				}
			}
		})
	}
}

// TestFoldedPageHoldsNothing: before the impression there is nothing of the
// machine's opinion on the page, seen or unseen.
func TestFoldedPageHoldsNothing(t *testing.T) {
	page := render(t, load(t), exampleOf(t, "review-folded"))
	for _, trace := range []string{">Checks", "MRZ-", "indication", "app-line", "app-halo", "data-finding", "check digit", "app-ocr", "as we read it", "Examine:", "not on the list"} {
		if strings.Contains(page, trace) {
			t.Errorf("it holds %q", trace)
		}
	}
	if !strings.Contains(page, `<img src="/documents/TSD-7Q4K-2M9X/image"`) {
		t.Error("it does not show the picture")
	}
}

// TestOfficersReadNoNumbers: what people decided comes without the machine's
// odds and without any reviewer's name.
func TestOfficersReadNoNumbers(t *testing.T) {
	p := load(t)
	for _, name := range []string{"document-confirmed", "document-cleared", "document-third"} {
		page := render(t, p, exampleOf(t, name))
		for _, w := range []string{"0.82", "indication that", "Ines", "FG-BD"} {
			if strings.Contains(page, w) {
				t.Errorf("%s says %q", name, w)
			}
		}
	}
}

// TestEveryVerdictHasWords, and every choice of the form.
func TestEveryVerdictHasWords(t *testing.T) {
	n := 0
	for _, k := range verdictKinds {
		if w := kindTexts[k]; w.Label == "" || w.Means == "" || w.Found == "" {
			t.Errorf("%s lacks words", k)
		}
		for _, v := range k.Verdicts() {
			n++
			if verdictTexts[v] == "" {
				t.Errorf("%s lacks words", v)
			}
		}
	}
	if n != len(verdictTexts) {
		t.Errorf("the form offers %d verdicts of %d", n, len(verdictTexts))
	}
	for _, c := range pipeline.Confidences {
		if confidences[c][0] == "" {
			t.Errorf("%s lacks words", c)
		}
	}
	for _, b := range pipeline.Bases {
		if bases[b] == "" {
			t.Errorf("%s lacks words", b)
		}
	}
}

func TestDiffering(t *testing.T) {
	show := func(rs []run) string {
		var b strings.Builder
		for _, r := range rs {
			if r.Unsure {
				b.WriteString("[" + r.Text + "]")
				continue
			}
			b.WriteString(r.Text)
		}
		return b.String()
	}
	for _, tt := range [][4]string{
		{"7408127", "7408122", "740812[7]", "740812[2]"},
		{"L898", "L898", "L898", "L898"},
		{"L8989", "L89", "L89[89]", "L89"},
		{"", "AB", "", "[AB]"},
		{"É1", "É2", "É[1]", "É[2]"},
	} {
		a, b := differing(tt[0], tt[1])
		if show(a) != tt[2] || show(b) != tt[3] {
			t.Errorf("%s and %s: %s and %s; want %s and %s", tt[0], tt[1], show(a), show(b), tt[2], tt[3])
		}
	}
}

// TestCompared: a field stands with its check digit, and the overall one by
// itself.
func TestCompared(t *testing.T) {
	digit := &pipeline.CheckDigitReading{Printed: "7", Computed: "2", State: mrz.Refuted}
	r := pipeline.Report{
		Pages: []pipeline.PageReading{{Zones: []pipeline.ZoneReading{{Fields: []pipeline.FieldReading{
			{Name: mrz.DateOfBirth, Raw: "740812", CheckDigit: digit}, {Name: "overall_check_digit", Raw: "7", CheckDigit: digit}, {Name: mrz.Sex, Raw: "F"},
		}}}}},
		Findings: []pipeline.Finding{
			{Check: "VIZ-01", Outcome: pipeline.Fail, Values: []pipeline.Value{{Label: "document number", Printed: "L898902", Expected: "L898903"}}},
			{Check: "VIZ-01", Outcome: pipeline.NotPerformed},
		},
	}
	var got []string
	for _, c := range comparisonsOf(r) {
		got = append(got, strings.Join([]string{c.Name, c.Said, c.Differ, c.Source, c.Result.Text}, "|"))
	}
	want := []string{"Date of birth|7|2|its check digit|Does not agree", "Overall check digit|7|2|its check digit|Does not agree", "Document number|3|2|the printed page|Differs"}
	if !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

// TestLayersDifferWithoutColour: no two kinds of box share both the pattern of
// their line and the letters of their labels (UI-35).
func TestLayersDifferWithoutColour(t *testing.T) {
	css, err := os.ReadFile("assets/app.css")
	if err != nil {
		t.Fatal(err)
	}
	letters := map[string]string{"problem": "P", "note": "N", "doubt": "J"}
	seen := map[string]string{}
	for _, l := range layersOf(examination{Notes: []finding{{}}}) {
		rule := regexp.MustCompile(`\.app-line--` + l.Line + `\{([^}]*)\}`).FindSubmatch(css)
		if rule == nil {
			t.Fatalf("there is no line for %s", l.Line)
		}
		dashes := regexp.MustCompile(`stroke-dasharray:([^;}]*)`).FindSubmatch(rule[1])
		pattern := "solid"
		if dashes != nil {
			pattern = string(dashes[1])
		}
		style := pattern + " " + letters[l.Line]
		if other := seen[style]; other != "" {
			t.Errorf("%s looks like %s: %s", l.Line, other, style)
		}
		seen[style] = l.Line
	}
	if len(seen) != 5 {
		t.Errorf("there are %d layers", len(seen))
	}
}
