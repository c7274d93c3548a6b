package dbtest

import (
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

func accounts(t *testing.T, s Store) {
	ctx := t.Context()
	officer := pipeline.Account{Name: "duty-officer", Title: "Duty officer", Role: pipeline.RoleOfficer, PasswordHash: "hash", Epoch: 1}
	noErr(t, s.CreateAccount(ctx, officer, byAdministrator))
	is(t, s.CreateAccount(ctx, pipeline.Account{Name: officer.Name, Role: pipeline.RoleReviewer}, byAdministrator), pipeline.ErrConflict)
	got, err := s.FindAccount(ctx, officer.Name)
	noErr(t, err)
	same(t, got, officer)
	for name, a := range map[string]pipeline.Account{
		"upper case":  {Name: "Reviewer", Role: pipeline.RoleReviewer},
		"system role": {Name: "worker", Role: pipeline.RoleSystem},
		"no name":     {Role: pipeline.RoleOfficer},
	} {
		if err := s.CreateAccount(ctx, a, byAdministrator); err == nil {
			t.Errorf("an account with %s was created", name)
		}
	}
	n, err := s.CountAccounts(ctx)
	noErr(t, err)
	same(t, n, 1)
}

func auditOrder(t *testing.T, s Store) {
	ctx := t.Context()
	var want []pipeline.AuditEvent
	for i, detail := range []string{"image", "denied", "image"} {
		e := pipeline.AuditEvent{
			At: day.Add(-time.Duration(i) * time.Hour), Actor: pipeline.Actor{Account: "reviewer", Role: pipeline.RoleReviewer},
			Operation: pipeline.OpConsult, Object: "TSD-0000-0001", Detail: detail,
		}
		noErr(t, s.Append(ctx, e))
		noErr(t, s.Append(ctx, pipeline.AuditEvent{At: day, Operation: pipeline.OpConsult, Object: "other"}))
		want = append(want, e)
	}
	got, err := s.History(ctx, "TSD-0000-0001")
	noErr(t, err)
	for i := range got {
		if i > 0 && got[i].Seq <= got[i-1].Seq {
			t.Errorf("event %d has number %d after %d", i, got[i].Seq, got[i-1].Seq)
		}
		got[i].Seq = 0
	}
	same(t, got, want)
}

func auditChanges(t *testing.T, s Store) {
	noErr(t, s.CreateAccount(t.Context(), pipeline.Account{Name: "duty-officer", Role: pipeline.RoleOfficer}, byAdministrator))
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day.Add(time.Second))
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day.Add(2 * time.Second)}))
	got, err := s.History(t.Context(), string(d.ID))
	noErr(t, err)
	for i := range got {
		got[i].Seq = 0
	}
	worker := pipeline.Actor{Account: "worker-1", Role: pipeline.RoleSystem}
	same(t, got, []pipeline.AuditEvent{
		{At: day, Actor: pipeline.Actor{Account: "duty-officer", Role: pipeline.RoleOfficer}, Operation: pipeline.OpCollect, Object: string(d.ID), Detail: "received"},
		{At: day.Add(time.Second), Actor: worker, Operation: pipeline.OpAlter, Object: string(d.ID), Detail: "claimed"},
		{At: day.Add(2 * time.Second), Actor: worker, Operation: pipeline.OpAlter, Object: string(d.ID), Detail: "screened"},
	})
}

func auditFailures(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	again := newDocument()
	again.Digest = d.Digest
	_, _, err := s.Create(t.Context(), again)
	noErr(t, err)
	is(t, s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day}), pipeline.ErrConflict)
	claim(t, s, d.ID, "worker-1", day)
	_, err = s.Claim(t.Context(), d.ID, "worker-2", day, day.Add(lease))
	is(t, err, pipeline.ErrConflict)
	for object, want := range map[pipeline.DocumentID]int{d.ID: 2, again.ID: 0} {
		events, err := s.History(t.Context(), string(object))
		noErr(t, err)
		same(t, len(events), want)
	}
}

func sessions(t *testing.T, s Store) {
	ctx, store := t.Context(), s.Sessions()
	now := time.Now() //nolint:forbidigo // sessions end by the clock of the database
	soon := now.Add(time.Hour)
	want := func(token string, data []byte) {
		t.Helper()
		got, found, err := store.FindCtx(ctx, token)
		noErr(t, err)
		if found != (data != nil) || string(got) != string(data) {
			t.Errorf("session %q: %q, %v, want %q", token, got, found, data)
		}
	}
	want("one", nil)
	noErr(t, store.CommitCtx(ctx, "one", []byte{0, 1, 0xff}, soon))
	noErr(t, store.Commit("two", []byte("two"), soon))
	want("one", []byte{0, 1, 0xff})
	noErr(t, store.CommitCtx(ctx, "one", []byte("changed"), soon))
	want("one", []byte("changed"))
	noErr(t, store.CommitCtx(ctx, "two", []byte("two"), now.Add(-time.Second)))
	want("two", nil)
	noErr(t, store.DeleteCtx(ctx, "one"))
	noErr(t, store.Delete("one"))
	want("one", nil)
	if _, found, err := store.Find("one\x00\xff"); found || err != nil {
		t.Errorf("a token of foreign bytes: %v, %v", found, err)
	}
}

// lastSite remembers where an account opened its newest encounter.
func lastSite(t *testing.T, s Store) {
	for i, site := range []string{"NPT", "EAF"} {
		e := pipeline.Encounter{Site: site, Channel: pipeline.ChannelCustody, People: 1, ClockFrom: day, OpenedBy: "duty-officer", OpenedAt: day.Add(time.Duration(i) * time.Minute)}
		_, err := s.OpenEncounter(t.Context(), e)
		noErr(t, err)
	}
	for account, want := range map[string]string{"duty-officer": "EAF", "nobody": ""} {
		if site, err := s.LastSite(t.Context(), account); err != nil || site != want {
			t.Errorf("last site of %s: %q, %v; want %q", account, site, err, want)
		}
	}
}
