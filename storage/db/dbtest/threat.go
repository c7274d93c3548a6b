package dbtest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/threat"
)

// threatTests are those of the threat area.
func threatTests() map[string]func(*testing.T, Store) {
	return map[string]func(*testing.T, Store){
		"what two people found false enters the feed": feedEnters,
		"a record is made anew with what is learnt":   feedRenewed,
		"the feed is read on from a place":            feedPages,
		"deciders at once take places in turn":        feedAtOnce,
		"what figures are of is counted":              feedExposure,
		"models are new once":                         feedFirstSeen,
		"the key of the feed stays":                   feedKeyStays,
	}
}

// passport is a screened document of an encounter before the reviewers, whose
// zone says what it is.
func passport(t *testing.T, s Store, d pipeline.Document, state string) pipeline.DocumentID {
	t.Helper()
	c := claim(t, s, create(t, s, d).ID, "worker-1", day)
	r := newReport(c)
	r.Pages[0].Zones[0].Fields = []pipeline.FieldReading{
		{Name: mrz.DocumentCode, Value: "P", Certain: true},
		{Name: mrz.IssuingState, Value: state, Certain: true},
		{Name: mrz.Nationality, Value: "XPA", Certain: true},
	}
	noErr(t, s.Finish(t.Context(), c, pipeline.Screened{Report: r, At: day, Review: &pipeline.Opening{Cause: pipeline.CauseFlagged}}))
	return c.ID
}

// foundFalse brings a document into the feed.
func foundFalse(t *testing.T, s Store, d pipeline.Document) pipeline.DocumentID {
	t.Helper()
	id := passport(t, s, d, "UTO")
	decide(t, s, id, rita, pipeline.Counterfeit)
	decide(t, s, id, sam, pipeline.Counterfeit)
	return id
}

// fed is the feed as a filter chooses it.
func fed(t *testing.T, s Store, f threat.Filter) (all []threat.Entry) {
	t.Helper()
	noErr(t, s.Outcomes(t.Context(), f, func(e threat.Entry) error {
		all = append(all, e)
		return nil
	}))
	return all
}

func feedEnters(t *testing.T, s Store) {
	e := encounter(t, s, "NPT", pipeline.ChannelCustody)
	harmless := passport(t, s, in(e), "UTO")
	decide(t, s, harmless, rita, pipeline.NoIrregularity)
	id := passport(t, s, in(e), "UTO")
	decide(t, s, id, rita, pipeline.Counterfeit)
	if all := fed(t, s, threat.Filter{}); len(all) > 0 {
		t.Fatalf("one person's word is in the feed: %+v", all)
	}
	decide(t, s, id, sam, pipeline.Counterfeit)
	all := fed(t, s, threat.Filter{})
	if len(all) != 1 {
		t.Fatalf("%d records, want 1", len(all))
	}
	got := all[0]
	sealed, err := got.Seal()
	noErr(t, err)
	if sealed.Hash != got.Hash {
		t.Errorf("hash %s of a record whose hash is %s", got.Hash, sealed.Hash)
	}
	same(t, []any{got.Seq, got.Document, got.Revision, got.Period, got.Site, got.Channel, got.Stage, got.Model, got.Verdict, got.RuleSet, got.Held, got.Referred},
		[]any{int64(1), id, 1, "2026-03", "NPT", pipeline.ChannelCustody, pipeline.CauseFlagged, threat.Model{IssuingState: "UTO", Type: "P"}, pipeline.Counterfeit, "0123", false, false})
}

// feedRenewed: what is learnt after the decision makes a revision, once, and says
// so to other systems and in the log.
func feedRenewed(t *testing.T, s Store) {
	ctx := t.Context()
	noErr(t, s.CreateEndpoint(ctx, pipeline.Endpoint{ID: "E1", URL: "https://x.example/", Events: []pipeline.HookEvent{pipeline.HookThreat}}, pipeline.NewHookSecret(), byAdministrator))
	d := newDocument()
	d.Encounter = occasion
	id := foundFalse(t, s, d)
	renew := func(want int) {
		t.Helper()
		n, err := s.RenewFeed(ctx, day.Add(-time.Hour), day.Add(time.Hour))
		noErr(t, err)
		same(t, n, want)
	}
	renew(0)
	n := newPerson(t, s)
	said := said("U4", "owed")
	said.Words = "2,500 EUR"
	noErr(t, s.SaveAnswer(ctx, occasion, n, said, officer))
	noErr(t, s.SaveHolding(ctx, occasion, casework.Holding{Document: string(id), HeldBy: n, By: officer.Name, At: day}, officer))
	renew(1)
	renew(0)
	all := fed(t, s, threat.Filter{})
	if len(all) != 2 || all[1].Revision != 2 || all[1].ID != all[0].ID || all[1].Price == nil || all[1].Price.Currency != "EUR" || !all[1].Held || all[1].Referred {
		t.Fatalf("feed %+v", all)
	}
	same(t, fed(t, s, threat.Filter{Current: true}), all[1:])
	later, err := s.RenewFeed(ctx, day.Add(time.Minute), day.Add(time.Hour))
	noErr(t, err)
	same(t, later, 0)
	sent, err := s.ListDeliveries(ctx, "E1", "", 10)
	noErr(t, err)
	var told []string
	for _, d := range sent {
		told = append(told, string(d.Event)+" "+d.Object+" "+d.Outcome)
	}
	same(t, told, []string{"threat.recorded " + all[0].ID + " revised", "threat.recorded " + all[0].ID + " recorded"})
	events, err := s.History(ctx, string(id))
	noErr(t, err)
	last := events[len(events)-1]
	same(t, []any{last.Operation, last.Detail, last.Actor.Role}, []any{pipeline.OpCombine, "feed_revised", pipeline.RoleSystem})
}

func feedPages(t *testing.T, s Store) {
	for range 3 {
		foundFalse(t, s, newDocument())
	}
	all := fed(t, s, threat.Filter{})
	same(t, fed(t, s, threat.Filter{Limit: 2}), all[:2])
	same(t, fed(t, s, threat.Filter{After: all[1].Seq}), all[2:])
	same(t, len(fed(t, s, threat.Filter{From: "2026-03", Until: "2026-03"})), 3)
	same(t, len(fed(t, s, threat.Filter{From: "2026-04"})), 0)
	same(t, len(fed(t, s, threat.Filter{Until: "2026-02"})), 0)
	stop := errors.New("stop")
	is(t, s.Outcomes(t.Context(), threat.Filter{}, func(threat.Entry) error { return stop }), stop)
}

// feedAtOnce: places have no gaps, and who reads on meanwhile misses none.
func feedAtOnce(t *testing.T, s Store) {
	const n = 8
	var ids []pipeline.DocumentID
	for range n {
		id := passport(t, s, newDocument(), "UTO")
		decide(t, s, id, rita, pipeline.Counterfeit)
		ids = append(ids, id)
	}
	for i, id := range ids {
		take(t, s, id, person(fmt.Sprint("second-", i)), day)
	}
	ctx := t.Context()
	written := make(chan struct{})
	read := make(chan int)
	go func() {
		var after int64
		seen := 0
		for done := false; !done; {
			select {
			case <-written:
				done = true // one more look after the last was written
			default:
			}
			_ = s.Outcomes(ctx, threat.Filter{After: after}, func(e threat.Entry) error {
				if e.Seq != after+1 {
					t.Errorf("place %d after %d", e.Seq, after)
				}
				after, seen = e.Seq, seen+1
				return nil
			})
		}
		read <- seen
	}()
	parallel(n, func(i int) {
		if _, err := s.Decide(t.Context(), verdict(ids[i], pipeline.Counterfeit, day), person(fmt.Sprint("second-", i))); err != nil {
			t.Errorf("decide: %v", err)
		}
	})
	close(written)
	same(t, <-read, n)
}

func feedExposure(t *testing.T, s Store) {
	e := encounter(t, s, "NPT", pipeline.ChannelCustody)
	came := casework.Movement{
		Direction: casework.DirectionEntry, Purpose: casework.PurposeUnknown, Modes: []casework.Mode{casework.ModeFerry}, Clandestine: casework.CertainYes,
		ActorScope: casework.ScopeUnknown, Boundary: casework.CertainYes, By: officer.Name, At: day,
	}
	noErr(t, s.SaveMovement(t.Context(), e.Reference, came, officer))
	foundFalse(t, s, in(e))
	record := fed(t, s, threat.Filter{})[0]
	same(t, []any{record.Direction, record.Modes, record.ThreatArea.Secondary}, []any{"entry", []string{"ROAD-FERRY"}, []casework.ThreatArea{casework.AreaFacilitation}})
	waits := passport(t, s, in(e), "UTO")
	decide(t, s, waits, rita, pipeline.DataAltered)
	front := flagged(t, s, day) // of an encounter that is not known; its zone is on the back
	back := newDocument()
	back.PageOf = front
	passport(t, s, back, "XPA")
	create(t, s, in(e)) // not screened yet
	got, err := s.Exposure(t.Context(), "2026-02", "2026-03")
	noErr(t, err)
	sums := map[threat.Exposed]int{}
	for _, x := range got {
		n := x.N
		x.N = 0
		sums[x] += n
	}
	cell := func(site string, c pipeline.Channel, model string, v pipeline.Verdict) threat.Cell {
		mode := threat.UnknownMode
		if site == e.Site {
			mode = "ROAD-FERRY"
		}
		return threat.Cell{Month: "2026-03", Site: site, Channel: c, Mode: mode, Model: model, Verdict: v}
	}
	same(t, sums, map[threat.Exposed]int{
		{Measure: threat.Screened, Cell: cell("NPT", pipeline.ChannelCustody, "UTO P", "")}:                      2,
		{Measure: threat.Screened, Cell: cell("unknown", "", "XPA P", "")}:                                       1,
		{Measure: threat.Provisional, Cell: cell("NPT", pipeline.ChannelCustody, "UTO P", pipeline.DataAltered)}: 1,
	})
}

func feedFirstSeen(t *testing.T, s Store) {
	foundFalse(t, s, newDocument())
	for since, want := range map[time.Time][]threat.Model{
		day: {{IssuingState: "UTO", Type: "P"}}, day.Add(time.Second): nil,
	} {
		got, err := s.FirstSeen(t.Context(), since)
		noErr(t, err)
		same(t, got, want)
	}
}

func feedKeyStays(t *testing.T, s Store) {
	one, err := s.FeedKey(t.Context())
	noErr(t, err)
	two, err := s.FeedKey(t.Context())
	noErr(t, err)
	if len(one) != 32 || string(one) != string(two) {
		t.Errorf("keys of %d and %d bytes", len(one), len(two))
	}
}
