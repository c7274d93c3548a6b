package web

import (
	"context"
	"errors"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// company is what pages about documents say of the people of their encounter: a
// way there for who may go, and, for everybody, that somebody comes first. It is
// nil of an encounter that is not known here.
func (s *server) company(ctx context.Context, encounter string) (*page.Company, error) {
	e, err := s.Encounters.FindEncounter(ctx, encounterReference(encounter))
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, nil //nolint:nilnil // the absence of one is an answer
	}
	if err != nil {
		return nil, err
	}
	g, err := s.Casework.Group(ctx, e.Reference)
	if err != nil {
		return nil, err
	}
	c := &page.Company{}
	if policy.MayOnEncounter(infoOf(ctx).who, policy.People, e) {
		c.Encounter = e.Reference
	}
	for _, p := range g.People {
		if g.VictimFirst(p.Number) {
			c.First = append(c.First, p.Number)
		}
	}
	return c, nil
}
