package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// threatRoutes are about the threat area "fraudulent documents".
func (s *server) threatRoutes(rt *router) {
	rt.handle("GET /threat", policy.Threat, s.threatPage)
	rt.handle("GET /threat/records", policy.Threat, s.recordsPage)
	rt.handle("GET /threat/feed/export", policy.Threat, s.exportFeed)
	rt.handle("GET /threat/pack", policy.Threat, s.pack)
	rt.handle("GET /api/v1/threat", policy.Threat, s.apiThreat)
	rt.handle("GET /api/v1/threat/records", policy.Threat, s.apiRecords)
	rt.handle("GET /api/v1/threat/feed", policy.Threat, s.apiFeed)
	rt.handle("GET /api/v1/threat/feed/schema", policy.Threat, s.feedSchema)
	rt.handle("GET /api/v1/threat/feed/export", policy.Threat, s.exportFeed)
	rt.handle("GET /api/v1/threat/pack", policy.Threat, s.pack)
}

// threatTexts says of each parameter how it is written.
var threatTexts = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"from":           "The first month must be one of the last 24, not after the last one",
	"until":          "The last month must be one of the last 24",
	"site":           "A site has 3 letters, or is unknown",
	"channel":        "Select a channel from the list",
	"mode":           "Select how people came from the list",
	"kind":           "Select a kind of false document from the list",
	"verdict":        "The verdict must be a code of the taxonomy",
	"model":          "A model is a State and a type, such as UTO P",
	"role":           "The role must be production, supply or possession_use",
	"business_model": "The business model must be one of the codes of the feed",
}

// How codes that come from addresses are written.
var (
	modeForm  = regexp.MustCompile(`^[A-Za-z-]{2,16}$`)
	modelForm = regexp.MustCompile(`^([A-Z]{1,3} [A-Z]{1,2}|unknown unknown)$`)
)

// parseThreat reads which documents figures are asked of: those of the last twelve
// months, if nothing else is said.
func parseThreat(q url.Values, now time.Time) (f threat.Select, errs []fieldError) {
	months := page.ThreatMonths(now)
	f = threat.Select{From: months[len(months)-12], Until: months[len(months)-1]}
	set := map[string]func(string) bool{
		"from": func(v string) bool {
			f.From = v
			return slices.Contains(months, v) && v <= cmp.Or(q.Get("until"), f.Until)
		},
		"until": func(v string) bool { f.Until = v; return slices.Contains(months, v) },
		"site":  func(v string) bool { f.Site = v; return v == threat.UnknownSite || siteForm.MatchString(v) },
		"channel": func(v string) bool {
			f.Channel = pipeline.Channel(v)
			return slices.Contains(pipeline.Channels, f.Channel)
		},
		"mode":    func(v string) bool { f.Mode = v; return modeForm.MatchString(v) },
		"kind":    func(v string) bool { f.Kind = pipeline.VerdictKind(v); return slices.Contains(threat.Kinds, f.Kind) },
		"verdict": func(v string) bool { f.Verdict = pipeline.Verdict(v); return f.Verdict.Adverse() },
		"model":   func(v string) bool { f.Model = v; return modelForm.MatchString(v) },
		"role":    func(v string) bool { f.Part = threat.Part(v); return slices.Contains(threat.Parts, f.Part) },
		"business_model": func(v string) bool {
			f.Business = casework.BusinessModel(v)
			return slices.Contains(casework.BusinessModels, f.Business)
		},
	}
	for _, name := range slices.Sorted(maps.Keys(threatTexts)) {
		if v := q.Get(name); v != "" && !set[name](v) {
			errs = append(errs, fieldError{"/" + name, threatTexts[name]})
		}
	}
	return f, errs
}

// summary counts what was chosen, after writing down that it is about to be seen.
func (s *server) summary(ctx context.Context, f threat.Select) (sum threat.Summary, err error) {
	if err := s.consult(ctx, "threat", "list"); err != nil {
		return sum, err
	}
	return s.figures(ctx, f)
}

// figures counts what was chosen.
func (s *server) figures(ctx context.Context, f threat.Select) (sum threat.Summary, err error) {
	key, err := s.Threat.FeedKey(ctx)
	if err != nil {
		return sum, err
	}
	table := threat.NewTable(key)
	err = s.Threat.Outcomes(ctx, threat.Filter{From: f.From, Until: f.Until, Current: true}, func(e threat.Entry) error {
		table.Count(e)
		return nil
	})
	if err != nil {
		return sum, err
	}
	exposed, err := s.Threat.Exposure(ctx, f.From, f.Until)
	if err != nil {
		return sum, err
	}
	for _, x := range exposed {
		table.Add(x.Measure, x.Cell, x.N)
	}
	first, err := s.Threat.FirstSeen(ctx, s.Now().Add(-threat.FirstSeenFor))
	return threat.Summary{Select: f, Figures: table.Publish(), First: first}, err
}

// threatPage shows the threat area.
func (s *server) threatPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, errs := parseThreat(r.URL.Query(), s.Now())
	view := page.Threat{Summary: threat.Summary{Select: f}, Errors: pageErrors(errs)}
	status := http.StatusBadRequest
	if errs == nil {
		sum, err := s.summary(r.Context(), f)
		if err != nil {
			return err
		}
		status, view.Summary = http.StatusOK, sum
		if view.Series, err = s.knownSeries(r.Context()); err != nil {
			return err
		}
	}
	s.show(w, r, screen{status, "threat", view})
	return nil
}

// errEnough ends reading when a page is full.
var errEnough = errors.New("enough")

// records gives one page of the records behind a figure, after writing down that
// they are about to be seen.
func (s *server) records(r *http.Request) (f threat.Select, all []threat.Entry, next string, err error) {
	q := r.URL.Query()
	f, errs := parseThreat(q, s.Now())
	p, more := parsePaging(q)
	after, err := feedPlace(p)
	if err != nil {
		more = append(more, fieldError{"/cursor", wrongCursor})
	}
	if errs = append(errs, more...); errs != nil {
		return f, nil, "", problemInvalid(errs)
	}
	if err := s.consult(r.Context(), "threat", "records"); err != nil {
		return f, nil, "", err
	}
	err = s.Threat.Outcomes(r.Context(), threat.Filter{After: after, From: f.From, Until: f.Until, Current: true}, func(e threat.Entry) error {
		if f.Holds(threat.CellOf(e.Outcome)) {
			all = append(all, e)
		}
		if len(all) > p.limit {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return f, nil, "", err
	}
	all, next = turn(all, p, placeKey)
	return f, all, next, nil
}

// feedPlace reads the place in the feed that a cursor holds; 0 is before the first.
func feedPlace(p paging) (int64, error) {
	if p.after == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(p.after, 10, 64)
	if err == nil && n < 0 {
		err = strconv.ErrRange
	}
	return n, err
}

func placeKey(e threat.Entry) string { return strconv.FormatInt(e.Seq, 10) }

func recordOf(e threat.Entry) threat.Outcome { return e.Outcome }

// recordsPage lists the records behind a figure. Wrong parameters are a problem
// here: only figures link to it.
func (s *server) recordsPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, all, next, err := s.records(r)
	if err != nil {
		return err
	}
	view := page.Records{Select: f, Entries: all}
	if next != "" {
		view.Next = nextAddress(r.URL, next)
	}
	s.show(w, r, screen{http.StatusOK, "records", view})
	return nil
}

// apiRecords gives the records behind a figure.
func (s *server) apiRecords(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	_, all, next, err := s.records(r)
	if err != nil {
		return err
	}
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, pageOf(all, next, recordOf))
	return nil
}

// feedBody is one page of the feed. The cursor is there even after the last
// record: who asks again with it gets what has come since.
type feedBody struct {
	Data []threat.Outcome `json:"data"`
	Next string           `json:"next_cursor"`
	More bool             `json:"more"` // there are records already
}

// apiFeed gives the records of the feed in order, every revision of them.
func (s *server) apiFeed(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	p, errs := parsePaging(r.URL.Query())
	after, err := feedPlace(p)
	if err != nil {
		errs = append(errs, fieldError{"/cursor", wrongCursor})
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: "threat", Detail: "feed"}); err != nil {
		return err
	}
	all, err := s.feedStep(r.Context(), after, p.limit+1)
	if err != nil {
		return err
	}
	b := feedBody{Data: []threat.Outcome{}, More: len(all) > p.limit}
	for _, e := range all[:min(len(all), p.limit)] {
		b.Data, after = append(b.Data, e.Outcome), e.Seq
	}
	b.Next = encodeCursor(strconv.FormatInt(after, 10))
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// feedStep reads some of the feed.
func (s *server) feedStep(ctx context.Context, after int64, limit int) (all []threat.Entry, err error) {
	err = s.Threat.Outcomes(ctx, threat.Filter{After: after, Limit: limit}, func(e threat.Entry) error {
		all = append(all, e)
		return nil
	})
	return all, err
}

// feedSchema describes the records of the feed.
func (s *server) feedSchema(w http.ResponseWriter, _ *http.Request, _ pipeline.Account) error {
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(threat.Schema) // the client went away: nobody to tell
	return nil
}

// exportFeed hands all of the feed out as a file, the oldest first, after writing
// down that it left. It is read in steps, so that it takes as little memory when
// it is long, and a slow client holds nobody up.
func (s *server) exportFeed(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	format := r.URL.Query().Get("format")
	kind := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}[format]
	if kind == "" {
		return problemInvalid([]fieldError{{"/format", "The format must be csv or jsonl"}})
	}
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: "threat", Detail: "export_" + format}); err != nil {
		return err
	}
	all, err := s.feedStep(r.Context(), 0, exportStep)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="oic-feed.`+format+`"`)
	write := feedWriter(w, format)
	for len(all) > 0 {
		for _, e := range all {
			if write(e.Outcome) != nil {
				return nil //nolint:nilerr // the client has gone
			}
		}
		if all, err = s.feedStep(r.Context(), all[len(all)-1].Seq, exportStep); err != nil {
			panic(http.ErrAbortHandler) // the file must not look whole
		}
	}
	return nil
}

// feedWriter writes records one by one.
func feedWriter(w http.ResponseWriter, format string) func(threat.Outcome) error {
	if format == "jsonl" {
		enc := json.NewEncoder(w)
		return func(o threat.Outcome) error { return enc.Encode(o) }
	}
	c := csv.NewWriter(w)
	_ = c.Write(threat.Columns) // the next write tells
	c.Flush()
	return func(o threat.Outcome) error {
		cells := o.Cells()
		for i, cell := range cells {
			cells[i] = cellText(cell)
		}
		_ = c.Write(cells)
		c.Flush()
		return c.Error()
	}
}

// pack hands out the pack of a quarter, after writing down that it left.
func (s *server) pack(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	quarter := cmp.Or(r.URL.Query().Get("quarter"), page.Quarters(s.Now())[1].Name)
	i := slices.IndexFunc(page.Quarters(s.Now()), func(q page.Quarter) bool { return q.Name == quarter })
	if i < 0 {
		return problemInvalid([]fieldError{{"/quarter", "The quarter must be one of the last eight, such as 2026-Q3"}})
	}
	q := page.Quarters(s.Now())[i]
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: "threat", Detail: "pack"}); err != nil {
		return err
	}
	sum, err := s.figures(r.Context(), threat.Select{From: q.From, Until: q.Until})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.WritePack(&b, page.Pack{Quarter: q, Summary: sum, MadeAt: s.Now(), Version: s.Version}); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="fraudulent-documents-`+q.Name+`.pdf"`)
	_, _ = b.WriteTo(w) // the client went away: nobody to tell
	return nil
}

// threatRow is a line of figures as the API gives it. What is too small to be
// shown is null.
type threatRow struct {
	Value    string    `json:"value"`
	Found    *int      `json:"found"`
	Screened *int      `json:"screened"`
	Rate     *rateBody `json:"per_thousand"`
}

// rateBody is a rate with its 95 % interval, in 1,000.
type rateBody struct {
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// shown is a figure, or null if it is small.
func shown(c threat.Count) *int {
	if c.Small() {
		return nil
	}
	n := int(c)
	return &n
}

func threatRowOf(r threat.Row) threatRow {
	b := threatRow{Value: r.Value, Found: shown(r.N), Screened: shown(r.Of)}
	if r.Known() {
		i := r.Interval()
		b.Rate = &rateBody{1000 * float64(r.N) / float64(r.Of), 1000 * i.Low, 1000 * i.High}
	}
	return b
}

// threatBody is what the page tells, as the API gives it.
type threatBody struct {
	From      string                 `json:"from"`
	Until     string                 `json:"until"`
	Sentences []string               `json:"sentences"`
	Method    []string               `json:"method"`
	Total     threatRow              `json:"total"`
	Tables    map[string][]threatRow `json:"tables"`
	Prices    []priceBody            `json:"prices"`
}

// priceBody is what was told of prices in a currency.
type priceBody struct {
	Currency string `json:"currency"`
	Told     *int   `json:"told"`
	Median   string `json:"median_band"`
}

// apiThreat gives the figures of the page.
func (s *server) apiThreat(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, errs := parseThreat(r.URL.Query(), s.Now())
	if errs != nil {
		return problemInvalid(errs)
	}
	sum, err := s.summary(r.Context(), f)
	if err != nil {
		return err
	}
	b := threatBody{
		From: f.From, Until: f.Until, Sentences: sum.Sentences(), Method: sum.Methodology(), Total: threatRowOf(sum.Total()),
		Tables: map[string][]threatRow{}, Prices: []priceBody{},
	}
	for name, rows := range sum.Tables() {
		b.Tables[name] = []threatRow{}
		for _, row := range rows {
			b.Tables[name] = append(b.Tables[name], threatRowOf(row))
		}
	}
	for _, p := range sum.Prices() {
		b.Prices = append(b.Prices, priceBody{p.Currency, shown(p.Told), p.Median})
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// How often records are made anew of which more has become known, and for how
// long after the decision.
const (
	renewEvery = time.Hour
	renewFor   = 180 * 24 * time.Hour
)

// KeepFeed makes records of the feed anew, again and again until the desk stops.
func (d *Desk) KeepFeed(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		now := d.server.Now()
		n, err := d.server.Threat.RenewFeed(ctx, now.Add(-renewFor), now)
		if err != nil && ctx.Err() == nil {
			d.server.Log.WarnContext(ctx, "feed_not_renewed", slog.String("error", err.Error()))
		}
		if n > 0 {
			d.server.Log.InfoContext(ctx, "feed_renewed", slog.Int("records", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
