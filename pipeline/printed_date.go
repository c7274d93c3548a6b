package pipeline

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// PrintedDate is a day as the printed page writes it, with all four digits of
// its year (Doc 9303-3, 3.6): it tells the century, which a zone does not. Which
// field it stands in is not asked.
type PrintedDate struct {
	Day   time.Time
	Words []Word // that it is written in
	Sure  bool   // the word with the year was read surely
}

// months are the names of months in English and French without accents.
var months = [12][]string{ //nolint:gochecknoglobals // a table, never written
	{"JANUARY", "JANVIER"},
	{"FEBRUARY", "FEVRIER"},
	{"MARCH", "MARS"},
	{"APRIL", "AVRIL"},
	{"MAY", "MAI"},
	{"JUNE", "JUIN"},
	{"JULY", "JUILLET"},
	{"AUGUST", "AOUT"},
	{"SEPTEMBER", "SEPTEMBRE"},
	{"OCTOBER", "OCTOBRE"},
	{"NOVEMBER", "NOVEMBRE"},
	{"DECEMBER", "DECEMBRE"}, //nolint:misspell // French
}

// The years that a document in use can state: the holder's birth to its expiry.
const (
	firstYear = 1900
	lastYear  = 2099
)

// Dates gives the days that the page writes out, in reading order: the day
// first, with the month as a number or by one or two names of it, or the year
// first, all numbers. What is no day of the calendar is left out.
func (p Page) Dates() []PrintedDate {
	var dates []PrintedDate
	for _, line := range p.Lines() {
		tokens := tokensOf(line)
		for i := range tokens {
			day, year, used, ok := dateAt(tokens[i:])
			if !ok {
				continue
			}
			first, last := tokens[i].word, tokens[i+used-1].word
			dates = append(dates, PrintedDate{day, line[first : last+1], line[tokens[i+year].word].Certain()})
		}
	}
	return dates
}

// token is a run of digits or of letters of a line.
type token struct {
	text string // capitals without accents, or digits
	word int    // of the line that it begins in
}

func (t token) digits() bool { return t.text[0] <= '9' }

// number is the value of a run of digits of a length; -1 if it is none.
func (t token) number(least, most int) int {
	if n, err := strconv.Atoi(t.text); err == nil && len(t.text) >= least && len(t.text) <= most {
		return n
	}
	return -1
}

// leastMonth is how many letters of a month's name tell it from the others, but
// for June and July in French, whose third does not matter here.
const leastMonth = 3

// month is that of a number, or of a name or its beginning; 0 or less if it is
// none.
func (t token) month() int {
	if t.digits() {
		return t.number(2, 2)
	}
	if len(t.text) < leastMonth {
		return 0
	}
	return slices.IndexFunc(months[:], func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, t.text) })
	}) + 1
}

// tokensOf cuts a line where a word ends, a sign stands, or letters meet digits.
func tokensOf(line []Word) []token {
	var tokens []token
	for i, w := range line {
		open := false // the last token can grow
		for _, r := range w.Text {
			c := Plain(string(r))
			if c == "" {
				open = false
				continue
			}
			t := token{c, i}
			if last := len(tokens) - 1; open && tokens[last].digits() == t.digits() {
				tokens[last].text += c
				continue
			}
			tokens, open = append(tokens, t), true
		}
	}
	return tokens
}

// dateAt reads the date that some tokens begin with: how many it uses, and which
// of them is the year.
func dateAt(ts []token) (day time.Time, year, used int, ok bool) {
	if len(ts) < 3 {
		return day, 0, 0, false
	}
	if y := ts[0].number(4, 4); y >= 0 {
		day, ok = calendarDay(y, ts[1].number(2, 2), ts[2].number(2, 2))
		return day, 0, 3, ok
	}
	year = 2
	month := ts[1].month()
	if len(ts) > 3 && !ts[1].digits() && !ts[2].digits() { // AUG/AOÛT
		year = 3
		switch second := ts[2].month(); {
		case month <= 0:
			month = second
		case second > 0 && second != month:
			return day, 0, 0, false
		}
	}
	day, ok = calendarDay(ts[year].number(4, 4), month, ts[0].number(1, 2))
	return day, year, year + 1, ok
}

// calendarDay makes a day; ok is false if the calendar has none such, or no
// document states it.
func calendarDay(year, month, day int) (t time.Time, ok bool) {
	t = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, year >= firstYear && year <= lastYear && month >= 1 && month <= 12 && day >= 1 && t.Day() == day
}
