package mrz

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func on(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDates(t *testing.T) {
	today := on("2026-11-24")
	for name, tt := range map[string]struct {
		raw           string
		possible      bool
		birth, expiry []string
	}{
		"only the last century":        {"740812", true, []string{"1974-08-12"}, nil},
		"ambiguous birth":              {"100101", true, []string{"2010-01-01", "1910-01-01"}, nil},
		"today":                        {"261124", true, []string{"2026-11-24", "1926-11-24"}, []string{"2026-11-24"}},
		"tomorrow is no birth of ours": {"261125", true, []string{"1926-11-25"}, []string{"2026-11-25"}},
		"120 years and a day":          {"061123", true, []string{"2006-11-23", "1906-11-23"}, nil},
		"121 years":                    {"051124", true, []string{"2005-11-24"}, nil},
		"fifteen years ahead":          {"411124", true, []string{"1941-11-24"}, []string{"2041-11-24"}},
		"more than fifteen":            {"411125", true, []string{"1941-11-25"}, nil},
		"leap day of 2000":             {"000229", true, []string{"2000-02-29"}, nil},
		"no leap year in any century":  {"110229", false, nil, nil},
		"month 13":                     {"741312", false, nil, nil},
		"day 31 of April":              {"740431", false, nil, nil},
		"unknown day":                  {"7408<<", true, nil, nil},
		"unknown day of month 13":      {"7413<<", false, nil, nil},
		"unknown":                      {"<<<<<<", true, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, ok := ParseDate(tt.raw)
			if !ok || d.Possible() != tt.possible {
				t.Errorf("parsed %v, possible %v; want true, %v", ok, d.Possible(), tt.possible)
			}
			var birth, expiry []string
			for _, x := range d.Birth(today) {
				birth = append(birth, x.Format(time.DateOnly))
			}
			for _, x := range d.Expiry(today) {
				expiry = append(expiry, x.Format(time.DateOnly))
			}
			if !tt.possible && (birth != nil || expiry != nil) {
				t.Error("an impossible date has days")
			}
			if d := cmp.Diff(tt.birth, birth); d != "" {
				t.Errorf("birth (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.expiry, expiry); d != "" {
				t.Errorf("expiry (-want +got):\n%s", d)
			}
		})
	}
	for _, raw := range []string{"", "74081", "7408123", "74O812", "7408<1", "740812<"} {
		if _, ok := ParseDate(raw); ok {
			t.Errorf("ParseDate(%q) says ok", raw)
		}
	}
}

func TestEveryDayOfALifeIsFound(t *testing.T) {
	today := on("2026-11-24")
	rapid.Check(t, func(t *rapid.T) {
		born := today.AddDate(0, 0, -rapid.IntRange(0, 120*365).Draw(t, "days ago"))
		d, ok := ParseDate(born.Format("060102"))
		if !ok || !slices.Contains(d.Birth(today), born) {
			t.Errorf("%v is not among %v", born, d.Birth(today))
		}
	})
}

func TestStandingOf(t *testing.T) {
	n := 0
	for c, s := range standings {
		if s == State {
			n++
		}
		if len(c) != 3 && c != "D" {
			t.Errorf("%q is no code", c)
		}
	}
	if n != 250 { // 249 of ISO 3166-1 and D
		t.Errorf("%d States; want 250", n)
	}
	for code, want := range map[string]Standing{
		"GBR": State, "D<<": State, "XXB": Special, "RKS": Special, "ANT": Withdrawn, "UTO": Utopia, "IAO": SigningOnly,
		"UTP": Unlisted, "<<<": Unlisted, "": Unlisted, "gbr": Unlisted, "GB<": Unlisted,
	} {
		if got := StandingOf(code); got != want {
			t.Errorf("StandingOf(%q) = %d; want %d", code, got, want)
		}
	}
	if slices.Contains(Codes(), "IAO") || !slices.Contains(Codes(), "UTO") {
		t.Error("Codes holds what a zone may not carry, or lacks what it may")
	}
}
