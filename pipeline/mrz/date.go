package mrz

import "time"

// Date is a date as a zone prints it: two digits for the year, and unknown
// parts as fillers (Doc 9303-3, 4.8). Unknown parts are -1.
//
// Doc 9303 has no rule for the century, so this is ours: a date of birth never
// lies after the day of judging and makes nobody older than 120; a date of
// expiry lies within fifteen years of that day, before or after. A date of
// birth that fits two centuries is ambiguous, and both are given.
type Date struct{ Year, Month, Day int }

const (
	oldest = 120 // years of age
	window = 15  // years around the day for dates of expiry
)

// ParseDate reads YYMMDD. It fails for anything but pairs of digits and pairs
// of fillers; whether there is such a day in the calendar it does not ask.
func ParseDate(raw string) (d Date, ok bool) {
	if len(raw) != 6 {
		return Date{}, false
	}
	var parts [3]int
	for i := range parts {
		a, b := raw[2*i], raw[2*i+1]
		switch {
		case a == Filler && b == Filler:
			parts[i] = -1
		case a >= '0' && a <= '9' && b >= '0' && b <= '9':
			parts[i] = int(a-'0')*10 + int(b-'0')
		default:
			return Date{}, false
		}
	}
	return Date{parts[0], parts[1], parts[2]}, true
}

// Known tells whether no part is unknown.
func (d Date) Known() bool { return d.Year >= 0 && d.Month >= 0 && d.Day >= 0 }

// Possible tells whether the calendar has such a day in some century, as far
// as the parts are known.
func (d Date) Possible() bool {
	year, month, day := d.Year, d.Month, d.Day
	if year < 0 || year == 0 { // 2000 is a leap year
		year = 2000
	}
	if month < 0 {
		month = 1
	}
	if day < 0 {
		day = 1
	}
	_, ok := calendar(year, month, day)
	return ok
}

// Birth gives the days that the date can mean as a date of birth, the latest
// first: none, one, or two if it is ambiguous. None also if a part is unknown.
func (d Date) Birth(on time.Time) []time.Time {
	return d.within(on.AddDate(-oldest-1, 0, 1), on)
}

// Expiry gives the day that the date can mean as a date of expiry, or none.
func (d Date) Expiry(on time.Time) []time.Time {
	return d.within(on.AddDate(-window, 0, 0), on.AddDate(window, 0, 0))
}

// within gives the days between two, both included, the latest first.
func (d Date) within(from, to time.Time) []time.Time {
	if !d.Known() {
		return nil
	}
	var ts []time.Time
	from, to = day(from), day(to)
	for century := to.Year() / 100 * 100; century >= from.Year()-100; century -= 100 {
		t, ok := calendar(century+d.Year, d.Month, d.Day)
		if ok && !t.Before(from) && !t.After(to) {
			ts = append(ts, t)
		}
	}
	return ts
}

// day drops the time of day.
func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// calendar makes a day; ok is false if the calendar has none such.
func calendar(year, month, day int) (t time.Time, ok bool) {
	t = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, month >= 1 && month <= 12 && day >= 1 && t.Day() == day
}
