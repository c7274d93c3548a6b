package dbtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// gate is the machine of a recipient in these tests.
var gate = pipeline.Account{Name: "gate", Role: pipeline.RoleMachine} //nolint:gochecknoglobals // a constant, if a struct could be one

// newRecipient keeps one that is told of these kinds by a webhook.
func newRecipient(t *testing.T, s Store, id string, kinds ...casework.ReferralKind) casework.Recipient {
	t.Helper()
	r := casework.Recipient{ID: id, Name: "Unit " + id, Channel: casework.ChannelWebhook, Address: "https://" + id + ".example/", Account: gate.Name, Kinds: kinds}
	noErr(t, s.AddRecipient(t.Context(), r, "whsec_"+id, byAdministrator))
	r.CreatedBy, r.CreatedAt = "administrator", day
	return r
}

func dispatches(t *testing.T, s Store, referral string) []casework.Dispatch {
	t.Helper()
	all, err := s.Dispatches(t.Context(), referral)
	noErr(t, err)
	return all
}

func recipientsKept(t *testing.T, s Store) {
	ctx := t.Context()
	b, a := newRecipient(t, s, "b", casework.KindSafeguarding), newRecipient(t, s, "a", casework.KindNRM)
	is(t, s.AddRecipient(ctx, a, "whsec_x", byAdministrator), pipeline.ErrConflict)
	refused(t, s.AddRecipient(ctx, casework.Recipient{ID: "c", Name: "C", Channel: casework.ChannelMail, Address: "lead@force.example, other@x.example"}, "", byAdministrator), "address")
	all, err := s.ListRecipients(ctx)
	noErr(t, err)
	same(t, all, []casework.Recipient{a, b})
	noErr(t, s.SetRota(ctx, "", []string{"a", "b"}, byAdministrator))
	noErr(t, s.SetRota(ctx, "UTO", []string{"b"}, byAdministrator))
	is(t, s.SetRota(ctx, "UTO", []string{"none"}, byAdministrator), pipeline.ErrNotFound)
	steps, err := s.Rota(ctx)
	noErr(t, err)
	same(t, steps, []casework.RotaStep{{Step: 1, Recipient: "a"}, {Step: 2, Recipient: "b"}, {Site: "UTO", Step: 1, Recipient: "b"}})

	r := referral(newPerson(t, s))
	noErr(t, s.Send(ctx, r, officer))
	for range 2 {
		noErr(t, s.DisableRecipient(ctx, "b", byAdministrator))
	}
	is(t, s.DisableRecipient(ctx, "none", byAdministrator), pipeline.ErrNotFound)
	refused(t, s.SetRota(ctx, "UTO", []string{"b"}, byAdministrator), "recipients")
	d := dispatches(t, s, r.ID)[0]
	if d.State != pipeline.DeliveryGivenUp || d.LastStatus != pipeline.HookSwitchOff {
		t.Errorf("what was on its way to a disabled recipient is %s, %s", d.State, d.LastStatus)
	}
	is(t, s.DispatchAgain(ctx, d.ID, officer, day), pipeline.ErrConflict)
	steps, err = s.Rota(ctx)
	noErr(t, err)
	same(t, steps, []casework.RotaStep{{Step: 1, Recipient: "a"}})
	events, err := s.History(ctx, "recipient:b")
	noErr(t, err)
	if len(events) != 2 {
		t.Errorf("%d changes of the recipient are in the log, want 2", len(events))
	}
}

// dispatched: every recipient of the kind gets the referral under an ID of its
// own that stays, and its acknowledgement is one of the referral.
func dispatched(t *testing.T, s Store) {
	ctx := t.Context()
	one := newRecipient(t, s, "one", casework.KindSafeguarding)
	newRecipient(t, s, "two", casework.KindNRM)
	r := referral(newPerson(t, s))
	noErr(t, s.Send(ctx, r, officer))
	all := dispatches(t, s, r.ID)
	if len(all) != 1 || all[0].Recipient != "one" || all[0].Step != 0 {
		t.Fatalf("on their way are %+v", all)
	}
	id := all[0].ID
	claimedOnce(t, s, r, id, one)
	failed := all[0]
	failed.Attempts = 1
	failed = failed.Tried("500", false, r.SentAt, 0)
	noErr(t, s.SettleDispatch(ctx, failed, r.SentAt))
	out, err := s.ClaimDispatch(ctx, failed.NextAt, failed.NextAt.Add(lease))
	noErr(t, err)
	noErr(t, s.SettleDispatch(ctx, out.Tried("200", true, r.SentAt, 0), r.SentAt))
	is(t, s.SettleDispatch(ctx, out.Tried("200", true, r.SentAt, 0), r.SentAt), pipeline.ErrConflict)

	for n := range 2 {
		got, err := s.AcknowledgeDispatch(ctx, id, gate, day.Add(time.Duration(n+1)*time.Minute))
		noErr(t, err)
		if got.AckBy != "gate" || !got.AckAt.Equal(day.Add(time.Minute)) {
			t.Errorf("acknowledged by %s at %s", got.AckBy, got.AckAt)
		}
	}
	_, err = s.AcknowledgeDispatch(ctx, "none", gate, day)
	is(t, err, pipeline.ErrNotFound)
	whole, err := s.FindReferral(ctx, r.ID)
	noErr(t, err)
	if whole.State != casework.ReferralAcknowledged || whole.AckBy != "gate" {
		t.Errorf("the referral is %s by %q", whole.State, whole.AckBy)
	}
	noErr(t, s.DispatchAgain(ctx, id, officer, day.Add(time.Hour)))
	is(t, s.DispatchAgain(ctx, id, officer, day.Add(time.Hour)), pipeline.ErrConflict)
	out, err = s.ClaimDispatch(ctx, day.Add(time.Hour), day.Add(2*time.Hour))
	noErr(t, err)
	if out.ID != id {
		t.Errorf("it went again as %s, not %s", out.ID, id)
	}
	events, err := s.History(ctx, r.ID)
	noErr(t, err)
	var said []string
	for _, e := range events {
		said = append(said, e.Detail)
	}
	same(t, said, []string{"dispatched", "dispatch_acknowledged", "dispatched_again"})
}

// claimedOnce: of several workers one has the dispatch of a referral.
func claimedOnce(t *testing.T, s Store, r casework.Referral, id string, to casework.Recipient) {
	t.Helper()
	var won sync.Map
	parallel(4, func(n int) {
		if out, err := s.ClaimDispatch(t.Context(), r.SentAt, r.SentAt.Add(lease)); err == nil {
			won.Store(n, out)
		}
	})
	count := 0
	won.Range(func(_, v any) bool {
		out := v.(casework.Outgoing)
		count++
		same(t, out.To, to)
		if out.Secret != "whsec_one" || out.Whole.ID != r.ID || out.ID != id || out.Attempts != 1 {
			t.Errorf("claimed %+v", out)
		}
		return true
	})
	if count != 1 {
		t.Fatalf("%d claimed one dispatch", count)
	}
}

// dispatchDied: what a worker claimed and never settled is claimed again once its
// time is over, under the same ID.
func dispatchDied(t *testing.T, s Store) {
	ctx := t.Context()
	newRecipient(t, s, "one", casework.KindSafeguarding)
	r := referral(newPerson(t, s))
	noErr(t, s.Send(ctx, r, officer))
	dead, err := s.ClaimDispatch(ctx, r.SentAt, r.SentAt.Add(lease))
	noErr(t, err)
	_, err = s.ClaimDispatch(ctx, r.SentAt.Add(lease-time.Microsecond), r.SentAt.Add(2*lease))
	is(t, err, pipeline.ErrNotFound)
	again, err := s.ClaimDispatch(ctx, r.SentAt.Add(lease), r.SentAt.Add(2*lease))
	noErr(t, err)
	if again.ID != dead.ID || again.Attempts != 2 {
		t.Errorf("claimed %s, try %d", again.ID, again.Attempts)
	}
	is(t, s.SettleDispatch(ctx, dead.Tried("200", true, day, 0), day), pipeline.ErrConflict)
}

// dispatchWithheld: what was sent to an issuing State does not go, nor go
// again, once somebody of the group seeks asylum.
func dispatchWithheld(t *testing.T, s Store) {
	ctx := t.Context()
	newRecipient(t, s, "state", casework.KindIssuer)
	r := referral(newPerson(t, s))
	r.Kind, r.Rule, r.Priority = casework.KindIssuer, "R-08", "P1"
	noErr(t, s.Send(ctx, r, officer))
	noErr(t, s.SaveAnswer(ctx, occasion, r.Person, said("F4", "yes"), officer))
	_, err := s.ClaimDispatch(ctx, day.Add(time.Hour), day.Add(2*time.Hour))
	is(t, err, pipeline.ErrNotFound)
	d := dispatches(t, s, r.ID)[0]
	if d.State != pipeline.DeliveryGivenUp || d.LastStatus != casework.StatusWithheld {
		t.Errorf("it is %s, %s", d.State, d.LastStatus)
	}
	refused(t, s.DispatchAgain(ctx, d.ID, officer, day), "dispatch")
}

// paged is whom a referral has paged, by step.
func paged(t *testing.T, s Store, referral string) (out []string) {
	t.Helper()
	for _, d := range dispatches(t, s, referral) {
		out = append(out, fmt.Sprint(d.Step, " ", d.Recipient))
	}
	return out
}

// rotaPaged: each time that passes without an answer pages the next one, once, by
// however many desks, and nobody after an answer.
func rotaPaged(t *testing.T, s Store) {
	ctx := t.Context()
	for _, id := range []string{"a", "b"} {
		newRecipient(t, s, id)
	}
	noErr(t, s.SetRota(ctx, "", []string{"a", "b"}, byAdministrator))
	late, had, calm := referral(newPerson(t, s)), referral(1), referral(1)
	calm.Priority = "P1"
	for _, r := range []casework.Referral{late, had, calm} {
		noErr(t, s.Send(ctx, r, officer))
	}
	noErr(t, s.Acknowledge(ctx, had.ID, officer, day.Add(time.Minute)))
	escalate := func(now time.Time) (took int) {
		var mu sync.Mutex
		parallel(4, func(int) {
			n, err := s.Escalate(ctx, now)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("escalate: %v", err)
			}
			took += n
		})
		return took
	}
	for _, step := range []struct {
		now  time.Time
		took int
	}{
		{late.SentAt.Add(4 * time.Minute), 0},
		{late.SentAt.Add(5 * time.Minute), 1},
		{late.SentAt.Add(6 * time.Minute), 0},
		{late.SentAt.Add(10 * time.Minute), 1},
		{late.SentAt.Add(19 * time.Minute), 1}, // the calm one is due after 15
		{calm.AckDue.Add(5 * time.Minute), 1},
		{calm.AckDue.Add(time.Hour), 2},
		{calm.AckDue.Add(2 * time.Hour), 0},
	} {
		if got := escalate(step.now); got != step.took {
			t.Errorf("%s after it was sent: %d steps, want %d", step.now.Sub(late.SentAt), got, step.took)
		}
	}
	same(t, paged(t, s, late.ID), []string{"1 a", "2 b", "3 b"})
	same(t, paged(t, s, calm.ID), []string{"1 a", "2 b", "3 b"})
	same(t, paged(t, s, had.ID), nil)
	events, err := s.History(ctx, late.ID)
	noErr(t, err)
	var said []string
	for _, e := range events {
		said = append(said, e.Detail)
	}
	same(t, said, []string{"not_acknowledged_5", "not_acknowledged_10", "not_acknowledged_15"})
}

// dangerPages: who is first on the rota of the site is paged as it is sent.
func dangerPages(t *testing.T, s Store) {
	ctx := t.Context()
	for _, id := range []string{"all", "site", "next"} {
		newRecipient(t, s, id)
	}
	noErr(t, s.SetRota(ctx, "", []string{"all"}, byAdministrator))
	noErr(t, s.SetRota(ctx, "UTO", []string{"site", "next"}, byAdministrator))
	e, err := s.OpenEncounter(ctx, pipeline.Encounter{Site: "UTO", Channel: pipeline.ChannelCustody, People: 1, OpenedBy: officer.Name, OpenedAt: day, ClockFrom: day})
	noErr(t, err)
	n, err := s.AddPerson(ctx, e.Reference, officer, day)
	noErr(t, err)
	r := referral(n)
	r.Kind, r.Rule, r.Encounter = casework.KindEmergency, "R-00", e.Reference
	noErr(t, s.Send(ctx, r, officer))
	same(t, paged(t, s, r.ID), []string{"1 site"})
	_, err = s.Escalate(ctx, r.SentAt.Add(5*time.Minute))
	noErr(t, err)
	same(t, paged(t, s, r.ID), []string{"1 site", "2 next"})
}
