package dbtest

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/threat"
)

// seriesTests are about series of documents and links between people.
func seriesTests() map[string]func(*testing.T, Store) {
	return map[string]func(*testing.T, Store){
		"a series keeps all that was said":     seriesLife,
		"a document is in one series":          seriesOnce,
		"a series tells of its documents":      seriesFacts,
		"documents like those are told":        seriesRelated,
		"referrals are made from a series":     seriesReferrals,
		"a confirmed series is in the feed":    seriesInFeed,
		"links are seen from both ends":        linksBothEnds,
		"a link and a closing have an order":   linksInOrder,
		"who has something in common is told":  linkCandidates,
		"who lives at one address is told":     linkAddresses,
		"links that cannot stand are not kept": linksRefused,
	}
}

// analyst is who ties series together in these tests.
var analyst = pipeline.Account{Name: "analyst", Role: pipeline.RoleAnalyst} //nolint:gochecknoglobals // a constant, if a struct could be one

// entry is one that can stand, some minutes after the series was opened.
func entry(k casework.EntryKind, minutes int) casework.SeriesEntry {
	return casework.SeriesEntry{Kind: k, Words: "the same soft print", By: analyst.Name, At: day.Add(time.Duration(minutes) * time.Minute)}
}

// openSeries opens a series with these documents.
func openSeries(t *testing.T, s Store, documents ...pipeline.DocumentID) casework.Series {
	t.Helper()
	opened := casework.Series{ID: "W-" + rand.Text()[:4] + "-" + rand.Text()[:4], Title: "Soft print", OpenedBy: analyst.Name, OpenedAt: day}
	first := entry(casework.EntryState, 0)
	first.State = casework.SeriesCandidate
	opened.Entries = []casework.SeriesEntry{first}
	noErr(t, s.OpenSeries(t.Context(), opened, analyst))
	for i, d := range documents {
		e := entry(casework.EntryAdded, i+1)
		e.Document = string(d)
		add(t, s, &opened, e)
	}
	return opened
}

// add adds an entry, there and here.
func add(t *testing.T, s Store, to *casework.Series, e casework.SeriesEntry) {
	t.Helper()
	noErr(t, s.AddToSeries(t.Context(), to.ID, e, analyst))
	to.Entries = append(to.Entries, e)
}

func seriesLife(t *testing.T, s Store) {
	ctx := t.Context()
	one, two := create(t, s, newDocument()).ID, create(t, s, newDocument()).ID
	w := openSeries(t, s, one, two)
	other := openSeries(t, s)
	out := entry(casework.EntryTakenOut, 9)
	out.Document = string(one)
	add(t, s, &w, out)
	business := entry(casework.EntryBusiness, 10)
	business.Business, business.Labels, business.Source, business.Grade = casework.BusinessTransport, "1", casework.SourcePartner, "1B"
	add(t, s, &w, business)
	seen := entry(casework.EntryObservation, 11)
	seen.Observation, seen.HandedTo, seen.Source, seen.Grade = casework.HandedOn, other.ID, casework.SourceTold, "2D"
	add(t, s, &w, seen)
	got, err := s.FindSeries(ctx, w.ID)
	noErr(t, err)
	same(t, got, w)
	all, err := s.ListSeries(ctx, 9)
	noErr(t, err)
	same(t, len(all), 2)
	f, err := s.SeriesFacts(ctx, other.ID)
	noErr(t, err)
	same(t, f.From, []string{w.ID})
	is(t, s.OpenSeries(ctx, w, analyst), pipeline.ErrConflict)
	_, err = s.FindSeries(ctx, "W-0000-0000")
	is(t, err, pipeline.ErrNotFound)
	seen.HandedTo = "W-0000-0000"
	is(t, s.AddToSeries(ctx, w.ID, seen, analyst), pipeline.ErrNotFound)
	is(t, s.AddToSeries(ctx, "W-0000-0000", seen, analyst), pipeline.ErrNotFound)
	seen.Words = ""
	refused(t, s.AddToSeries(ctx, w.ID, seen, analyst), "words")
	w.ID, w.Title = "W-AAAA-AAAA", "Anna Specimen 12345678"
	refused(t, s.OpenSeries(ctx, w, analyst), "title")
	for object, want := range map[string]string{got.ID: "series_observation", string(one): "series_taken_out"} {
		events, err := s.History(ctx, object)
		noErr(t, err)
		same(t, events[len(events)-1].Detail, want)
	}
}

// seriesOnce: of several who add a document to several series at once one has it.
func seriesOnce(t *testing.T, s Store) {
	d := create(t, s, newDocument()).ID
	series := []casework.Series{openSeries(t, s), openSeries(t, s), openSeries(t, s)}
	e := entry(casework.EntryAdded, 1)
	e.Document = string(d)
	errs := make([]error, len(series))
	parallel(len(series), func(i int) { errs[i] = s.AddToSeries(t.Context(), series[i].ID, e, analyst) })
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			continue
		}
		is(t, err, pipeline.ErrConflict)
		got, err := s.FindSeries(t.Context(), series[i].ID)
		noErr(t, err)
		same(t, got, series[i])
	}
	same(t, won, 1)
	e.Document = "TSD-0000-0000"
	is(t, s.AddToSeries(t.Context(), series[0].ID, e, analyst), pipeline.ErrNotFound)
}

// held adds a document that a person of an encounter hands over as theirs.
func held(t *testing.T, s Store, d pipeline.Document) (pipeline.DocumentID, casework.PersonAt) {
	t.Helper()
	id := create(t, s, d).ID
	n, err := s.AddPerson(t.Context(), d.Encounter, officer, day)
	noErr(t, err)
	noErr(t, s.SaveHolding(t.Context(), d.Encounter, casework.Holding{Document: string(id), HeldBy: n, By: officer.Name, At: day}, officer))
	return id, casework.PersonAt{Encounter: d.Encounter, Number: n}
}

func seriesFacts(t *testing.T, s Store) {
	var ids []pipeline.DocumentID
	var want casework.SeriesFacts
	for i, site := range []string{"NPT", "UTO", "DVR"} {
		d := in(encounter(t, s, site, pipeline.ChannelCustody))
		d.ReceivedAt = day.Add(time.Duration(i) * 24 * time.Hour)
		id, p := held(t, s, d)
		ids = append(ids, id)
		want.Attempts = append(want.Attempts, casework.Attempt{Document: string(id), Encounter: d.Encounter, Site: site, Channel: pipeline.ChannelCustody, At: d.ReceivedAt})
		want.Holders = append(want.Holders, casework.Holder{PersonAt: p})
	}
	owner, err := s.AddPerson(t.Context(), want.Holders[0].Encounter, officer, day) // who is named later
	noErr(t, err)
	corrected := casework.Holding{Document: string(ids[0]), HeldBy: want.Holders[0].Number, BelongsTo: owner, By: officer.Name, At: day}
	noErr(t, s.SaveHolding(t.Context(), want.Holders[0].Encounter, corrected, officer))
	want.Holders[0].Number = owner
	at := want.Holders[1].PersonAt
	notify := referral(at.Number)
	notify.Kind, notify.Encounter = casework.KindNotify, at.Encounter
	noErr(t, s.Send(t.Context(), notify, officer))
	want.Holders[1].Referred = true
	want.Holders[0], want.Holders[1], want.Holders[2] = want.Holders[2], want.Holders[0], want.Holders[1] // by encounter
	f, err := s.SeriesFacts(t.Context(), openSeries(t, s, ids...).ID)
	noErr(t, err)
	same(t, f, want)
	same(t, []any{len(f.Probing()), f.Sentence(), f.Priority()}, []any{3, "1 of 3 holders is a potential victim", "P2"})
}

// numbered is a screened document with a number.
func numbered(t *testing.T, s Store, d pipeline.Document, number string) pipeline.DocumentID {
	t.Helper()
	c := claim(t, s, create(t, s, d).ID, "worker-1", day)
	r := newReport(c)
	r.Pages[0].Zones[0].Fields = []pipeline.FieldReading{{Name: mrz.DocumentNumber, Raw: number, Value: number}}
	noErr(t, s.Finish(t.Context(), c, pipeline.Screened{Report: r, At: day, Review: &pipeline.Opening{Cause: pipeline.CauseFlagged}}))
	return c.ID
}

func seriesRelated(t *testing.T, s Store) {
	d := newDocument()
	member := numbered(t, s, d, "L898902C3")
	copied := newDocument()
	copied.Digest, copied.Encounter = d.Digest, "ENC-2"
	picture := create(t, s, copied).ID
	sameNumber := numbered(t, s, newDocument(), "L898902C3")
	numbered(t, s, newDocument(), "L898902D9") // near, and nobody found it false
	near := numbered(t, s, newDocument(), "L898902D8")
	decide(t, s, near, rita, pipeline.Counterfeit)
	decide(t, s, near, sam, pipeline.Counterfeit)
	numbered(t, s, newDocument(), "L898912C3")
	w := openSeries(t, s, member)
	related, err := s.RelatedDocuments(t.Context(), w.ID)
	noErr(t, err)
	got := map[casework.Related]bool{}
	for _, r := range related {
		got[r] = true
	}
	same(t, got, map[casework.Related]bool{
		{Document: string(picture), Member: string(member), Because: casework.SharedPicture}:   true,
		{Document: string(sameNumber), Member: string(member), Because: casework.SharedNumber}: true,
		{Document: string(near), Member: string(member), Because: casework.NearNumber}:         true,
	})
	e := entry(casework.EntryAdded, 5)
	e.Document = string(near)
	add(t, s, &w, e)
	related, err = s.RelatedDocuments(t.Context(), w.ID)
	noErr(t, err)
	same(t, len(related), 2) // the member is none any more
}

func seriesReferrals(t *testing.T, s Store) {
	id, p := held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
	w := openSeries(t, s, id)
	r := referral(p.Number)
	r.Encounter, r.Series = p.Encounter, w.ID
	noErr(t, s.Send(t.Context(), r, officer))
	all, err := s.SeriesReferrals(t.Context(), w.ID)
	noErr(t, err)
	same(t, []any{len(all), all[0].ID, all[0].Series}, []any{1, r.ID, w.ID})
	r.ID, r.Series = "R-0000-0009", openSeries(t, s).ID
	refused(t, s.Send(t.Context(), r, officer), "series")
	all, err = s.SeriesReferrals(t.Context(), "")
	noErr(t, err)
	same(t, len(all), 0)
}

// seriesInFeed: how the group works is in the records of the documents once people have
// confirmed the series, and stays there when it is closed.
func seriesInFeed(t *testing.T, s Store) {
	var ids []pipeline.DocumentID
	for range 3 {
		ids = append(ids, foundFalse(t, s, newDocument()))
	}
	w := openSeries(t, s, ids...)
	business := entry(casework.EntryBusiness, 10)
	business.Business, business.Source, business.Grade = casework.BusinessFull, casework.SourceRecords, "1A"
	add(t, s, &w, business)
	for i, state := range []casework.SeriesState{casework.SeriesCandidate, casework.SeriesConfirmed, casework.SeriesClosed} {
		e := entry(casework.EntryState, 11+i)
		e.State = state
		add(t, s, &w, e)
		n, err := s.RenewFeed(t.Context(), day.Add(-time.Hour), day.Add(time.Hour))
		noErr(t, err)
		records := fed(t, s, threat.Filter{Current: true})
		same(t, len(records), 3)
		wrote, model := 0, casework.BusinessUnknown
		if state != casework.SeriesCandidate {
			model = casework.BusinessFull
		}
		if state == casework.SeriesConfirmed {
			wrote = 3
		}
		same(t, []any{n, records[0].BusinessModel, records[0].Series != "", records[0].Series == records[2].Series}, []any{wrote, model, wrote+i > 1, true})
	}
}

// link is one that can be put down.
func link(from, to casework.PersonAt, k casework.LinkKind) casework.Link {
	return casework.Link{
		From: from, To: to, Kind: k, Status: casework.LinkClaimed, Words: "as they said", Source: casework.SourcePerson, Grade: casework.Ungraded, By: officer.Name, At: day,
	}
}

func linksBothEnds(t *testing.T, s Store) {
	ctx := t.Context()
	_, one := held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
	_, two := held(t, s, in(encounter(t, s, "NPT", pipeline.ChannelCustody)))
	claimed := link(one, two, casework.LinkParent)
	noErr(t, s.SaveLink(ctx, claimed, officer))
	rejected := claimed
	rejected.Status, rejected.Words, rejected.At = casework.LinkRejected, "an uncle", day.Add(time.Hour)
	noErr(t, s.SaveLink(ctx, rejected, officer))
	for _, p := range []casework.PersonAt{one, two} {
		g, err := s.Group(ctx, p.Encounter)
		noErr(t, err)
		same(t, len(g.Links), 2)
		for i := range g.Links {
			g.Links[i].At = day
		}
		claimed.At, rejected.At = day, day
		same(t, g.Links, []casework.Link{claimed, rejected})
		same(t, len(g.LinksNow()), 0)
		events, err := s.History(ctx, p.Encounter)
		noErr(t, err)
		same(t, []any{events[len(events)-1].Detail, events[len(events)-1].Operation}, []any{"link_saved", pipeline.OpCombine})
	}
}

// linksInOrder: what a link brings up is not closed by what was said before it, whatever
// the clocks say, and two who link each way at once do not wait for each other.
func linksInOrder(t *testing.T, s Store) {
	ctx := t.Context()
	_, one := held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
	_, two := held(t, s, in(encounter(t, s, "NPT", pipeline.ChannelCustody)))
	doubt := said("S2", "yes")
	noErr(t, s.SaveAnswer(ctx, two.Encounter, two.Number, doubt, officer))
	noErr(t, s.ClosePrompt(ctx, two.Encounter, two.Number, casework.Closing{Prompt: casework.PromptChild, Outcome: casework.NoConcern, Reason: "34", By: officer.Name, At: day.Add(time.Hour)}, officer))
	childIsAsked := func() {
		t.Helper()
		g, err := s.Group(ctx, two.Encounter)
		noErr(t, err)
		if ps := g.Prompts(); len(ps) != 1 || ps[0].Code != casework.PromptChild {
			t.Errorf("after %d links the prompts are %+v", len(g.Links), ps)
		}
	}
	noErr(t, s.SaveLink(ctx, link(one, two, casework.LinkParent), officer))
	childIsAsked()
	parallel(8, func(i int) {
		l := link(one, two, casework.LinkParent)
		if i%2 == 1 {
			l.From, l.To = l.To, l.From
		}
		if err := s.SaveLink(ctx, l, officer); err != nil {
			t.Errorf("save link: %v", err)
		}
	})
	g, err := s.Group(ctx, two.Encounter)
	noErr(t, err)
	same(t, len(g.Links), 9)
	childIsAsked()
}

func linkCandidates(t *testing.T, s Store) {
	ctx := t.Context()
	first := in(encounter(t, s, "UTO", pipeline.ChannelCustody))
	mine, one := held(t, s, first)
	again := in(encounter(t, s, "NPT", pipeline.ChannelCustody))
	again.Digest, again.ReceivedAt = first.Digest, day.AddDate(0, 3, 0)
	theirs, two := held(t, s, again)
	held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
	got, err := s.LinkCandidates(ctx, one)
	noErr(t, err)
	same(t, got, []casework.LinkCandidate{{Person: two, Because: casework.TracePicture, Mine: string(mine), Theirs: string(theirs), At: again.ReceivedAt}})
	g, err := s.Group(ctx, one.Encounter)
	noErr(t, err)
	same(t, len(g.Links), 0) // nothing is merged or linked by itself
}

func linkAddresses(t *testing.T, s Store) {
	ctx := t.Context()
	var all []casework.PersonAt
	for i, address := range []string{"12 Mill Road, Northport", "12 mill road,  Northport", "12, Mill Road Northport", "12 MILL ROAD NORTHPORT", "14 Mill Road, Northport"} {
		_, p := held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
		a := casework.Answer{Question: "F10", State: casework.Answered, Words: address, Source: casework.SourcePerson, By: officer.Name, At: day.Add(time.Duration(i) * time.Hour)}
		noErr(t, s.SaveAnswer(ctx, p.Encounter, p.Number, a, officer))
		all = append(all, p)
	}
	got, err := s.LinkCandidates(ctx, all[0])
	noErr(t, err)
	var others []casework.PersonAt
	for _, c := range got {
		same(t, c.Because, casework.TraceAddress)
		others = append(others, c.Person)
	}
	same(t, others, []casework.PersonAt{all[3], all[2], all[1]})
	none, err := s.LinkCandidates(ctx, all[4])
	noErr(t, err)
	same(t, len(none), 0)
}

func linksRefused(t *testing.T, s Store) {
	ctx := t.Context()
	_, one := held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
	l := link(one, casework.PersonAt{Encounter: one.Encounter, Number: 2}, casework.LinkSibling)
	is(t, s.SaveLink(ctx, l, officer), pipeline.ErrNotFound)
	l.To.Encounter, l.To.Number = "UTO-000000-0001", 1
	is(t, s.SaveLink(ctx, l, officer), pipeline.ErrNotFound)
	_, l.To = held(t, s, in(encounter(t, s, "UTO", pipeline.ChannelCustody)))
	l.Words = ""
	refused(t, s.SaveLink(ctx, l, officer), "words")
	g, err := s.Group(ctx, one.Encounter)
	noErr(t, err)
	if fmt.Sprint(g.Links) != "[]" {
		t.Errorf("links %v", g.Links)
	}
}
