package pipeline

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

//go:embed jurisdictions/*.json
var jurisdictionFiles embed.FS

// Jurisdiction is the law of a place as far as it sets clocks. It is data: another
// place is another file.
type Jurisdiction struct {
	Code   string       `json:"code"`
	Name   string       `json:"name"`
	Clocks []LegalClock `json:"clocks"`
}

// LegalClock is what runs from the clock of an encounter of one channel.
type LegalClock struct {
	Channel Channel `json:"channel"`
	Name    string  `json:"name"`
	From    string  `json:"from"` // what the clock starts with, in words
	Limits  []Limit `json:"limits"`
	Alerts  []int   `json:"alerts"` // minutes after which somebody should look
}

// Limit is one time by which something must have happened.
type Limit struct {
	Minutes  int    `json:"minutes"`
	Name     string `json:"name"`
	Source   string `json:"source"`
	Verified bool   `json:"verified"` // the source was read; otherwise screens say so
}

// Deadline is a limit of one encounter.
type Deadline struct {
	Limit
	Clock string // name of the clock
	At    time.Time
}

// England is the jurisdiction that this service is set up for.
const England = "EW"

// LoadJurisdiction reads the law of a place. An error is a mistake in the program.
func LoadJurisdiction(code string) (Jurisdiction, error) {
	b, err := jurisdictionFiles.ReadFile("jurisdictions/" + code + ".json")
	if err != nil {
		return Jurisdiction{}, fmt.Errorf("find jurisdiction %s: %w", code, err)
	}
	return ParseJurisdiction(b)
}

// ParseJurisdiction reads the law of a place.
func ParseJurisdiction(data []byte) (j Jurisdiction, err error) {
	if err := json.Unmarshal(data, &j); err != nil {
		return j, fmt.Errorf("read jurisdiction: %w", err)
	}
	for _, c := range j.Clocks {
		inOrder := slices.IsSortedFunc(c.Limits, func(a, b Limit) int { return a.Minutes - b.Minutes })
		if _, err := ParseChannel(string(c.Channel)); err != nil || len(c.Limits) == 0 || c.Limits[0].Minutes <= 0 || !inOrder || !slices.IsSorted(c.Alerts) {
			return j, fmt.Errorf("read jurisdiction %s: the limits of %q are not in order", j.Code, c.Name)
		}
	}
	return j, nil
}

// Deadlines gives the limits of an encounter, the earliest first.
func (j Jurisdiction) Deadlines(e Encounter) (out []Deadline) {
	for _, c := range j.Clocks {
		if c.Channel != e.Channel || e.ClockFrom.IsZero() {
			continue
		}
		for _, l := range c.Limits {
			out = append(out, Deadline{l, c.Name, e.ClockFrom.Add(time.Duration(l.Minutes) * time.Minute)})
		}
	}
	slices.SortStableFunc(out, func(a, b Deadline) int { return a.At.Compare(b.At) })
	return out
}

// Alerted tells whether somebody should look at an encounter by now: an alert has
// passed, and the limit after it has not.
func (j Jurisdiction) Alerted(e Encounter, now time.Time) bool {
	for _, c := range j.Clocks {
		if c.Channel != e.Channel || e.ClockFrom.IsZero() {
			continue
		}
		for _, l := range c.Limits {
			end := e.ClockFrom.Add(time.Duration(l.Minutes) * time.Minute)
			for _, a := range c.Alerts {
				if at := e.ClockFrom.Add(time.Duration(a) * time.Minute); a < l.Minutes && !now.Before(at) && now.Before(end) && a > before(c.Limits, l) {
					return true
				}
			}
		}
	}
	return false
}

// Next is the limit of an encounter that comes next; ok is false if none does.
func (j Jurisdiction) Next(e Encounter, now time.Time) (next Deadline, ok bool) {
	for _, d := range j.Deadlines(e) {
		if d.At.After(now) {
			return d, true
		}
	}
	return Deadline{}, false
}

// Longest is how long a clock runs until its last limit.
func (c LegalClock) Longest() time.Duration {
	return time.Duration(c.Limits[len(c.Limits)-1].Minutes) * time.Minute
}

// before is the limit before one, in minutes; 0 if that is the first.
func before(ls []Limit, l Limit) (minutes int) {
	for _, o := range ls {
		if o.Minutes < l.Minutes {
			minutes = o.Minutes
		}
	}
	return minutes
}

// Due is when a review of an encounter that was opened then should be decided: as
// its channel asks, or by the next legal limit, if that is earlier.
func (j Jurisdiction) Due(e Encounter, safety bool, opened time.Time) time.Time {
	due := DueAt(e.Channel, safety, opened)
	for _, d := range j.Deadlines(e) {
		if d.At.After(opened) && d.At.Before(due) {
			return d.At
		}
	}
	return due
}
