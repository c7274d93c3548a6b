package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// board shows the clocks, what is stuck, and what was decided, in numbers that
// each lead to the list behind them.
func (s *server) board(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	view, err := s.numbers(r.Context())
	if err != nil {
		return err
	}
	view.Freed = reference(r.URL.Query().Get("freed"))
	view.Held, err = s.Reviews.ListReviews(r.Context(), pipeline.ReviewFilter{Held: true, Limit: maxLimit})
	if err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "board", view})
	return nil
}

// numbers counts everything that the board tells, after writing down that it is
// about to be seen.
func (s *server) numbers(ctx context.Context) (v page.Board, err error) {
	if err := s.consult(ctx, "board", "list"); err != nil {
		return v, err
	}
	now := s.Now()
	if v.Counts, err = s.Reviews.CountReviews(ctx, pipeline.ReviewFilter{Now: now}); err != nil {
		return v, err
	}
	concerns, err := s.Reviews.CountReviews(ctx, pipeline.ReviewFilter{Safety: true, Now: now})
	if err != nil {
		return v, err
	}
	assigned, err := s.Reviews.CountReviews(ctx, pipeline.ReviewFilter{Held: true, Now: now})
	if err != nil {
		return v, err
	}
	v.Concerns, v.Assigned = concerns.All, assigned.All
	late, err := s.late(ctx)
	if err != nil {
		return v, err
	}
	v.LateReferrals, v.LateTasks, v.Near = len(late.Referrals), len(late.Tasks), len(late.Near)
	if v.Month, err = s.Reviews.CountDecisions(ctx, pipeline.DecisionFilter{Since: page.Month.Since(now)}); err != nil {
		return v, err
	}
	v.Today, err = s.Reviews.CountDecisions(ctx, pipeline.DecisionFilter{Since: page.Today.Since(now)})
	return v, err
}

// decisionTexts says of each parameter of the list of decisions how it is
// written.
var decisionTexts = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"period":   "The period must be today or month",
	"show":     "Select which decisions from the list",
	"reviewer": "Give the account name of a reviewer",
	"site":     "A site has 3 letters, or is none",
	"page":     "The page must be a number from 1",
}

// decisionQuery is a list of decisions that somebody asks for.
type decisionQuery struct {
	view   page.Decisions
	filter pipeline.DecisionFilter
}

// parseDecisions reads the parameters of the list of decisions.
func parseDecisions(q url.Values, now time.Time) (d decisionQuery, errs []fieldError) {
	d.view = page.Decisions{Period: page.Month, Show: page.ShowAll, Page: 1, Query: url.Values{}}
	for name, values := range q {
		if decisionTexts[name] == "" {
			errs = append(errs, fieldError{"/" + name, "There is no parameter of this name"})
			continue
		}
		if len(values) > 1 || values[0] != "" && !d.set(name, values[0]) {
			errs = append(errs, fieldError{"/" + name, decisionTexts[name]})
		} else if name != "page" && values[0] != "" {
			d.view.Query.Set(name, values[0])
		}
	}
	d.filter = d.view.Show.Filter()
	d.filter.Since, d.filter.Reviewer = d.view.Period.Since(now), d.view.Reviewer
	d.filter.Site, d.filter.NoSite = d.view.Site, d.view.Site == page.NoSite
	if d.filter.NoSite {
		d.filter.Site = ""
	}
	return d, errs
}

// set sets one field; false if the value is none that it can have.
func (d *decisionQuery) set(name, value string) bool {
	switch v := &d.view; name {
	case "period":
		v.Period = page.Period(value)
		return v.Period == page.Today || v.Period == page.Month
	case "show":
		v.Show = page.Show(value)
		return slices.Contains(page.Shows, v.Show)
	case "reviewer":
		v.Reviewer = accountName(value)
		return true
	case "site":
		v.Site = value
		return value == page.NoSite || siteForm.MatchString(value)
	default:
		var err error
		v.Page, err = strconv.Atoi(value)
		return err == nil && v.Page >= 1
	}
}

// fillDecisions looks the decisions up, after writing down that they are about
// to be seen.
func (s *server) fillDecisions(ctx context.Context, d *decisionQuery) error {
	if err := s.consult(ctx, "decisions", "list"); err != nil {
		return err
	}
	counts, err := s.Reviews.CountDecisions(ctx, d.filter)
	if err != nil {
		return err
	}
	d.view.Total = pipeline.TallyOf(counts).Decisions
	d.view.Page = min(d.view.Page, d.view.Pages())
	d.filter.Limit, d.filter.Offset = page.QueuePage, (d.view.Page-1)*page.QueuePage
	d.view.Items, err = s.Reviews.ListDecisions(ctx, d.filter)
	return err
}

// decisions lists what a number of the board counts. Wrong parameters are a
// problem here: only the board links to it.
func (s *server) decisions(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	d, errs := parseDecisions(r.URL.Query(), s.Now())
	if errs != nil {
		return problemInvalid(errs)
	}
	if err := s.fillDecisions(r.Context(), &d); err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "decisions", d.view})
	return nil
}

// boardBody is the board as the API gives it.
type boardBody struct {
	Referrals int                   `json:"referrals_late"`
	Tasks     int                   `json:"tasks_late"`
	Near      int                   `json:"near_legal_limit"`
	Open      int                   `json:"open"`
	Free      int                   `json:"free"`
	Late      int                   `json:"late"`
	Soon      int                   `json:"soon"`
	Unowned   int                   `json:"urgent_and_free"`
	Safety    int                   `json:"safety"`
	Second    int                   `json:"second"`
	Third     int                   `json:"third"`
	Waiting   int                   `json:"waiting"`
	Today     pipeline.Tally        `json:"today"`
	Month     pipeline.Tally        `json:"last_28_days"`
	Reviewers []pipeline.NamedTally `json:"reviewers"`
	Sites     []pipeline.NamedTally `json:"sites"`
}

// apiBoard gives the numbers of the board.
func (s *server) apiBoard(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	v, err := s.numbers(r.Context())
	if err != nil {
		return err
	}
	c := v.Counts
	s.writeJSON(w, r, http.StatusOK, boardBody{
		Referrals: v.LateReferrals, Tasks: v.LateTasks, Near: v.Near, Open: c.All, Free: c.Free, Late: c.Late, Soon: c.Soon, Unowned: c.Unowned, Safety: v.Concerns, Second: c.Second, Third: c.Third, Waiting: c.Waiting,
		Today: pipeline.TallyOf(v.Today), Month: pipeline.TallyOf(v.Month), Reviewers: v.Reviewers(), Sites: v.Sites(),
	})
	return nil
}

// decidedBody is one decision in a list.
type decidedBody struct {
	ID        pipeline.DocumentID  `json:"id"`
	Reviewer  string               `json:"reviewer"`
	At        time.Time            `json:"at"`
	Kind      pipeline.VerdictKind `json:"verdict_kind"`
	Verdict   pipeline.Verdict     `json:"verdict"`
	Machine   pipeline.Conclusion  `json:"machine"`
	Encounter string               `json:"encounter"`
	Split     bool                 `json:"disagreed"` // with the first person
}

// decidedListBody is one page of decisions.
type decidedListBody struct {
	pageBody[decidedBody]
	Total int `json:"total"`
}

func decidedOf(i pipeline.DecidedItem) decidedBody {
	return decidedBody{i.Document, i.Reviewer, i.At.UTC(), i.Verdict.Kind(), i.Verdict, i.Machine, i.Encounter, i.Split}
}

// madeAt writes a place in the list of decisions as a cursor holds it.
func madeAt(p pipeline.DecisionPlace) string {
	return fmt.Sprintf("%d %s %d", p.At.UnixMicro(), p.Document, p.Seq)
}

// parseMadeAt reads it back; false if it is none.
func parseMadeAt(key string) (p pipeline.DecisionPlace, ok bool) {
	var at int64
	var id string
	if n, err := fmt.Sscanf(key, "%d %s %d", &at, &id, &p.Seq); err != nil || n != 3 {
		return p, false
	}
	var err error
	p.At = time.UnixMicro(at)
	p.Document, err = pipeline.ParseDocumentID(id)
	return p, err == nil
}

// apiDecisions lists what a number of the board counts.
func (s *server) apiDecisions(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	ctx, q := r.Context(), r.URL.Query()
	p, wrong := parsePaging(q)
	q.Del("cursor")
	q.Del("limit")
	d, errs := parseDecisions(q, s.Now())
	if errs = append(wrong, errs...); p.after != "" {
		var ok bool
		if d.filter.After, ok = parseMadeAt(p.after); !ok {
			errs = append(errs, fieldError{"/cursor", wrongCursor})
		}
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	if err := s.consult(ctx, "decisions", "list"); err != nil {
		return err
	}
	d.filter.Limit = p.limit + 1
	items, err := s.Reviews.ListDecisions(ctx, d.filter)
	if err != nil {
		return err
	}
	d.filter.After = pipeline.DecisionPlace{}
	counts, err := s.Reviews.CountDecisions(ctx, d.filter)
	if err != nil {
		return err
	}
	items, next := turn(items, p, func(i pipeline.DecidedItem) string { return madeAt(i.Place()) })
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, decidedListBody{pageOf(items, next, decidedOf), pipeline.TallyOf(counts).Decisions})
	return nil
}
