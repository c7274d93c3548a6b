package pipeline

import (
	"context"
	"errors"
	"time"
)

// Channel is where somebody presented a document.
type Channel string

// The channels.
const (
	ChannelPrimary    Channel = "primary"     // at the desk, a queue behind
	ChannelSecondLine Channel = "second_line" // taken aside, waiting
	ChannelCustody    Channel = "custody"     // in police custody
	ChannelInCountry  Channel = "in_country"  // nobody is waiting: post, visits, a search
)

// Channels are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Channels = []Channel{ChannelPrimary, ChannelSecondLine, ChannelCustody, ChannelInCountry}

// ParseChannel reads a channel that came from outside.
func ParseChannel(s string) (Channel, error) {
	for _, c := range Channels {
		if s == string(c) {
			return c, nil
		}
	}
	return "", errors.New("a channel is one of primary, second_line, custody, in_country")
}

// Encounter is one occasion on which documents were presented.
type Encounter struct {
	Reference string // "NPT-241126-0147": site, day, number
	Site      string // three letters
	Channel   Channel
	People    int       // how many people are concerned
	ClockFrom time.Time // since when they wait; in custody the relevant time (PACE 1984, s.41)
	OpenedBy  string
	OpenedAt  time.Time
	ClosedAt  time.Time // zero while open
}

// Encounters keeps the occasions.
type Encounters interface {
	// OpenEncounter gives the encounter the next number of its site and day.
	OpenEncounter(ctx context.Context, e Encounter) (Encounter, error)
	FindEncounter(ctx context.Context, reference string) (Encounter, error)
	// Clocked gives the open encounters of a channel whose clock has run since a
	// time, the longest first.
	Clocked(ctx context.Context, c Channel, since time.Time) ([]Encounter, error)
	// LastSite is where an account opened its newest encounter; empty if it has
	// opened none.
	LastSite(ctx context.Context, account string) (string, error)
}

// What a review of a channel is due after.
const (
	dueSafety  = 30 * time.Minute
	dueWaiting = 60 * time.Minute
	dueCustody = 90 * time.Minute
	dueHour    = 14 // of the next working day, where nobody waits
)

// DueAt is when a review that was opened then should be decided. Where nobody
// waits it is the next working day at 2pm, of the place whose time it is given
// in. Public holidays are not known and count as working days.
func DueAt(c Channel, safety bool, opened time.Time) time.Time {
	switch {
	case safety:
		return opened.Add(dueSafety)
	case c == ChannelPrimary, c == ChannelSecondLine:
		return opened.Add(dueWaiting)
	case c == ChannelCustody:
		return opened.Add(dueCustody)
	}
	day := opened.AddDate(0, 0, 1)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), dueHour, 0, 0, 0, opened.Location())
}
