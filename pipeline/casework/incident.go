package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// Marking is how carefully a record is handled (Government Security
// Classifications). Nothing above OFFICIAL-SENSITIVE may be kept here.
type Marking string

// The markings.
const (
	Official          Marking = "OFFICIAL"
	OfficialSensitive Marking = "OFFICIAL-SENSITIVE"
)

// Markings are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Markings = []Marking{Official, OfficialSensitive}

// Incident is what several encounters have in common: one lorry, one house.
type Incident struct {
	ID         string           `json:"id"` // "I-7Q4K-2M9X"
	Title      string           `json:"title"`
	Site       string           `json:"site"` // three letters
	Marking    Marking          `json:"marking"`
	Guidance   string           `json:"guidance"` // in force when it was opened
	Encounters []IncidentMember `json:"encounters"`
	OpenedBy   string           `json:"opened_by"`
	OpenedAt   time.Time        `json:"opened_at"`
}

// IncidentMember is an encounter of an incident, and who said that it belongs there.
type IncidentMember struct {
	Encounter string    `json:"encounter"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// maxTitle is the length of a title, in characters.
const maxTitle = 100

// Check tells everything that is wrong with an incident that is to be opened.
func (i Incident) Check() (errs []Mistake) {
	title := strings.TrimSpace(i.Title)
	if title == "" || len([]rune(title)) > maxTitle {
		errs = append(errs, Mistake{"title", "Enter a title without names, in 100 characters or less, for example: Lorry at the ferry port"})
	}
	if !countryForm.MatchString(i.Site) {
		errs = append(errs, Mistake{"site", "Enter the 3 letters of your site, for example NPT"})
	}
	if !slices.Contains(Markings, i.Marking) {
		errs = append(errs, Mistake{"marking", "Select OFFICIAL or OFFICIAL-SENSITIVE. Nothing above may be kept here"})
	}
	return errs
}

// IncidentStore keeps incidents.
type IncidentStore interface {
	// OpenIncident keeps an incident, as yet without encounters.
	OpenIncident(ctx context.Context, i Incident, who pipeline.Account) error
	// AddToIncident adds an encounter; ErrConflict if it belongs to one already.
	AddToIncident(ctx context.Context, id, encounter string, who pipeline.Account, now time.Time) error
	FindIncident(ctx context.Context, id string) (Incident, error)
	// IncidentOf gives the incident to which an encounter belongs; ErrNotFound if
	// there is none.
	IncidentOf(ctx context.Context, encounter string) (Incident, error)
	// Incidents gives the newest; of one account if it is named.
	Incidents(ctx context.Context, by string, limit int) ([]Incident, error)
}
