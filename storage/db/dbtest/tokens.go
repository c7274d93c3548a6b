package dbtest

import (
	"fmt"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// tokens: a token is found by its secret until it is revoked or its time is
// over, and its account is made with the first.
func tokens(t *testing.T, s Store) {
	ctx := t.Context()
	noErr(t, s.CreateAccount(ctx, pipeline.Account{Name: "officer", Role: pipeline.RoleOfficer}, byAdministrator))
	one := pipeline.Token{ID: "one", Account: "gate", ExpiresAt: day.Add(time.Hour)}
	noErr(t, s.CreateToken(ctx, one, "secret", byAdministrator))
	noErr(t, s.CreateToken(ctx, pipeline.Token{ID: "two", Account: "gate", ExpiresAt: day.Add(time.Hour)}, "another", byAdministrator))
	is(t, s.CreateToken(ctx, pipeline.Token{ID: "three", Account: "officer", ExpiresAt: day.Add(time.Hour)}, "third", byAdministrator), pipeline.ErrConflict)
	is(t, s.CreateToken(ctx, pipeline.Token{ID: "four", Account: "gate", ExpiresAt: day.Add(time.Hour)}, "secret", byAdministrator), pipeline.ErrConflict)
	a, err := s.FindAccount(ctx, "gate")
	noErr(t, err)
	same(t, a, pipeline.Account{Name: "gate", Title: "gate", Role: pipeline.RoleMachine, Epoch: 1})

	one.MadeBy, one.MadeAt, one.UsedAt = "administrator", day, day.Add(time.Minute)
	noErr(t, s.UseToken(ctx, "one", one.UsedAt))
	noErr(t, s.UseToken(ctx, "one", day)) // late, by another desk
	got, err := s.FindToken(ctx, "secret")
	noErr(t, err)
	same(t, got, one)
	if !got.Good(day) || got.Good(one.ExpiresAt) {
		t.Error("a token is good until its time is over")
	}
	_, err = s.FindToken(ctx, "one")
	is(t, err, pipeline.ErrNotFound)

	for range 2 {
		noErr(t, s.RevokeToken(ctx, "one", byAdministrator))
	}
	is(t, s.RevokeToken(ctx, "none", byAdministrator), pipeline.ErrNotFound)
	if got, err = s.FindToken(ctx, "secret"); err != nil || got.Good(day) {
		t.Errorf("a revoked token: %+v, %v", got, err)
	}
	for object, want := range map[string]string{"token:one": "made revoked", "token:two": "made", "token:three": "", "account:gate": "added_machine"} {
		events, err := s.History(ctx, object)
		noErr(t, err)
		var details []string
		for _, e := range events {
			details = append(details, e.Detail)
		}
		same(t, fmt.Sprint(details), "["+want+"]")
	}
	var ids []string
	for after := ""; ; after = ids[len(ids)-1] {
		page, err := s.ListTokens(ctx, after, 1)
		noErr(t, err)
		if len(page) == 0 {
			break
		}
		ids = append(ids, page[0].ID)
	}
	same(t, ids, []string{"two", "one"})
}
