package page

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// softPrint is a series of three documents that were presented at three sites.
func softPrint() Series {
	said := func(k casework.EntryKind, words string) casework.SeriesEntry {
		return casework.SeriesEntry{Kind: k, Words: words, Source: casework.SourceTold, Grade: "2C", By: "analyst", At: now.Add(-time.Hour)}
	}
	v := Series{Series: casework.Series{ID: "W-7Q4K-2M9X", Title: "Soft print in the background", OpenedBy: "analyst", OpenedAt: now.Add(-2 * time.Hour)}}
	state, business, seen := said(casework.EntryState, "the same dots are missing"), said(casework.EntryBusiness, "told by two holders"), said(casework.EntryObservation, "a lorry waited at the farm")
	state.State, business.Business, business.Labels = casework.SeriesCandidate, casework.BusinessTransport, "1"
	seen.Observation, seen.HandedTo = casework.HandedOn, "W-9B2M-77KD"
	v.Series.Entries = []casework.SeriesEntry{state}
	for i, site := range []string{"NPT", "DVR", ""} {
		e := said(casework.EntryAdded, "the dots below the photograph are missing")
		e.Document = []string{"TSD-7Q4K-2M9X", "TSD-9B2M-77KD", "TSD-3C5N-88LE"}[i]
		v.Series.Entries = append(v.Series.Entries, e)
		v.Facts.Attempts = append(v.Facts.Attempts, casework.Attempt{
			Document: e.Document, Encounter: occasion, Incident: "I-7Q4K-2M9X", Site: site, Channel: pipeline.ChannelCustody, At: now.AddDate(0, 0, i-4),
		})
	}
	v.Facts.Attempts[2].Site = "HLY"
	v.Series.Entries = append(v.Series.Entries, business, seen)
	v.Facts.Holders = []casework.Holder{{PersonAt: casework.PersonAt{Encounter: occasion, Number: 1}}, {PersonAt: casework.PersonAt{Encounter: occasion, Number: 2}, Referred: true}}
	v.Facts.From = []string{"W-3C5N-88LE"}
	v.Related = []casework.Related{{Document: "TSD-5D6P-99MF", Member: "TSD-7Q4K-2M9X", Because: casework.NearNumber}}
	v.Referrals, v.Referred = []casework.Referral{sentReferral(casework.KindSafeguarding, 2)}, 1
	return v
}

// seriesExamples are pages about series.
func seriesExamples() []example {
	boss, ana := shellAs(pipeline.RoleSupervisor, "Supervisor", "/series"), shellAs(pipeline.RoleAnalyst, "Analyst", "/series")
	v := softPrint()
	wrong := Series{Series: v.Series, Form: url.Values{"business_model-words": {"told"}}, Errors: []Error{
		{"added-document", "This document belongs to another series. Take it out of that one first"},
		{"state-state", "A series needs 3 documents before it can be confirmed"},
		{"business_model-grade", "Select a grade from 1A to 3E"},
		{"observation-handed_to", "Enter the reference of another series if people were handed on to it, for example W-7Q4K-2M9X"},
	}}
	wrong.Series.Entries = v.Series.Entries[:1]
	return []example{
		{"series", "series", boss, v},
		{"series-error", "series", ana, wrong},
		{"all-series", "all-series", ana, AllSeries{All: []SeriesLine{{v.Series, v.Facts}}}},
		{"all-series-error", "all-series", ana, AllSeries{Title: "Anna", Errors: pageMistakes(casework.Series{Entries: []casework.SeriesEntry{{}}}.Check())}},
	}
}

func TestProbingLine(t *testing.T) {
	f := softPrint().Facts
	if got := probingLine(f.Probing()); !strings.HasPrefix(got, "3 documents at 3 sites in 3 days.") {
		t.Error(got)
	}
	if got := probingLine(nil); got != "" {
		t.Error(got)
	}
	if got := reachOf(f.Attempts[:1]); got != "1 document at 1 site" {
		t.Error(got)
	}
}
