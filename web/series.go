package web

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// seriesRoutes are about documents that people tie together as the work of one
// workshop. {series} is one of them.
func (s *server) seriesRoutes(rt *router) {
	rt.handle("GET /series", policy.Series, s.allSeries)
	rt.handle("POST /series", policy.Tie, s.openSeries)
	rt.handle("GET /series/{series}", policy.Series, s.oneSeries)
	rt.handle("GET /series/{series}/export", policy.Series, s.exportSeries)
	rt.handle("POST /series/{series}/entries", policy.Tie, s.addToSeries)
	rt.handle("GET /api/v1/series", policy.Series, s.apiAllSeries)
	rt.handle("POST /api/v1/series", policy.Tie, s.apiOpenSeries)
	rt.handle("GET /api/v1/series/{series}", policy.Series, s.apiOneSeries)
	rt.handle("GET /api/v1/series/{series}/export", policy.Series, s.exportSeries)
	rt.handle("POST /api/v1/series/{series}/entries", policy.Tie, s.apiAddToSeries)
}

func problemNoSeries() *problem {
	return &problem{slug: "not-found", detail: "We could not find that series. Check its reference"}
}

// findSeries gives a series with what follows from it, as the account may see it, and
// writes down that it is about to be seen.
func (s *server) findSeries(ctx context.Context, id string) (v page.Series, err error) {
	if !casework.IsSeriesID(id) {
		return v, problemNoSeries() // what somebody typed has no place in the log
	}
	if err := s.consult(ctx, id, "series"); err != nil {
		return v, err
	}
	if v.Series, err = s.Casework.FindSeries(ctx, id); errors.Is(err, pipeline.ErrNotFound) {
		return v, problemNoSeries()
	} else if err != nil {
		return v, err
	}
	if v.Facts, err = s.Casework.SeriesFacts(ctx, id); err != nil {
		return v, err
	}
	if v.Related, err = s.Casework.RelatedDocuments(ctx, id); err != nil {
		return v, err
	}
	all, err := s.Casework.SeriesReferrals(ctx, id)
	if err != nil {
		return v, err
	}
	return s.seriesFor(ctx, v, all)
}

// seriesFor leaves out of a series what the account may not know: whose documents they
// are, and the occasions, for who may not work on people; and referrals that it may
// not see, of which it is told how many there are.
func (s *server) seriesFor(ctx context.Context, v page.Series, referrals []casework.Referral) (page.Series, error) {
	who := infoOf(ctx).who
	for _, r := range referrals {
		if r.Restricted() && !mayRestricted(who) {
			continue
		}
		v.Referred++
		if mayTrace(who, r) {
			v.Referrals = append(v.Referrals, r)
		}
	}
	if policy.Of(who.Role, policy.People) != policy.All {
		for i := range v.Facts.Attempts {
			v.Facts.Attempts[i].Encounter, v.Facts.Attempts[i].Incident = "", ""
		}
		for i := range v.Facts.Holders {
			v.Facts.Holders[i].PersonAt = casework.PersonAt{}
		}
		return v, nil
	}
	seen := map[string]bool{}
	for _, h := range v.Facts.Holders {
		if seen[h.Encounter] {
			continue
		}
		seen[h.Encounter] = true
		if err := s.consult(ctx, h.Encounter, "series"); err != nil {
			return v, err
		}
	}
	return v, nil
}

// knownSeries gives the newest series, those first of which a holder may be a victim,
// after writing down that they are about to be seen.
func (s *server) knownSeries(ctx context.Context) (all []page.SeriesLine, err error) {
	if err := s.consult(ctx, "", "series"); err != nil {
		return nil, err
	}
	newest, err := s.Casework.ListSeries(ctx, maxLimit)
	if err != nil {
		return nil, err
	}
	for _, one := range newest {
		f, err := s.Casework.SeriesFacts(ctx, one.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, page.SeriesLine{Series: one, Facts: f})
	}
	slices.SortStableFunc(all, func(a, b page.SeriesLine) int { return cmp.Compare(a.Facts.Priority(), b.Facts.Priority()) })
	return all, nil
}

// allSeries lists them, with the form that opens one.
func (s *server) allSeries(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showAllSeries(w, r, page.AllSeries{}, nil)
}

func (s *server) showAllSeries(w http.ResponseWriter, r *http.Request, view page.AllSeries, errs []fieldError) (err error) {
	if view.All, err = s.knownSeries(r.Context()); err != nil {
		return err
	}
	view.Errors = pageErrors(errs)
	s.show(w, r, screen{statusOf(errs), "all-series", view})
	return nil
}

// seriesWish is a series as somebody asks for it.
type seriesWish struct {
	Title string `json:"title"`
	Words string `json:"words"` // what makes them think that the documents belong together
}

// beginSeries opens a series.
func (s *server) beginSeries(ctx context.Context, b seriesWish, who pipeline.Account) (casework.Series, error) {
	now := s.Now()
	one := casework.Series{ID: newReference("W"), Title: strings.TrimSpace(b.Title), OpenedBy: who.Name, OpenedAt: now}
	one.Entries = []casework.SeriesEntry{{Kind: casework.EntryState, State: casework.SeriesCandidate, Words: strings.TrimSpace(b.Words), By: who.Name, At: now}}
	return one, s.Casework.OpenSeries(ctx, one, who)
}

// openSeries opens one and goes on to it.
func (s *server) openSeries(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	wish := seriesWish{form.Get("title"), form.Get("words")}
	one, err := s.beginSeries(r.Context(), wish, who)
	errs, err := stood(err)
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showAllSeries(w, r, page.AllSeries{Title: wish.Title, Words: wish.Words}, errs)
	}
	http.Redirect(w, r, "/series/"+one.ID, http.StatusSeeOther)
	return nil
}

// oneSeries shows one with its documents and what follows from them.
func (s *server) oneSeries(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showSeries(w, r, nil, nil)
}

func (s *server) showSeries(w http.ResponseWriter, r *http.Request, form url.Values, errs []fieldError) error {
	view, err := s.findSeries(r.Context(), r.PathValue("series"))
	if err != nil {
		return err
	}
	view.Form, view.Errors = form, pageErrors(errs)
	s.show(w, r, screen{statusOf(errs), "series", view})
	return nil
}

// entryBody is what somebody says of a series.
type entryBody struct {
	Kind        casework.EntryKind     `json:"kind"`
	Document    string                 `json:"document,omitempty"`
	State       casework.SeriesState   `json:"state,omitempty"`
	Business    casework.BusinessModel `json:"business_model,omitempty"`
	Observation casework.Observation   `json:"observation,omitempty"`
	HandedTo    string                 `json:"handed_to,omitempty"`
	Source      casework.SeriesSource  `json:"source,omitempty"`
	Grade       casework.Grade         `json:"grade,omitempty"`
	Words       string                 `json:"words"`
}

// keepEntry adds what somebody says to a series. Business models are named under the
// labels in use.
func (s *server) keepEntry(ctx context.Context, id string, b entryBody, who pipeline.Account) (errs []fieldError, err error) {
	e := casework.SeriesEntry{
		Kind: b.Kind, State: b.State, Business: b.Business, Observation: b.Observation, HandedTo: strings.ToUpper(strings.TrimSpace(b.HandedTo)),
		Source: b.Source, Grade: b.Grade, Words: strings.TrimSpace(b.Words), By: who.Name, At: s.Now(),
	}
	field := "/handed_to"
	if e.Kind == casework.EntryBusiness {
		e.Labels = threat.Newest().Version
	}
	if e.Kind == casework.EntryAdded || e.Kind == casework.EntryTakenOut {
		field = "/document"
		if d, err := pipeline.ParseDocumentID(b.Document); err == nil {
			e.Document = string(d)
		}
		if e.Document == "" {
			return []fieldError{{field, "A document reference has 8 letters or numbers after TSD, for example TSD-7Q4K-2M9X"}}, nil
		}
	}
	errs, err = stood(s.Casework.AddToSeries(ctx, id, e, who))
	switch {
	case errors.Is(err, pipeline.ErrConflict):
		return []fieldError{{field, "This document belongs to another series. Take it out of that one first"}}, nil
	case errors.Is(err, pipeline.ErrNotFound):
		return []fieldError{{field, "There is nothing of this reference. Check it"}}, nil
	}
	return errs, err
}

// entryOf reads one of the forms of the page: the fields of each begin with its kind.
func entryOf(form url.Values) entryBody {
	kind := form.Get("kind")
	get := func(field string) string { return form.Get(kind + "-" + field) }
	return entryBody{
		Kind: casework.EntryKind(kind), Document: get("document"), State: casework.SeriesState(get("state")), Business: casework.BusinessModel(get("business_model")),
		Observation: casework.Observation(get("observation")), HandedTo: get("handed_to"), Source: casework.SeriesSource(get("source")),
		Grade: casework.Grade(get("grade")), Words: get("words"),
	}
}

// addToSeries adds what a form says.
func (s *server) addToSeries(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	v, err := s.findSeries(r.Context(), r.PathValue("series"))
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	b := entryOf(form)
	errs, err := s.keepEntry(r.Context(), v.Series.ID, b, who)
	if err != nil {
		return err
	}
	if errs != nil {
		for i := range errs {
			errs[i].Pointer = "/" + string(b.Kind) + "-" + strings.TrimPrefix(errs[i].Pointer, "/")
		}
		return s.showSeries(w, r, form, errs)
	}
	http.Redirect(w, r, "/series/"+v.Series.ID, http.StatusSeeOther)
	return nil
}

// seriesColumns are the columns of a series as a table.
//
//nolint:gochecknoglobals // a table, never written
var seriesColumns = []string{"series", "state", "business_model", "document", "received", "site", "channel", "added_by", "added_at", "reason"}

// exportSeries hands the documents of a series out as a table, after writing down that
// it left.
func (s *server) exportSeries(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	v, err := s.findSeries(r.Context(), r.PathValue("series"))
	if err != nil {
		return err
	}
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: v.Series.ID, Detail: "export_csv"}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="series-`+v.Series.ID+`.csv"`)
	c := csv.NewWriter(w)
	_ = c.Write(seriesColumns) // the client went away: nobody to tell
	for _, m := range v.Members() {
		row := []string{
			v.Series.ID, string(v.Series.State()), string(v.Series.Business().Business), m.Document, m.Attempt.At.UTC().Format(time.RFC3339),
			m.Attempt.Site, string(m.Attempt.Channel), m.By, m.SeriesEntry.At.UTC().Format(time.RFC3339), m.Words,
		}
		for i, cell := range row {
			row[i] = cellText(cell)
		}
		_ = c.Write(row)
	}
	c.Flush()
	return nil
}

// seriesBody is a series as the API gives it.
type seriesBody struct {
	listedSeries
	Entries   []casework.SeriesEntry `json:"entries"` // all that was said, the oldest first
	Documents []casework.Attempt     `json:"documents"`
	Probing   []string               `json:"probing"`   // documents that look like a test of the response
	Related   []casework.Related     `json:"related"`   // that belong to no series and have something in common
	People    []casework.Holder      `json:"people"`    // empty for who may not work on people
	From      []string               `json:"from"`      // series that hand people on to this one
	Referred  int                    `json:"referred"`  // referrals that were made from it
	Referrals []referralBody         `json:"referrals"` // those that the account may see
}

// listedSeries is a series in a list.
type listedSeries struct {
	ID       string                 `json:"id"`
	Title    string                 `json:"title"`
	State    casework.SeriesState   `json:"state"`
	Business casework.BusinessModel `json:"business_model"`
	Members  int                    `json:"members"`
	Holders  int                    `json:"holders"`
	Victims  int                    `json:"potential_victims"` // holders who were referred for their welfare
	Priority string                 `json:"priority"`
	OpenedBy string                 `json:"opened_by"`
	OpenedAt time.Time              `json:"opened_at"`
}

func listedSeriesOf(one casework.Series, f casework.SeriesFacts) listedSeries {
	return listedSeries{
		one.ID, one.Title, one.State(), one.Business().Business, len(one.Members()), len(f.Holders), f.Victims(), f.Priority(), one.OpenedBy, one.OpenedAt.UTC(),
	}
}

func bodyOfSeries(v page.Series) seriesBody {
	b := seriesBody{
		listedSeries: listedSeriesOf(v.Series, v.Facts), Entries: listed(v.Series.Entries), Documents: listed(v.Facts.Attempts), Probing: []string{},
		Related: listed(v.Related), People: []casework.Holder{}, From: listed(v.Facts.From), Referred: v.Referred, Referrals: []referralBody{},
	}
	for i := range b.Entries {
		b.Entries[i].At = b.Entries[i].At.UTC()
	}
	for i := range b.Documents {
		b.Documents[i].At = b.Documents[i].At.UTC()
	}
	for _, a := range v.Facts.Probing() {
		b.Probing = append(b.Probing, a.Document)
	}
	for _, h := range v.Facts.Holders {
		if h.Number > 0 {
			b.People = append(b.People, h)
		}
	}
	for _, r := range v.Referrals {
		b.Referrals = append(b.Referrals, bodyOfReferral(r))
	}
	return b
}

// seriesListBody is the list of series.
type seriesListBody struct {
	Data []listedSeries `json:"data"`
}

// apiAllSeries lists the newest.
func (s *server) apiAllSeries(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	all, err := s.knownSeries(r.Context())
	if err != nil {
		return err
	}
	b := seriesListBody{[]listedSeries{}}
	for _, l := range all {
		b.Data = append(b.Data, listedSeriesOf(l.Series, l.Facts))
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// apiOpenSeries opens one.
func (s *server) apiOpenSeries(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b seriesWish
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	one, err := s.beginSeries(r.Context(), b, who)
	errs, err := stood(err)
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	w.Header().Set("Location", "/api/v1/series/"+one.ID)
	s.writeJSON(w, r, http.StatusCreated, bodyOfSeries(page.Series{Series: one}))
	return nil
}

// apiOneSeries gives one.
func (s *server) apiOneSeries(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	v, err := s.findSeries(r.Context(), r.PathValue("series"))
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, bodyOfSeries(v))
	return nil
}

// apiAddToSeries adds an entry and answers with the series as it is then.
func (s *server) apiAddToSeries(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	v, err := s.findSeries(r.Context(), r.PathValue("series"))
	if err != nil {
		return err
	}
	var b entryBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	errs, err := s.keepEntry(r.Context(), v.Series.ID, b, who)
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	if v, err = s.findSeries(r.Context(), v.Series.ID); err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusCreated, bodyOfSeries(v))
	return nil
}
