package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// encounterAnswers are the answers from which an encounter is opened, as they
// came.
type encounterAnswers struct{ Site, Channel, People, Clock string }

// Limits of an encounter.
const (
	maxPeople = 999
	// maxClock is how far back somebody may have been waiting.
	maxClock = 30 * 24 * time.Hour
)

// siteForm is how the code of a site is written.
var siteForm = regexp.MustCompile(`^[A-Z]{3}$`)

// clockForms are the ways to write a time without its zone: as browsers send
// it, and as people type it.
var clockForms = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} //nolint:gochecknoglobals // a table, never written

// encounter reads the answers, and tells everything that is wrong with them.
// Times without a zone are those of now's place.
func (a encounterAnswers) encounter(now time.Time) (e pipeline.Encounter, errs []fieldError) {
	wrong := func(field, said string) { errs = append(errs, fieldError{"/" + field, said}) }
	e = pipeline.Encounter{Site: strings.ToUpper(strings.TrimSpace(a.Site)), OpenedAt: now, ClockFrom: now}
	if !siteForm.MatchString(e.Site) {
		wrong("site", "Enter the 3 letters of your site, for example NPT")
	}
	var err error
	if e.Channel, err = pipeline.ParseChannel(a.Channel); err != nil {
		wrong("channel", "Select where the person is")
	}
	if e.People, err = strconv.Atoi(strings.TrimSpace(a.People)); err != nil || e.People < 1 || e.People > maxPeople {
		wrong("people", "Enter how many people there are, from 1 to 999")
	}
	if clock := strings.TrimSpace(a.Clock); clock != "" {
		var ok bool
		if e.ClockFrom, ok = parseClock(clock, now.Location()); !ok {
			wrong("clock", "Enter a day and a time, for example 2026-11-24 13:48")
		} else if e.ClockFrom.After(now) || now.Sub(e.ClockFrom) > maxClock {
			wrong("clock", "The time they have been waiting since must lie in the last 30 days")
		}
	}
	return e, errs
}

// parseClock reads a time; ok is false if it is none.
func parseClock(s string, place *time.Location) (t time.Time, ok bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	for _, form := range clockForms {
		if t, err := time.ParseInLocation(form, s, place); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// openEncounter gives an encounter its reference. Two that were opened at once
// may have taken the same number: the second tries again.
func (s *server) openEncounter(ctx context.Context, a encounterAnswers) (e pipeline.Encounter, err error) {
	e, errs := a.encounter(s.Now())
	if errs != nil {
		return e, problemInvalid(errs)
	}
	e.OpenedBy = infoOf(ctx).who.Name
	for range 5 {
		opened, err := s.Encounters.OpenEncounter(ctx, e)
		if !errors.Is(err, pipeline.ErrConflict) {
			return opened, err
		}
	}
	return e, problemBusy()
}

// encounterPage shows the form, with the site of the account's last encounter.
func (s *server) encounterPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	site, err := s.Encounters.LastSite(r.Context(), who.Name)
	if err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "encounter", page.Encounter{Site: site, People: "1"}})
	return nil
}

// newEncounter opens an encounter and goes on to its upload.
func (s *server) newEncounter(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	f := r.PostForm
	a := encounterAnswers{f.Get("site"), f.Get("channel"), f.Get("people"), f.Get("clock")}
	e, err := s.openEncounter(r.Context(), a)
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil && !wantsJSON(r) {
		if _, ok := parseClock(a.Clock, s.Now().Location()); !ok {
			a.Clock = "" // browsers show nothing else in a field for a time
		}
		s.show(w, r, screen{p.kind().Status, "encounter", page.Encounter{
			Site: a.Site, Channel: a.Channel, People: a.People, Clock: a.Clock, Errors: pageErrors(p.errors),
		}})
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/upload?"+url.Values{"encounter": {e.Reference}}.Encode(), http.StatusSeeOther)
	return nil
}

// encounterBody is an encounter as the API gives it.
type encounterBody struct {
	Reference string           `json:"reference"`
	Site      string           `json:"site"`
	Channel   pipeline.Channel `json:"channel"`
	People    int              `json:"people"`
	ClockFrom time.Time        `json:"clock_from"`
	OpenedBy  string           `json:"opened_by"`
	OpenedAt  time.Time        `json:"opened_at"`
	Summary   string           `json:"summary"` // as the screens say it
}

func (s *server) encounterBody(e pipeline.Encounter) encounterBody {
	return encounterBody{
		e.Reference, e.Site, e.Channel, e.People, e.ClockFrom.UTC(), e.OpenedBy, e.OpenedAt.UTC(), page.EncounterSummary(s.Now(), e),
	}
}

// apiNewEncounter opens an encounter.
func (s *server) apiNewEncounter(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body struct {
		Site    string      `json:"site"`
		Channel string      `json:"channel"`
		People  json.Number `json:"people"`
		Clock   string      `json:"clock_from"`
	}
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	e, err := s.openEncounter(r.Context(), encounterAnswers{body.Site, body.Channel, body.People.String(), body.Clock})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/encounters/"+e.Reference)
	s.writeJSON(w, r, http.StatusCreated, s.encounterBody(e))
	return nil
}

// apiEncounter gives an encounter. It names nobody but who opened it, so that
// everybody may see it who may add a picture to it.
func (s *server) apiEncounter(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	e, err := s.Encounters.FindEncounter(r.Context(), encounterReference(r.PathValue("reference")))
	if errors.Is(err, pipeline.ErrNotFound) {
		return problemNoEncounter()
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, s.encounterBody(e))
	return nil
}

// knownEncounter gives an encounter that was opened here; nil if there is none. One of
// another system is as good.
func (s *server) knownEncounter(ctx context.Context, reference string) (*pipeline.Encounter, error) {
	e, err := s.Encounters.FindEncounter(ctx, reference)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, nil //nolint:nilnil // the absence of one is an answer
	}
	return &e, err
}
