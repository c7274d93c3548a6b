package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/policy"
)

// linkRoutes are about what people are to each other.
func (s *server) linkRoutes(rt *router) {
	const links = "/encounters/{reference}/people/{number}/links"
	rt.handle("POST "+links, policy.People, s.saveLink)
	rt.handle("GET /api/v1"+links, policy.People, s.apiLinks)
	rt.handle("POST /api/v1"+links, policy.People, s.apiSaveLink)
}

// covered gives a group without the other ends of links that lead to encounters on
// which the account may not work: that there is a link is theirs to know, with whom is
// not. The numbers of those are no person's, and only tell them apart.
func (s *server) covered(ctx context.Context, g casework.Group) (casework.Group, error) {
	seen := map[casework.PersonAt]casework.PersonAt{}
	hidden := 0
	for i := range g.Links {
		for _, end := range []*casework.PersonAt{&g.Links[i].From, &g.Links[i].To} {
			as, known := seen[*end]
			if !known {
				may, err := s.mayPeople(ctx, end.Encounter)
				if err != nil {
					return g, err
				}
				if as = *end; !may && end.Encounter != g.Encounter {
					hidden++
					as = casework.PersonAt{Number: hidden}
				}
				seen[*end] = as
			}
			*end = as
		}
	}
	return g, nil
}

// mayPeople tells whether the account may work on the people of an encounter.
func (s *server) mayPeople(ctx context.Context, reference string) (bool, error) {
	e, err := s.Encounters.FindEncounter(ctx, reference)
	if errors.Is(err, pipeline.ErrNotFound) {
		return false, nil
	}
	return err == nil && policy.MayOnEncounter(infoOf(ctx).who, policy.People, e), err
}

// candidates gives who has something in common with a person, as far as the account
// may know: people of encounters that it may work on, and who gave the same address or
// telephone for the safeguarding lead alone. It writes down of each encounter that it
// is about to be seen.
func (s *server) candidates(ctx context.Context, p casework.PersonAt) (shown []casework.LinkCandidate, err error) {
	who := infoOf(ctx).who
	all, err := s.Casework.LinkCandidates(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		may, err := s.mayPeople(ctx, c.Person.Encounter)
		if err != nil {
			return nil, err
		}
		if !may || c.Because.Private() && !policy.May(who.Role, policy.Shared) {
			continue
		}
		if err := s.consult(ctx, c.Person.Encounter, "link_candidate"); err != nil {
			return nil, err
		}
		shown = append(shown, c)
	}
	return shown, nil
}

// linkBody is a link as a client tells it; the person in the address is the first of
// the two.
type linkBody struct {
	Encounter string              `json:"encounter,omitempty"` // of the other person; empty if it is the same
	To        int                 `json:"to"`
	Kind      casework.LinkKind   `json:"kind"`
	Status    casework.LinkStatus `json:"status"`
	Words     string              `json:"words"`
	Source    casework.Source     `json:"source"`
	Grade     casework.Grade      `json:"grade"`
}

// keepLink saves a link with a person of an encounter that the account may work on.
func (s *server) keepLink(ctx context.Context, from casework.PersonAt, b linkBody, who pipeline.Account) error {
	l := casework.Link{
		From: from, To: casework.PersonAt{Encounter: from.Encounter, Number: b.To}, Kind: b.Kind, Status: b.Status,
		Words: strings.TrimSpace(b.Words), Source: b.Source, Grade: b.Grade, By: who.Name, At: s.Now(),
	}
	nobody := &casework.RefusedError{Mistakes: []casework.Mistake{{Field: "to", Text: "There is no such person in that encounter"}}}
	if b.Encounter != "" {
		g, err := s.casefile(ctx, b.Encounter, policy.People, "person")
		if p, ok := errors.AsType[*problem](err); ok {
			return &casework.RefusedError{Mistakes: []casework.Mistake{{Field: "encounter", Text: p.detail}}}
		}
		if err != nil {
			return err
		}
		l.To.Encounter = g.Encounter
	}
	err := s.Casework.SaveLink(ctx, l, who)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nobody
	}
	return err
}

// linkField is the name that a field about links has in the form: the page of a person
// has several forms.
const linkField = "link-"

// saveLink puts down what two people are to each other.
func (s *server) saveLink(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.onPerson(w, r, who, personForm{"", func(encounter string, number int, form url.Values) error {
		to, _ := strconv.Atoi(form.Get(linkField + "to")) // none is 0, which is nobody
		err := s.keepLink(r.Context(), casework.PersonAt{Encounter: encounter, Number: number}, linkBody{
			form.Get(linkField + "encounter"), to, casework.LinkKind(form.Get(linkField + "kind")), casework.LinkStatus(form.Get(linkField + "status")),
			form.Get(linkField + "words"), casework.Source(form.Get(linkField + "source")), casework.Grade(form.Get(linkField + "grade")),
		}, who)
		if refused, ok := errors.AsType[*casework.RefusedError](err); ok {
			for i := range refused.Mistakes {
				refused.Mistakes[i].Field = linkField + refused.Mistakes[i].Field
			}
		}
		return err
	}})
}

// apiSaveLink puts down what two people are to each other.
func (s *server) apiSaveLink(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b linkBody
	return s.apiOnPerson(w, r, &b, func(encounter string, number int) error {
		return s.keepLink(r.Context(), casework.PersonAt{Encounter: encounter, Number: number}, b, who)
	})
}

// linksBody is what a person is to others, and who has something in common with them.
type linksBody struct {
	Links      []casework.Link          `json:"links"` // that stand
	Candidates []casework.LinkCandidate `json:"candidates"`
}

// apiLinks gives them.
func (s *server) apiLinks(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	ctx := r.Context()
	g, err := s.casefile(ctx, r.PathValue("reference"), policy.People, "person")
	if err != nil {
		return err
	}
	p, err := numbered(g, r)
	if err != nil {
		return err
	}
	all, err := s.candidates(ctx, casework.PersonAt{Encounter: g.Encounter, Number: p.Number})
	if err != nil {
		return err
	}
	for i := range all {
		all[i].At = all[i].At.UTC()
	}
	s.writeJSON(w, r, http.StatusOK, linksBody{listed(g.LinksOf(p.Number)), listed(all)})
	return nil
}
