package dbtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// byAdministrator is who changes accounts in these tests.
//
//nolint:gochecknoglobals // a constant, if a struct could be one
var byAdministrator = pipeline.Deed{By: pipeline.Actor{Account: "administrator", Role: pipeline.RoleAdministrator}, At: day}

// accountChanges: each change has its line, and one that ends the sessions
// raises the epoch.
func accountChanges(t *testing.T, s Store) {
	ctx := t.Context()
	noErr(t, s.CreateAccount(ctx, pipeline.Account{Name: "a", Role: pipeline.RoleOfficer, PasswordHash: "1"}, byAdministrator))
	oneTime := day.Add(time.Hour)
	for _, step := range []struct {
		detail string
		epoch  int64
		do     func() error
	}{
		{"title", 1, func() error { return s.EditAccount(ctx, "a", "Title", pipeline.RoleOfficer, byAdministrator) }},
		{"", 1, func() error { return s.EditAccount(ctx, "a", "Title", pipeline.RoleOfficer, byAdministrator) }},
		{"role_reviewer", 2, func() error { return s.EditAccount(ctx, "a", "Title", pipeline.RoleReviewer, byAdministrator) }},
		{"locked", 3, func() error { return s.LockAccount(ctx, "a", true, byAdministrator) }},
		{"", 3, func() error { return s.LockAccount(ctx, "a", true, byAdministrator) }},
		{"unlocked", 3, func() error { return s.LockAccount(ctx, "a", false, byAdministrator) }},
		{"need_to_know_given", 3, func() error { return s.SetNeedToKnow(ctx, "a", true, byAdministrator) }},
		{"need_to_know_taken", 3, func() error { return s.SetNeedToKnow(ctx, "a", false, byAdministrator) }},
		{"password_set", 4, func() error {
			return s.SetPassword(ctx, "a", pipeline.Password{Hash: "2", OneTimeUntil: oneTime}, byAdministrator)
		}},
		{"password_changed", 5, func() error { return s.SetPassword(ctx, "a", pipeline.Password{Hash: "3"}, byAdministrator) }},
	} {
		before, err := s.History(ctx, "account:a")
		noErr(t, err)
		noErr(t, step.do())
		after, err := s.History(ctx, "account:a")
		noErr(t, err)
		var got string
		if len(after) > len(before) {
			got = after[len(after)-1].Detail
		}
		a, err := s.FindAccount(ctx, "a")
		noErr(t, err)
		if got != step.detail || a.Epoch != step.epoch || a.Locked() != (step.detail == "locked" || step.detail == "" && a.Epoch == 3) {
			t.Errorf("%q wrote %q and left %+v", step.detail, got, a)
		}
		if want := (step.detail == "password_set"); a.OneTimeUntil.Equal(oneTime) != want {
			t.Errorf("after %q a password holds until %v", step.detail, a.OneTimeUntil)
		}
	}
	a, err := s.FindAccount(ctx, "a")
	noErr(t, err)
	same(t, a, pipeline.Account{Name: "a", Title: "Title", Role: pipeline.RoleReviewer, PasswordHash: "3", Epoch: 5})
	is(t, s.EditAccount(ctx, "nobody", "x", pipeline.RoleOfficer, byAdministrator), pipeline.ErrNotFound)
	is(t, s.LockAccount(ctx, "nobody", true, byAdministrator), pipeline.ErrNotFound)
	is(t, s.SetPassword(ctx, "nobody", pipeline.Password{Hash: "x"}, byAdministrator), pipeline.ErrNotFound)
	events, err := s.History(ctx, "account:nobody")
	noErr(t, err)
	same(t, len(events), 0)
}

// lastAdministrator: of many who take the right from each other at once, one
// keeps it.
func lastAdministrator(t *testing.T, s Store) {
	ctx := t.Context()
	const n = 6
	for i := range n {
		noErr(t, s.CreateAccount(ctx, pipeline.Account{Name: fmt.Sprint("admin-", i), Role: pipeline.RoleAdministrator}, byAdministrator))
	}
	var wg sync.WaitGroup
	refused := make([]bool, n)
	for i := range n {
		wg.Go(func() {
			name := fmt.Sprint("admin-", i)
			var err error
			if i%2 == 0 {
				err = s.LockAccount(ctx, name, true, byAdministrator)
			} else {
				err = s.EditAccount(ctx, name, "", pipeline.RoleOfficer, byAdministrator)
			}
			refused[i] = errors.Is(err, pipeline.ErrLastAdministrator)
			if err != nil && !refused[i] {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	last := slices.Index(refused, true)
	if last < 0 || slices.Contains(refused[last+1:], true) {
		t.Fatalf("%v were refused; want one", refused)
	}
	a, err := s.FindAccount(ctx, fmt.Sprint("admin-", last))
	noErr(t, err)
	if !a.Administers() {
		t.Errorf("the last one is %+v", a)
	}
	noErr(t, s.EditAccount(ctx, a.Name, "Another title", a.Role, byAdministrator))
}

func listAccounts(t *testing.T, s Store) {
	ctx := t.Context()
	for _, name := range []string{"c", "a", "d", "b"} {
		noErr(t, s.CreateAccount(ctx, pipeline.Account{Name: name, Role: pipeline.RoleOfficer}, byAdministrator))
	}
	var got []string
	for after := ""; ; after = got[len(got)-1] {
		page, err := s.ListAccounts(ctx, after, 3)
		noErr(t, err)
		for _, a := range page {
			got = append(got, a.Name)
		}
		if len(page) < 3 {
			break
		}
	}
	same(t, got, []string{"a", "b", "c", "d"})
}

func devices(t *testing.T, s Store) {
	ctx := t.Context()
	for _, name := range []string{"a", "b"} {
		noErr(t, s.CreateAccount(ctx, pipeline.Account{Name: name, Role: pipeline.RoleOfficer}, byAdministrator))
	}
	now := time.Now() //nolint:forbidigo // devices are forgotten by the clock of the database
	for _, d := range []pipeline.Device{
		{Token: "first", Account: "a", Until: now.Add(time.Hour)},
		{Token: "second", Before: "first", Account: "b", Until: now.Add(time.Hour)},
		{Token: "third", Before: "second", Account: "b", Until: now.Add(2 * time.Hour)},
		{Token: "old", Account: "b", Until: now.Add(-time.Second)},
	} {
		noErr(t, s.RememberDevice(ctx, d))
	}
	for _, tt := range []struct {
		token, account string
		want           bool
	}{
		{"third", "a", true},
		{"third", "b", true},
		{"first", "a", false},
		{"second", "b", false},
		{"third", "c", false},
		{"other", "a", false},
		{"old", "b", false},
		{"", "a", false},
	} {
		got, err := s.KnowsDevice(ctx, tt.token, tt.account)
		noErr(t, err)
		if got != tt.want {
			t.Errorf("%q is known to %s: %v", tt.token, tt.account, got)
		}
	}
}
