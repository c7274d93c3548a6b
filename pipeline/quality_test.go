package pipeline

import "testing"

func TestQuality(t *testing.T) {
	report := func(width, height int, certain bool, boxes ...[4]int) Report {
		p := PageReading{Width: width, Height: height}
		if boxes != nil {
			var line []CharMark
			for _, b := range boxes {
				line = append(line, CharMark{Box: b})
			}
			p.Zones = []ZoneReading{{Certain: certain, Chars: [][]CharMark{line, nil}}}
		}
		return Report{Pages: []PageReading{p}, Outcome: ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneUnreadable}}
	}
	inside, far, left, right := [4]int{500, 500, 20, 30}, [4]int{500, 500, 7, 11}, [4]int{4, 500, 20, 30}, [4]int{1178, 500, 20, 30}
	for name, tt := range map[string]struct {
		r    Report
		want string
	}{
		"nothing was decoded":      {Report{Outcome: ScreeningOutcome{Problem: ProblemCorrupt}}, "file_corrupt"},
		"small":                    {report(999, 700, false), "quality_small"},
		"small and upright":        {report(700, 999, false, left), "quality_small"},
		"large enough":             {report(1000, 700, false), "zone_unreadable"},
		"a zone inside":            {report(1200, 900, false, inside, inside), "zone_unreadable"},
		"cut at the left":          {report(1200, 900, false, left, inside), "quality_cut"},
		"cut at the right":         {report(1200, 900, false, inside, right), "quality_cut"},
		"at the edge, and read":    {report(1200, 900, true, left, right), "zone_unreadable"},
		"too far":                  {report(1200, 900, false, far, far), "quality_far"},
		"on its side, and near":    {report(1200, 900, false, [4]int{500, 500, 30, 20}), "zone_unreadable"},
		"a zone without any boxes": {report(1200, 900, false, [][4]int{}...), "zone_unreadable"},
	} {
		if got := tt.r.Quality(); got != tt.want {
			t.Errorf("%s: %s; want %s", name, got, tt.want)
		}
	}
}
