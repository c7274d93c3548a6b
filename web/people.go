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

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// peopleRoutes are about the people of an encounter.
func (s *server) peopleRoutes(rt *router) {
	const people = "/encounters/{reference}/people"
	rt.handle("GET "+people, policy.People, s.people)
	rt.handle("POST "+people, policy.People, s.addPerson)
	rt.handle("POST /encounters/{reference}/holdings", policy.People, s.saveHolding)
	rt.handle("GET "+people+"/{number}", policy.People, s.person)
	rt.handle("POST "+people+"/{number}/answers", policy.People, s.saveAnswers)
	rt.handle("POST "+people+"/{number}/roles", policy.People, s.markRole)
	rt.handle("POST "+people+"/{number}/closings", policy.People, s.closePrompt)
	rt.handle("GET /api/v1"+people, policy.People, s.apiPeople)
	rt.handle("POST /api/v1"+people, policy.People, s.apiAddPerson)
	rt.handle("POST /api/v1/encounters/{reference}/holdings", policy.People, s.apiSaveHolding)
	rt.handle("POST /api/v1"+people+"/{number}/answers", policy.People, s.apiSaveAnswer)
	rt.handle("POST /api/v1"+people+"/{number}/roles", policy.People, s.apiMarkRole)
	rt.handle("POST /api/v1"+people+"/{number}/closings", policy.People, s.apiClosePrompt)
}

// casefile gives the group of an encounter that the account may work on, and
// writes down that it is about to be seen. Somebody else's encounter reads like
// one that is not there.
func (s *server) casefile(ctx context.Context, reference string, a policy.Action, detail string) (casework.Group, error) {
	reference = encounterReference(reference)
	if !encounterForm.MatchString(reference) {
		return casework.Group{}, problemNoCasefile() // what somebody typed has no place in the log
	}
	e, err := s.Encounters.FindEncounter(ctx, reference)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return casework.Group{}, err
	}
	if err != nil || !policy.MayOnEncounter(infoOf(ctx).who, a, e) {
		if err := s.consult(ctx, reference, "denied"); err != nil {
			return casework.Group{}, err
		}
		return casework.Group{}, problemNoCasefile()
	}
	if err := s.consult(ctx, e.Reference, detail); err != nil {
		return casework.Group{}, err
	}
	g, err := s.Casework.Group(ctx, e.Reference)
	if err != nil {
		return g, err
	}
	return s.covered(ctx, g)
}

// visible gives a group as an account may see it: without referrals that only
// those see who need to know. What follows from them still holds.
func visible(g casework.Group, who pipeline.Account) casework.Group {
	if !mayRestricted(who) {
		g.Referrals = slices.DeleteFunc(slices.Clone(g.Referrals), casework.Referral.Restricted)
	}
	return g
}

// mayRestricted tells who sees referrals that only those see who need to know.
// An administrator names them, whatever their role.
func mayRestricted(who pipeline.Account) bool { return who.NeedToKnow }

// problemNoCasefile is said of an encounter that is not there and of one that is
// somebody else's.
func problemNoCasefile() *problem {
	return &problem{slug: "not-found", detail: "We could not find that encounter. Check the reference on the encounter log"}
}

func problemNoPerson() *problem {
	return &problem{slug: "not-found", detail: "There is no such person in this encounter"}
}

// numbered gives a person of the group by the number in the address.
func numbered(g casework.Group, r *http.Request) (casework.Person, error) {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return casework.Person{}, problemNoPerson()
	}
	p, ok := g.Person(n)
	if !ok {
		return p, problemNoPerson()
	}
	return p, nil
}

// examined are the documents of an encounter and what people found them to be.
func (s *server) examined(ctx context.Context, encounter string) (docs []pipeline.Document, found []casework.Examined, err error) {
	if docs, err = s.Documents.List(ctx, pipeline.DocumentFilter{Encounter: encounter, Limit: maxLimit}); err != nil {
		return nil, nil, err
	}
	for _, d := range docs {
		ds, err := s.Reviews.Decisions(ctx, d.ID)
		if err != nil {
			return nil, nil, err
		}
		if settled, ok := pipeline.Settled(ds); ok {
			visa, err := s.isVisa(ctx, d)
			if err != nil {
				return nil, nil, err
			}
			found = append(found, casework.Examined{Document: string(d.ID), Verdict: string(settled.Verdict), Adverse: settled.Verdict.Adverse(), Visa: visa})
		}
	}
	return docs, found, nil
}

// isVisa tells whether the zone that was read in a document is that of a visa.
func (s *server) isVisa(ctx context.Context, d pipeline.Document) (bool, error) {
	if d.State != pipeline.StateScreened {
		return false, nil
	}
	report, err := s.Documents.Report(ctx, d.ID)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(report.Zones(), func(z pipeline.ZoneReading) bool { return z.Format == mrz.MRVA || z.Format == mrz.MRVB }), nil
}

// people shows who belongs to an encounter, by the parts that they have.
func (s *server) people(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.showPeople(w, r, who, nil)
}

func (s *server) showPeople(w http.ResponseWriter, r *http.Request, who pipeline.Account, errs []fieldError) error {
	ctx := r.Context()
	g, err := s.casefile(ctx, r.PathValue("reference"), policy.People, "people")
	if err != nil {
		return err
	}
	view := page.People{Group: visible(g, who), Errors: pageErrors(errs)}
	var found []casework.Examined
	if view.Documents, found, err = s.examined(ctx, g.Encounter); err != nil {
		return err
	}
	if view.Suggestions, err = s.rules.Suggest(g, found); err != nil {
		return err
	}
	if view.Tasks, err = s.Casework.OpenTasks(ctx, g.Encounter, maxLimit); err != nil {
		return err
	}
	if view.Movements, _, err = s.Casework.Movements(ctx, g.Encounter); err != nil {
		return err
	}
	incident, err := s.Casework.IncidentOf(ctx, g.Encounter)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return err
	}
	view.Incident = incident.ID
	e, err := s.Encounters.FindEncounter(ctx, g.Encounter)
	if err != nil {
		return err
	}
	view.Deadlines = s.law.Deadlines(e)
	if who.Role == pipeline.RoleSupervisor {
		view.Law = casework.LawOn(e.OpenedAt)
	}
	s.show(w, r, screen{statusOf(errs), "people", view})
	return nil
}

// statusOf is that of a page with a form.
func statusOf(errs []fieldError) int {
	if errs != nil {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// person shows one person, welfare first.
func (s *server) person(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	form, err := s.keptForm(r)
	if err != nil {
		return err
	}
	return s.showPerson(w, r, who, page.Person{Form: form, Returned: form != nil})
}

func (s *server) showPerson(w http.ResponseWriter, r *http.Request, who pipeline.Account, view page.Person) error {
	ctx := r.Context()
	g, err := s.casefile(ctx, r.PathValue("reference"), policy.People, "person")
	if err != nil {
		return err
	}
	p, err := numbered(g, r)
	if err != nil {
		return err
	}
	view.Group, view.Person = visible(g, who), p
	if view.Candidates, err = s.candidates(ctx, casework.PersonAt{Encounter: g.Encounter, Number: p.Number}); err != nil {
		return err
	}
	all, err := s.rules.Suggest(g, nil)
	if err != nil {
		return err
	}
	for _, suggestion := range all {
		if suggestion.Person == p.Number {
			view.Suggestions = append(view.Suggestions, suggestion)
		}
	}
	status := http.StatusOK
	if view.Errors != nil {
		status = http.StatusBadRequest
	}
	s.show(w, r, screen{status, "person", view})
	return nil
}

// personAddress is where a person is shown.
func personAddress(encounter string, number int) string {
	return fmt.Sprintf("/encounters/%s/people/%d", url.PathEscape(encounter), number)
}

// addPerson gives the encounter one more person.
func (s *server) addPerson(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "people")
	if err != nil {
		return err
	}
	n, err := s.Casework.AddPerson(r.Context(), g.Encounter, who, s.Now())
	if err != nil {
		return err
	}
	http.Redirect(w, r, personAddress(g.Encounter, n), http.StatusSeeOther)
	return nil
}

// caseForm reads a small form about the people of an encounter.
func caseForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxCaseForm)
	if err := r.ParseForm(); err != nil {
		return nil, problemForm() // the error may quote the form
	}
	return r.PostForm, nil
}

// maxCaseForm bounds such a form: the words of every question may be full.
const maxCaseForm = 512 << 10

// stood turns what could not stand into mistakes of a form.
func stood(err error) ([]fieldError, error) {
	refused, ok := errors.AsType[*casework.RefusedError](err)
	if !ok {
		return nil, err
	}
	var errs []fieldError
	for _, m := range refused.Mistakes {
		errs = append(errs, fieldError{"/" + m.Field, m.Text})
	}
	return errs, nil
}

// saveAnswers saves what was answered in one part of the page. What was left as
// it is adds nothing.
func (s *server) saveAnswers(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "person")
	if err != nil {
		return err
	}
	p, err := numbered(g, r)
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	answers, errs := answersOf(form, p)
	if errs != nil {
		return s.showPerson(w, r, who, page.Person{Errors: pageErrors(errs), Form: form})
	}
	for _, a := range answers {
		a.By, a.At = who.Name, s.Now()
		errs, err := stood(s.Casework.SaveAnswer(r.Context(), g.Encounter, p.Number, a, who))
		if err != nil {
			return err
		}
		if errs != nil {
			return s.showPerson(w, r, who, page.Person{Errors: pageErrors(errs), Form: form})
		}
	}
	http.Redirect(w, r, personAddress(g.Encounter, p.Number), http.StatusSeeOther)
	return nil
}

// answersOf reads the answers of a form that differ from those that the person
// has: what the form only shows again is not put down anew, under the name of
// whoever looks at it. A question's field holds the codes of choices, or a state.
func answersOf(form url.Values, p casework.Person) (out []casework.Answer, errs []fieldError) {
	for _, q := range casework.Questions {
		code := string(q.Code)
		given, words := form[code], strings.TrimSpace(form.Get(code+"-words"))
		if len(given) == 0 && words == "" {
			continue
		}
		a := casework.Answer{Question: q.Code, State: casework.Answered, Words: words, Source: casework.Source(form.Get("source"))}
		for _, v := range given {
			if state := casework.AnswerState(v); slices.Contains(casework.AnswerStates, state) {
				a.State = state
				continue
			}
			a.Values = append(a.Values, v)
		}
		if was, ok := p.Latest(q.Code); ok && was.State == a.State && was.Words == a.Words && slices.Equal(was.Values, a.Values) {
			continue
		}
		for _, m := range a.Check() {
			field := code
			if m.Field == "source" {
				field = "source"
			}
			errs = append(errs, fieldError{"/" + field, m.Text})
		}
		out = append(out, a)
	}
	return out, errs
}

// personForm is one of the small forms on the page of a person.
type personForm struct {
	prefix string // of the fields that other forms of the page have too
	put    func(encounter string, number int, form url.Values) error
}

// onPerson reads a form about one person, lets it be put down, and shows the
// person again.
func (s *server) onPerson(w http.ResponseWriter, r *http.Request, who pipeline.Account, f personForm) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "person")
	if err != nil {
		return err
	}
	p, err := numbered(g, r)
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	errs, err := stood(f.put(g.Encounter, p.Number, form))
	if err != nil {
		return err
	}
	if errs != nil {
		for i := range errs {
			if errs[i].Pointer == "/reason" {
				errs[i].Pointer = "/" + f.prefix + "reason"
			}
		}
		return s.showPerson(w, r, who, page.Person{Errors: pageErrors(errs), Form: form})
	}
	http.Redirect(w, r, personAddress(g.Encounter, p.Number), http.StatusSeeOther)
	return nil
}

// markRole gives or takes one role of one person.
func (s *server) markRole(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.onPerson(w, r, who, personForm{"role-", func(encounter string, number int, form url.Values) error {
		m := casework.RoleMark{
			Role: casework.Role(form.Get("role")), On: form.Get("given") != "no", Reason: strings.TrimSpace(form.Get("reason")), By: who.Name, At: s.Now(),
		}
		return s.Casework.MarkRole(r.Context(), encounter, number, m, who)
	}})
}

// closePrompt ends a prompt with a person's word.
func (s *server) closePrompt(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.onPerson(w, r, who, personForm{"", func(encounter string, number int, form url.Values) error {
		c := casework.Closing{
			Prompt: casework.PromptCode(form.Get("prompt")), Outcome: casework.Outcome(form.Get("outcome")),
			Reason: strings.TrimSpace(form.Get("reason")), By: who.Name, At: s.Now(),
		}
		return s.Casework.ClosePrompt(r.Context(), encounter, number, c, who)
	}})
}

// saveHolding puts down who held whose document.
func (s *server) saveHolding(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "people")
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	h := casework.Holding{Document: form.Get("document"), By: who.Name, At: s.Now()}
	var bad error
	h.HeldBy, err = strconv.Atoi(form.Get("held_by"))
	bad = errors.Join(bad, err)
	h.BelongsTo, err = strconv.Atoi(form.Get("belongs_to"))
	if bad = errors.Join(bad, err); bad != nil {
		return s.showPeople(w, r, who, []fieldError{{"/held_by", "Select who held the document and whose it is"}})
	}
	if err := s.keepHolding(r.Context(), g, h, who); err != nil {
		errs, err := mistakesOf(err)
		if err != nil {
			return err
		}
		return s.showPeople(w, r, who, errs)
	}
	http.Redirect(w, r, "/encounters/"+url.PathEscape(g.Encounter)+"/people", http.StatusSeeOther)
	return nil
}

// mistakesOf gives the mistakes that a problem names; any other error comes back.
func mistakesOf(err error) ([]fieldError, error) {
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
		return p.errors, nil
	}
	return nil, err
}

// keepHolding saves a holding of a document of this encounter.
func (s *server) keepHolding(ctx context.Context, g casework.Group, h casework.Holding, who pipeline.Account) error {
	docs, _, err := s.examined(ctx, g.Encounter)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(docs, func(d pipeline.Document) bool { return string(d.ID) == h.Document }) {
		return problemInvalid([]fieldError{{"/document", "Select a document of this encounter"}})
	}
	if outside := func(n int) bool { return n < 0 || n > len(g.People) }; outside(h.HeldBy) || outside(h.BelongsTo) {
		return problemInvalid([]fieldError{{"/held_by", "Select people of this encounter"}})
	}
	return s.Casework.SaveHolding(ctx, g.Encounter, h, who)
}
