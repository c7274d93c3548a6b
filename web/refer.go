package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// referralRoutes are about telling others, and about what has to be done.
func (s *server) referralRoutes(rt *router) {
	rt.handle("GET /encounters/{reference}/refer", policy.Refer, s.referPage)
	rt.handle("POST /encounters/{reference}/refer", policy.Refer, s.refer)
	rt.handle("GET /referrals", policy.Refer, s.referrals)
	rt.handle("GET /referrals/{referral}", policy.Refer, s.referral)
	rt.handle("POST /referrals/{referral}/acknowledge", policy.Refer, s.acknowledge)
	rt.handle("POST /referrals/{referral}/close", policy.Refer, s.closeReferral)
	rt.handle("POST /encounters/{reference}/tasks", policy.Refer, s.finishTask)
	rt.handle("POST /api/v1/encounters/{reference}/referrals", policy.Refer, s.apiRefer)
	rt.handle("GET /api/v1/referrals", policy.Refer, s.apiReferrals)
	rt.handle("GET /api/v1/referrals/{referral}", policy.Refer, s.apiReferral)
	rt.handle("POST /api/v1/referrals/{referral}/acknowledge", policy.Refer, s.apiAcknowledge)
	rt.handle("POST /api/v1/referrals/{referral}/close", policy.Refer, s.apiCloseReferral)
	rt.handle("POST /api/v1/encounters/{reference}/tasks", policy.Refer, s.apiFinishTask)
}

// referBody is a referral as somebody asks for it: by the rule that names its
// recipient and content.
type referBody struct {
	Rule     string           `json:"rule"`
	Person   int              `json:"person,omitempty"`
	Document string           `json:"document,omitempty"`
	Series   string           `json:"series,omitempty"`
	Consent  casework.Consent `json:"consent,omitempty"`
	Nature   casework.Nature  `json:"nature,omitempty"`
	Reason   string           `json:"reason"`
}

// compose gives the referral that was asked for, ready to be sent, and what it
// tells.
func (s *server) compose(ctx context.Context, g casework.Group, b referBody) (casework.Referral, []casework.Section, casework.Rule, error) {
	rule, ok := s.rules.Rule(b.Rule)
	if !ok {
		return casework.Referral{}, nil, rule, problemInvalid([]fieldError{{"/rule", "There is no rule of this number"}})
	}
	docs, _, err := s.examined(ctx, g.Encounter)
	if err != nil {
		return casework.Referral{}, nil, rule, err
	}
	lines, err := aimed(g, rule, b, docs)
	if err != nil {
		return casework.Referral{}, nil, rule, err
	}
	sections := casework.Compose(g, rule, b.Person, lines)
	content, err := json.Marshal(sections)
	if err != nil {
		return casework.Referral{}, nil, rule, fmt.Errorf("write referral: %w", err)
	}
	now := s.Now()
	return casework.Referral{
		ID: newReferralID(), Rule: rule.ID, Kind: rule.Kind, Encounter: g.Encounter, Person: b.Person, Document: b.Document, Series: b.Series,
		Priority: rule.Priority, Consent: b.Consent, Nature: b.Nature, Reason: strings.TrimSpace(b.Reason), Content: string(content),
		Guidance: s.rules.Guidance, SentAt: now, AckDue: now.Add(time.Duration(rule.AckMinutes) * time.Minute),
	}, sections, rule, nil
}

// aimed gives the documents that go with a referral, and says what it must be
// about: a person, a document, or the group. Of a person it is theirs alone.
func aimed(g casework.Group, rule casework.Rule, b referBody, docs []pipeline.Document) (lines []string, err error) {
	if _, known := g.Person(b.Person); b.Person != 0 && !known {
		return nil, problemNoPerson()
	}
	if (rule.Scope == "person") != (b.Person != 0) {
		return nil, problemInvalid([]fieldError{{"/person", "This referral is about a person. Select whom, or leave it out for others"}})
	}
	known := slices.ContainsFunc(docs, func(d pipeline.Document) bool { return string(d.ID) == b.Document })
	if (rule.Scope == "document") != (b.Document != "") || b.Document != "" && !known {
		return nil, problemInvalid([]fieldError{{"/document", "This referral is about a document of this encounter. Select which, or leave it out for others"}})
	}
	for _, d := range docs {
		if b.Document == "" && g.Theirs(string(d.ID), b.Person) || string(d.ID) == b.Document {
			lines = append(lines, fmt.Sprintf("%s, SHA-256 %s", d.ID, d.Digest))
		}
	}
	return lines, nil
}

// newReferralID makes the reference of a referral.
func newReferralID() string { return newReference("R") }

// newReference makes a reference of a kind that people can read to each other.
func newReference(kind string) string {
	t := rand.Text()
	return kind + "-" + t[:4] + "-" + t[4:8]
}

// referralForm is how the reference of a referral is written.
var referralForm = regexp.MustCompile(`^R-[A-Z0-9]{4}-[A-Z0-9]{4}$`)

// referBodyOf reads what the address or a form asks for.
func referBodyOf(v url.Values) referBody {
	person, _ := strconv.Atoi(v.Get("person")) // none is 0, which is the group
	return referBody{
		Rule: v.Get("rule"), Person: person, Document: v.Get("document"), Series: v.Get("series"), Consent: casework.Consent(v.Get("consent")),
		Nature: casework.Nature(v.Get("nature")), Reason: v.Get("reason"),
	}
}

// referPage shows who would get what, before anything goes.
func (s *server) referPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showRefer(w, r, referBodyOf(r.URL.Query()), nil)
}

func (s *server) showRefer(w http.ResponseWriter, r *http.Request, b referBody, errs []fieldError) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.Refer, "referral")
	if err != nil {
		return err
	}
	made, sections, rule, err := s.compose(r.Context(), g, b)
	if err != nil {
		return err
	}
	view := page.Refer{Group: g, Rule: rule, Referral: made, Sections: sections, Errors: pageErrors(errs)}
	for _, m := range g.Check(made) {
		if m.Field == "kind" || m.Field == "person" { // nothing that the form can mend
			view.Barred = m.Text
		}
	}
	s.show(w, r, screen{statusOf(errs), "refer", view})
	return nil
}

// refer sends a referral.
func (s *server) refer(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.Refer, "referral")
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	b := referBodyOf(form)
	made, err := s.send(r.Context(), g, b, who)
	if err != nil {
		errs, err := mistakesOf(err)
		if err != nil {
			return err
		}
		return s.showRefer(w, r, b, errs)
	}
	next := "/referrals/" + made.ID
	if !mayTrace(who, made) { // it is out of sight of who sent it
		next = "/encounters/" + url.PathEscape(g.Encounter) + "/people"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// send composes and sends; what cannot stand is a problem with its fields.
func (s *server) send(ctx context.Context, g casework.Group, b referBody, who pipeline.Account) (casework.Referral, error) {
	made, _, _, err := s.compose(ctx, g, b)
	if err != nil {
		return made, err
	}
	made.SentBy = who.Name
	errs, err := stood(s.Casework.Send(ctx, made, who))
	if errs != nil {
		err = problemInvalid(errs)
	}
	return made, err
}

// mayTrace tells whether an account sees a referral: everybody's, or those that
// it has sent; restricted ones are seen by those alone who need to know.
func mayTrace(who pipeline.Account, f casework.Referral) bool {
	if f.Restricted() {
		return mayRestricted(who) && policy.May(who.Role, policy.Refer)
	}
	reach := policy.Of(who.Role, policy.Refer)
	return reach == policy.All || reach == policy.Own && f.SentBy == who.Name
}

// trace gives a referral that the account may see, and writes down that it is
// about to.
func (s *server) trace(ctx context.Context, id string) (casework.Referral, error) {
	if !referralForm.MatchString(id) {
		return casework.Referral{}, problemNoReferral()
	}
	f, err := s.Casework.FindReferral(ctx, id)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return f, err
	}
	if err != nil || !mayTrace(infoOf(ctx).who, f) {
		if err := s.consult(ctx, id, "denied"); err != nil {
			return f, err
		}
		return f, problemNoReferral()
	}
	return f, s.consult(ctx, id, "referral")
}

func problemNoReferral() *problem {
	return &problem{slug: "not-found", detail: "We could not find that referral. Check the reference"}
}

// openReferrals gives those that the account may see.
func (s *server) openReferrals(ctx context.Context, who pipeline.Account) ([]casework.Referral, error) {
	if err := s.consult(ctx, "referrals", "list"); err != nil {
		return nil, err
	}
	by := "" // who needs to know sees what others have sent
	if policy.Of(who.Role, policy.Refer) == policy.Own && !mayRestricted(who) {
		by = who.Name
	}
	all, err := s.Casework.OpenReferrals(ctx, by, maxLimit)
	return slices.DeleteFunc(all, func(f casework.Referral) bool { return !mayTrace(who, f) }), err
}

// referrals lists what is open, the most urgent first.
func (s *server) referrals(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	all, err := s.openReferrals(r.Context(), who)
	if err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "referrals", page.Referrals{Referrals: all}})
	return nil
}

// referral shows what was sent, and how far it is.
func (s *server) referral(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showReferral(w, r, nil)
}

func (s *server) showReferral(w http.ResponseWriter, r *http.Request, errs []fieldError) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	view := page.Referral{Referral: f, Errors: pageErrors(errs)}
	if err := json.Unmarshal([]byte(f.Content), &view.Sections); err != nil {
		return fmt.Errorf("read content of referral %s: %w", f.ID, err)
	}
	view.Rule, _ = s.rules.Rule(f.Rule)
	if view.Journeys, err = s.journeys(r.Context(), f.ID); err != nil {
		return err
	}
	s.show(w, r, screen{statusOf(errs), "referral", view})
	return nil
}

// acknowledge records that the recipient has it. That somebody else was first is
// no mistake: the page says who.
func (s *server) acknowledge(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	if err := s.Casework.Acknowledge(r.Context(), f.ID, who, s.Now()); err != nil && !errors.Is(err, pipeline.ErrConflict) {
		return err
	}
	http.Redirect(w, r, "/referrals/"+f.ID, http.StatusSeeOther)
	return nil
}

// closeReferral ends it with an outcome in words.
func (s *server) closeReferral(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	errs, err := stood(s.Casework.CloseReferral(r.Context(), f.ID, form.Get("outcome"), who, s.Now()))
	if err != nil && !errors.Is(err, pipeline.ErrConflict) {
		return err
	}
	if errs != nil {
		return s.showReferral(w, r, errs)
	}
	http.Redirect(w, r, "/referrals/"+f.ID, http.StatusSeeOther)
	return nil
}

// finishTask ends a task of an encounter.
func (s *server) finishTask(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.Refer, "people")
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	errs, err := stood(s.endTask(r.Context(), g, form.Get("task"), form.Get("outcome"), who))
	if err != nil && !errors.Is(err, pipeline.ErrConflict) {
		return err
	}
	for i := range errs {
		if errs[i].Pointer = "/task-" + form.Get("task"); errs[i].Detail == doneAlready { // the field is gone with the task
			errs[i].Pointer = ""
		}
	}
	if errs != nil {
		return s.showPeople(w, r, who, errs)
	}
	http.Redirect(w, r, "/encounters/"+url.PathEscape(g.Encounter)+"/people", http.StatusSeeOther)
	return nil
}

// doneAlready is said of a task that is not open any more.
const doneAlready = "This task is done already"

// endTask ends a task if it is one of this encounter's.
func (s *server) endTask(ctx context.Context, g casework.Group, id, outcome string, who pipeline.Account) error {
	open, err := s.Casework.OpenTasks(ctx, g.Encounter, maxLimit)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(open, func(t casework.Task) bool { return t.ID == id }) {
		return &casework.RefusedError{Mistakes: []casework.Mistake{{Field: "task", Text: doneAlready}}}
	}
	return s.Casework.FinishTask(ctx, id, outcome, who, s.Now())
}

// watchEvery is how often the desk looks for referrals that nobody acknowledged.
const watchEvery = 30 * time.Second

// Watch pages who is on the rota where nobody acknowledges, again and again until
// the desk stops.
func (d *Desk) Watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		n, err := d.server.Recipients.Escalate(ctx, d.server.Now())
		if err != nil && ctx.Err() == nil {
			d.server.Log.WarnContext(ctx, "referrals_not_watched", slog.String("error", err.Error()))
		}
		if n > 0 {
			d.server.Log.WarnContext(ctx, "referrals_escalated", slog.Int("steps", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
