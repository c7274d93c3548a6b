package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// queueRoutes are about the queue of people's work, the numbers of it and
// concerns for somebody's safety.
func (s *server) queueRoutes(rt *router) {
	rt.handle("GET /queue", policy.Queue, s.queue)
	rt.handle("POST /queue/next", policy.Review, s.next)
	rt.handle("POST /queue/assign", policy.Board, s.assignPage)
	rt.handle("POST /reviews/{id}/free", policy.Board, s.free)
	rt.handle("GET /board", policy.Board, s.board)
	rt.handle("GET /board/decisions", policy.Board, s.decisions)
	rt.handle("GET /api/v1/board", policy.Board, s.apiBoard)
	rt.handle("GET /api/v1/board/decisions", policy.Board, s.apiDecisions)
	rt.handle("POST /documents/{id}/safety", policy.Raise, s.raiseSafety)
	rt.handle("POST /api/v1/documents/{id}/safety", policy.Raise, s.raiseSafety)
	rt.handle("GET /api/v1/reviews", policy.Queue, s.apiQueue)
	rt.handle("GET /api/v1/reviews/count", policy.Queue, s.apiCount)
	rt.handle("POST /api/v1/reviews/next", policy.Review, s.apiNext)
	rt.handle("POST /api/v1/reviews/assign", policy.Board, s.apiAssign)
	rt.handle("POST /api/v1/reviews/{id}/free", policy.Board, s.apiFree)
}

// lane is a part of the queue that somebody asks for.
type lane struct {
	tab    page.Tab
	filter pipeline.ReviewFilter // what the tab and the filters choose
	only   pipeline.ReviewFilter // what the tab alone chooses
	page   int
	query  url.Values // what tab and filters were chosen with, without the page
}

// laneTexts says of each parameter of the queue how it is written.
var laneTexts = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"tab":       "Select a part of the queue from the list",
	"channel":   "Select where the person is from the list",
	"site":      "A site has 3 letters",
	"clock":     "Select a due time from the list",
	"cause":     "Select why it is in the queue from the list",
	"reference": noDocument,
	"page":      "The page must be a number from 1",
	"after":     "The time must be written like 2026-11-24T20:17:00Z",
}

// parseLane reads the parameters of the queue. Empty ones are not given: a form
// sends them all.
func parseLane(q url.Values, who pipeline.Account, now time.Time) (l lane, errs []fieldError) {
	l = lane{tab: page.TabsOf(who)[0], page: 1, query: url.Values{}}
	l.filter.Now = now
	for name, values := range q {
		if laneTexts[name] == "" || name == "cause" && !policy.May(who.Role, policy.Board) {
			errs = append(errs, fieldError{"/" + name, "There is no parameter of this name"})
			continue
		}
		if len(values) > 1 {
			errs = append(errs, fieldError{"/" + name, "Give this parameter once"})
			continue
		}
		if values[0] == "" {
			continue
		}
		if !l.set(name, values[0], who) {
			errs = append(errs, fieldError{"/" + name, laneTexts[name]})
		} else if name != "page" && name != "after" {
			l.query.Set(name, values[0])
		}
	}
	slices.SortFunc(errs, func(a, b fieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	l.only = l.tab.Filter(who)
	l.only.Now = now
	if id := l.filter.Document; id != "" { // one is found wherever it is
		l.filter = pipeline.ReviewFilter{Document: id, States: pipeline.ReviewStates, Now: now}
		return l, errs
	}
	l.filter.States, l.filter.Safety, l.filter.Holder, l.filter.Held, l.filter.Free = l.only.States, l.only.Safety, l.only.Holder, l.only.Held, l.only.Free
	return l, errs
}

// set sets one field; false if the value is none that it can have.
func (l *lane) set(name, value string, who pipeline.Account) bool {
	var err error
	switch f := &l.filter; name {
	case "tab":
		l.tab = page.Tab(value)
		return slices.Contains(page.TabsOf(who), l.tab)
	case "channel":
		f.Channel, err = pipeline.ParseChannel(value)
	case "site":
		f.Site = value
		return siteForm.MatchString(value)
	case "clock":
		f.Clock = pipeline.Clock(value)
		return slices.Contains(pipeline.Clocks, f.Clock)
	case "cause":
		f.Cause = pipeline.ReviewCause(value)
		return slices.Contains(pipeline.ReviewCauses, f.Cause)
	case "reference":
		f.Document, err = pipeline.ParseDocumentID(value)
	case "after":
		f.OpenedAfter, err = time.Parse(time.RFC3339, value)
	default:
		l.page, err = strconv.Atoi(value)
		return err == nil && l.page >= 1
	}
	return err == nil
}

// keyQueue is where a session keeps how the queue was last looked at.
const keyQueue = "queue"

// queue shows a part of the queue. Its address says which; without one it is the
// part that the account looked at last, until it signs out. A parameter that the
// page does not know is passed over: people arrive by old links.
func (s *server) queue(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx, q := r.Context(), r.URL.Query()
	if kept := s.sessions.GetString(ctx, keyQueue); r.URL.RawQuery == "" && kept != "" {
		http.Redirect(w, r, "/queue?"+kept, http.StatusSeeOther)
		return nil
	}
	view := page.Queue{None: q.Has("none"), Freed: reference(q.Get("freed")), Assigned: wasAssigned(q), Decided: reference(q.Get("recorded"))}
	for name := range q {
		if laneTexts[name] == "" || name == "after" {
			q.Del(name)
		}
	}
	l, errs := parseLane(q, who, s.Now())
	if errs != nil { // show all of the tab, and what was wrong
		l, _ = parseLane(url.Values{"tab": {string(l.tab)}}, who, s.Now())
	}
	if err := s.fillQueue(ctx, &view, l); err != nil {
		return err
	}
	var err error
	if view.Saved, err = s.savedFor(ctx, "/queue", l.query); err != nil {
		return err
	}
	view.Errors, view.Typed = pageErrors(errs), q.Get("reference")
	if errs != nil {
		s.show(w, r, screen{http.StatusBadRequest, "queue", view})
		return nil
	}
	l.query.Del("reference")
	if err := s.remember(ctx, keyQueue, l.query.Encode()); err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "queue", view})
	return nil
}

// remember keeps a value in the session. A session that is not there, as in the
// API, keeps nothing.
func (s *server) remember(ctx context.Context, key, value string) error {
	if s.sessions.GetString(ctx, key) == value || s.sessions.Token(ctx) == "" {
		return nil
	}
	s.sessions.Put(ctx, key, value)
	if _, _, err := s.sessions.Commit(ctx); err != nil {
		return fmt.Errorf("keep %s in session: %w", key, err)
	}
	return nil
}

// fillQueue looks up what a part of the queue holds, after writing down that it
// is about to be seen.
func (s *server) fillQueue(ctx context.Context, v *page.Queue, l lane) error {
	if err := s.consult(ctx, "queue", "list"); err != nil {
		return err
	}
	who := infoOf(ctx).who
	v.Tab, v.Filter, v.Query, v.Tabs = l.tab, l.filter, l.query, map[page.Tab]int{}
	all, err := s.Reviews.CountReviews(ctx, pipeline.ReviewFilter{Now: l.filter.Now})
	if err != nil {
		return err
	}
	v.All = all
	for _, tab := range page.TabsOf(who) {
		if v.Tabs[tab], err = s.countTab(ctx, tab, all); err != nil {
			return err
		}
	}
	v.Options, v.Chosen = all, all
	if l.tab != page.TabAll {
		if v.Options, err = s.Reviews.CountReviews(ctx, l.only); err != nil {
			return err
		}
		v.Chosen = v.Options
	}
	if v.Narrow() {
		if v.Chosen, err = s.Reviews.CountReviews(ctx, l.filter); err != nil {
			return err
		}
	}
	v.Page = min(l.page, v.Pages())
	if policy.May(who.Role, policy.Board) {
		if v.Reviewers, err = s.reviewers(ctx); err != nil {
			return err
		}
	}
	l.filter.Limit, l.filter.Offset = page.QueuePage, (v.Page-1)*page.QueuePage
	v.Items, err = s.Reviews.ListReviews(ctx, l.filter)
	return err
}

// countTab is how many reviews are under a tab.
func (s *server) countTab(ctx context.Context, tab page.Tab, all pipeline.ReviewCounts) (int, error) {
	counted := map[page.Tab]int{
		page.TabAll: all.All, page.TabFree: all.Free, page.TabSecond: all.Second, page.TabThird: all.Third, page.TabWaiting: all.Waiting,
	}
	if n, ok := counted[tab]; ok {
		return n, nil
	}
	f := tab.Filter(infoOf(ctx).who)
	f.Now = s.Now()
	c, err := s.Reviews.CountReviews(ctx, f)
	return c.All, err
}

// next lets the account hold the most urgent review, or says why there is none.
func (s *server) next(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	review, err := s.Reviews.NextReview(r.Context(), who, s.Now())
	if errors.Is(err, pipeline.ErrNotFound) {
		http.Redirect(w, r, "/queue?none=1", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	u := url.URL{Path: "/reviews/" + string(review.Document)}
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}

// free takes a review from its holder and goes back to the list. One that nobody
// holds any more is as free as it should be.
func (s *server) free(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	id, err := s.letGo(r.Context(), r.PathValue("id"), who)
	if err != nil && !errors.Is(err, pipeline.ErrConflict) {
		return err
	}
	back := "/queue"
	if r.PostForm.Get("back") == "/board" {
		back = "/board"
	}
	http.Redirect(w, r, back+"?"+url.Values{"freed": {string(id)}}.Encode(), http.StatusSeeOther)
	return nil
}

// letGo takes a review from its holder; ErrConflict if nobody holds it. The step
// is written down with it.
func (s *server) letGo(ctx context.Context, reference string, who pipeline.Account) (pipeline.DocumentID, error) {
	id, err := pipeline.ParseDocumentID(reference)
	if err != nil {
		return id, problemNotFound()
	}
	if _, err := s.Reviews.FindReview(ctx, id); err != nil {
		return id, err
	}
	return id, s.Reviews.FreeReview(ctx, id, who, s.Now())
}
