package pipeline

import "testing"

func TestWorst(t *testing.T) {
	side := func(id DocumentID, c Conclusion, b Band, p Problem) Document {
		return Document{ID: id, State: StateScreened, Outcome: ScreeningOutcome{Conclusion: c, Band: b, Problem: p}}
	}
	high, medium, low := side("high", ReviewSuggested, High, ""), side("medium", ReviewSuggested, Medium, ""), side("low", ReviewSuggested, Low, "")
	fault, blurred := side("fault", TechnicalFault, "", ProblemReaderCrash), side("blurred", CouldNotCheck, "", ProblemZoneUnreadable)
	bare, clear := side("bare", CouldNotCheck, "", ProblemZoneNotFound), side("clear", NoIrregularityFound, "", "")
	waits := Document{ID: "waits", State: StateReceived}
	for _, tt := range []struct {
		all  []Document
		want DocumentID
	}{
		{[]Document{clear, low, medium, high, fault}, "high"},
		{[]Document{low, medium}, "medium"},
		{[]Document{fault, low}, "low"},
		{[]Document{clear, blurred, fault}, "fault"},
		{[]Document{blurred, clear}, "clear"}, // a better picture came
		{[]Document{blurred, waits}, "waits"},
		{[]Document{waits, low}, "low"},
		{[]Document{bare, clear}, "clear"}, // the front of a card
		{[]Document{bare, blurred}, "blurred"},
		{[]Document{clear, waits}, "waits"},
		{[]Document{bare, bare}, "bare"},
		{[]Document{bare, fault}, "fault"}, // no zone was seen: the first picture counts as not checked
	} {
		if got := Worst(tt.all).ID; got != tt.want {
			t.Errorf("worst of %v is %s; want %s", tt.all, got, tt.want)
		}
	}
}

func TestCovered(t *testing.T) {
	bare := ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneNotFound}
	alone := []Document{{Outcome: bare}}
	blurred := ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneUnreadable}
	if !Covered(blurred, []Document{{Outcome: blurred}, {Outcome: ScreeningOutcome{Conclusion: NoIrregularityFound}}}) || Covered(blurred, []Document{{Outcome: blurred}, {Outcome: blurred}}) {
		t.Error("a better picture makes up for a blurred one, and no other")
	}
	if Covered(bare, alone) {
		t.Error("a picture alone must show a zone")
	}
	for _, o := range []ScreeningOutcome{
		{Conclusion: NoIrregularityFound},
		{Conclusion: ReviewSuggested, Band: Low},
		{Conclusion: CouldNotCheck, Problem: ProblemZoneUnreadable},
	} {
		if !Covered(bare, append(alone, Document{Outcome: o})) || Covered(o, append(alone, Document{Outcome: o})) {
			t.Errorf("beside %+v", o)
		}
	}
	if Covered(bare, append(alone, Document{Outcome: ScreeningOutcome{Conclusion: TechnicalFault}})) {
		t.Error("a fault shows no zone")
	}
}
