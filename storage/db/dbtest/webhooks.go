package dbtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/threat"
)

// newEndpoint keeps an endpoint that wants these events.
func newEndpoint(t *testing.T, s Store, id string, events ...pipeline.HookEvent) pipeline.Endpoint {
	t.Helper()
	e := pipeline.Endpoint{ID: id, URL: "https://" + id + ".example/events?key=1", Events: events}
	noErr(t, s.CreateEndpoint(t.Context(), e, "whsec_"+id, byAdministrator))
	e.CreatedBy, e.CreatedAt = "administrator", day
	return e
}

// told is what was put on its way to an endpoint, the oldest first.
func told(t *testing.T, s Store, endpoint string) (all []string) {
	t.Helper()
	ds, err := s.ListDeliveries(t.Context(), endpoint, "", 100)
	noErr(t, err)
	for _, d := range ds {
		all = append([]string{fmt.Sprint(d.Event, " ", d.Object, " ", d.Outcome)}, all...)
	}
	return all
}

// endpoints: they are found, listed and disabled, and each change is written.
func endpoints(t *testing.T, s Store) {
	ctx := t.Context()
	one := newEndpoint(t, s, "one", pipeline.HookDecided, pipeline.HookScreened)
	newEndpoint(t, s, "two")
	is(t, s.CreateEndpoint(ctx, one, "whsec_x", byAdministrator), pipeline.ErrConflict)
	got, err := s.FindEndpoint(ctx, "one")
	noErr(t, err)
	same(t, got, one)
	_, err = s.FindEndpoint(ctx, "none")
	is(t, err, pipeline.ErrNotFound)
	page, err := s.ListEndpoints(ctx, "two", 5)
	noErr(t, err)
	same(t, page, []pipeline.Endpoint{one})

	ping, err := s.PingEndpoint(ctx, "one", byAdministrator)
	noErr(t, err)
	_, err = s.Redeliver(ctx, ping.ID, byAdministrator)
	is(t, err, pipeline.ErrConflict) // it is on its way
	for range 2 {
		noErr(t, s.DisableEndpoint(ctx, "one", byAdministrator))
	}
	_, err = s.PingEndpoint(ctx, "one", byAdministrator)
	is(t, err, pipeline.ErrConflict)
	_, err = s.RotateSecret(ctx, "one", "whsec_x", day, byAdministrator)
	is(t, err, pipeline.ErrConflict)
	_, err = s.Redeliver(ctx, ping.ID, byAdministrator)
	is(t, err, pipeline.ErrConflict)
	for _, call := range []func() error{
		func() error { return s.DisableEndpoint(ctx, "none", byAdministrator) },
		func() error {
			_, err := s.RotateSecret(ctx, "none", "whsec_x", day, byAdministrator)
			return err
		},
		func() error { _, err := s.PingEndpoint(ctx, "none", byAdministrator); return err },
		func() error { _, err := s.Redeliver(ctx, "none", byAdministrator); return err },
	} {
		is(t, call(), pipeline.ErrNotFound)
	}
	ds, err := s.ListDeliveries(ctx, "one", "", 10)
	noErr(t, err)
	ping.State, ping.LastStatus, ping.NextAt = pipeline.DeliveryGivenUp, pipeline.HookSwitchOff, time.Time{}
	same(t, ds, []pipeline.Delivery{ping})
	_, err = s.ClaimDelivery(ctx, day, day.Add(lease))
	is(t, err, pipeline.ErrNotFound)
	got, err = s.FindEndpoint(ctx, "one")
	noErr(t, err)
	same(t, got.DisabledAt, day)
	flagged(t, s, day)
	same(t, told(t, s, "one"), []string{"ping one "})

	events, err := s.History(ctx, "webhook:one")
	noErr(t, err)
	var details []string
	for _, e := range events {
		details = append(details, e.Detail)
	}
	same(t, details, []string{"made", "ping", "disabled"})
}

// secretsRotated: what is sent while two secrets count goes out with both, and
// then with the new one alone.
func secretsRotated(t *testing.T, s Store) {
	ctx := t.Context()
	one := newEndpoint(t, s, "one", pipeline.HookDecided)
	sent := func(at time.Time) (secrets [2]string) {
		t.Helper()
		_, err := s.PingEndpoint(ctx, "one", pipeline.Deed{By: byAdministrator.By, At: at})
		noErr(t, err)
		out, err := s.ClaimDelivery(ctx, at, at.Add(lease))
		noErr(t, err)
		out.State, out.NextAt = pipeline.DeliveryDone, time.Time{}
		noErr(t, s.SettleDelivery(ctx, out.Delivery))
		return [2]string{out.Secret, out.OldSecret}
	}
	same(t, sent(day), [2]string{"whsec_one", ""})
	until := day.Add(time.Hour)
	one.OldUntil = until
	got, err := s.RotateSecret(ctx, "one", "whsec_two", until, byAdministrator)
	noErr(t, err)
	same(t, got, one)
	same(t, sent(until.Add(-time.Second)), [2]string{"whsec_two", "whsec_one"})
	same(t, sent(until), [2]string{"whsec_two", ""})
	_, err = s.RotateSecret(ctx, "one", "whsec_three", until.Add(time.Hour), byAdministrator)
	noErr(t, err)
	same(t, sent(until), [2]string{"whsec_three", "whsec_two"})
	events, err := s.History(ctx, "webhook:one")
	noErr(t, err)
	same(t, events[2].Detail, "secret_changed")
}

// outbox: an event is on its way to whoever wants it once it has happened, and
// not if it has not.
func outbox(t *testing.T, s Store) {
	ctx := t.Context()
	newEndpoint(t, s, "all", pipeline.HookEvents...)
	newEndpoint(t, s, "decided", pipeline.HookDecided)
	newEndpoint(t, s, "none")
	id := flagged(t, s, day)
	conclusion := string(newReport(newDocument()).Outcome.Conclusion)

	lost := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	claim(t, s, lost.ID, "worker-2", lost.LeaseUntil)
	is(t, s.Finish(ctx, lost, pipeline.Screened{Report: newReport(lost), At: day}), pipeline.ErrConflict)
	decide(t, s, id, rita, pipeline.Counterfeit) // a second person must look
	_, err := s.Decide(ctx, verdict(id, pipeline.Counterfeit, day), sam)
	is(t, err, pipeline.ErrConflict) // who does not hold it
	same(t, told(t, s, "decided"), []string(nil))
	decide(t, s, id, sam, pipeline.Counterfeit)
	r := referral(newPerson(t, s))
	noErr(t, s.Send(ctx, r, officer))
	is(t, s.Send(ctx, r, officer), pipeline.ErrConflict)

	decided := "review.decided " + string(id) + " decided"
	same(t, told(t, s, "decided"), []string{decided})
	same(t, told(t, s, "none"), []string(nil))
	got := map[string]int{}
	for _, line := range told(t, s, "all") {
		got[line]++
	}
	recorded := "threat.recorded " + fed(t, s, threat.Filter{})[0].ID + " recorded"
	same(t, got, map[string]int{"document.screened " + string(id) + " " + conclusion: 1, decided: 1, recorded: 1, "referral.sent " + r.ID + " sent": 1})
}

// deliveryRace: each delivery goes to one of those who ask at the same time.
func deliveryRace(t *testing.T, s Store) {
	newEndpoint(t, s, "one")
	want := map[string]bool{}
	for range 4 {
		d, err := s.PingEndpoint(t.Context(), "one", byAdministrator)
		noErr(t, err)
		want[d.ID] = true
	}
	var mu sync.Mutex
	got := map[string]bool{}
	parallel(16, func(int) {
		for { // whoever loses a row may be told that there is none
			out, err := s.ClaimDelivery(t.Context(), day, day.Add(lease))
			if errors.Is(err, pipeline.ErrNotFound) {
				return
			}
			if err != nil {
				t.Errorf("claim: %v", err)
				return
			}
			mu.Lock()
			if got[out.ID] || out.Attempts != 1 || out.URL != "https://one.example/events?key=1" || out.Secret != "whsec_one" {
				t.Errorf("claimed %+v", out.Delivery)
			}
			got[out.ID] = true
			mu.Unlock()
		}
	})
	same(t, got, want)
}

// deliverySchedule: what fails is tried again at longer and longer intervals,
// then given up, and can be sent once more.
func deliverySchedule(t *testing.T, s Store) {
	ctx, now := t.Context(), day
	newEndpoint(t, s, "one")
	ping, err := s.PingEndpoint(ctx, "one", byAdministrator)
	noErr(t, err)
	var pauses []time.Duration
	for tries := 1; ; tries++ {
		out, err := s.ClaimDelivery(ctx, now, now.Add(lease))
		noErr(t, err)
		same(t, out.ID, ping.ID)
		same(t, out.Attempts, tries)
		d := out.Tried("500", false, now, 0)
		noErr(t, s.SettleDelivery(ctx, d))
		if d.State == pipeline.DeliveryGivenUp {
			break
		}
		_, err = s.ClaimDelivery(ctx, d.NextAt.Add(-time.Microsecond), d.NextAt)
		is(t, err, pipeline.ErrNotFound)
		pauses, now = append(pauses, d.NextAt.Sub(now)), d.NextAt
	}
	same(t, pauses, []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	})
	_, err = s.ClaimDelivery(ctx, now.AddDate(1, 0, 0), now.AddDate(2, 0, 0))
	is(t, err, pipeline.ErrNotFound)

	again, err := s.Redeliver(ctx, ping.ID, byAdministrator)
	noErr(t, err)
	same(t, again.LastStatus, "500")
	out, err := s.ClaimDelivery(ctx, day, day.Add(lease))
	noErr(t, err)
	same(t, []any{out.ID, out.Attempts}, []any{ping.ID, 1})
	noErr(t, s.SettleDelivery(ctx, out.Tried("204", true, day, 0)))
	ds, err := s.ListDeliveries(ctx, "one", "", 10)
	noErr(t, err)
	ping.State, ping.Attempts, ping.NextAt, ping.LastStatus = pipeline.DeliveryDone, 1, time.Time{}, "204"
	same(t, ds, []pipeline.Delivery{ping})
}

// deliveryDied: a try whose worker died is made by another, and the late word of
// the first changes nothing.
func deliveryDied(t *testing.T, s Store) {
	ctx := t.Context()
	newEndpoint(t, s, "one")
	_, err := s.PingEndpoint(ctx, "one", byAdministrator)
	noErr(t, err)
	dead, err := s.ClaimDelivery(ctx, day, day.Add(lease))
	noErr(t, err)
	_, err = s.ClaimDelivery(ctx, day.Add(lease-time.Microsecond), day.Add(2*lease))
	is(t, err, pipeline.ErrNotFound)
	next, err := s.ClaimDelivery(ctx, day.Add(lease), day.Add(2*lease))
	noErr(t, err)
	same(t, []any{next.ID, next.Attempts}, []any{dead.ID, 2})
	is(t, s.SettleDelivery(ctx, dead.Tried("200", true, day, 0)), pipeline.ErrConflict)
	noErr(t, s.SettleDelivery(ctx, next.Tried("200", true, day, 0)))
	is(t, s.SettleDelivery(ctx, next.Tried("500", false, day, 0)), pipeline.ErrConflict)
}
