package page

import (
	"maps"
	"net/url"
	"slices"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
	"touchstone.internal/web/policy"
)

// option is one choice of a filter.
type option struct {
	Value, Text string
	On          bool
}

// listing is the view of the list of documents, ready to be shown.
type listing struct {
	Documents
	States, Conclusions []option
	Chips               []link // each takes one filter away
}

// listingOf adds the choices of the filters and what is chosen now.
func listingOf(v Documents) listing {
	l := listing{Documents: v}
	f := v.Filter
	l.States = options(string(f.State), [][2]string{
		{"", "Any"}, {string(pipeline.StateReceived), "Waiting"}, {string(pipeline.StateScreening), "Being checked"}, {string(pipeline.StateScreened), "Checked"},
	})
	conclusions := [][2]string{{"", "Any"}}
	for _, c := range []pipeline.Conclusion{pipeline.ReviewSuggested, pipeline.NoIrregularityFound, pipeline.CouldNotCheck, pipeline.TechnicalFault} {
		conclusions = append(conclusions, [2]string{string(c), text.Headline(string(c), "")})
	}
	conclusions[4][1] = "Technical fault" // the headline is two sentences long
	l.Conclusions = options(string(f.Conclusion), conclusions)

	all := url.Values{}
	set(all, "state", string(f.State))
	set(all, "conclusion", string(f.Conclusion))
	set(all, "encounter", f.Encounter)
	for _, name := range []string{"state", "conclusion", "encounter"} {
		if all.Get(name) == "" {
			continue
		}
		rest := maps.Clone(all)
		rest.Del(name)
		l.Chips = append(l.Chips, link{Address: address("/documents", rest), Text: l.chip(name)})
	}
	return l
}

// chip says what a filter is set to.
func (l listing) chip(name string) string {
	switch name {
	case "state":
		return "Progress: " + chosen(l.States)
	case "conclusion":
		return "Result: " + chosen(l.Conclusions)
	default:
		return "Encounter: " + l.Filter.Encounter
	}
}

func chosen(os []option) string {
	if i := slices.IndexFunc(os, func(o option) bool { return o.On }); i >= 0 {
		return os[i].Text
	}
	return "unknown"
}

func options(now string, all [][2]string) []option {
	os := make([]option, len(all))
	for i, o := range all {
		os[i] = option{Value: o[0], Text: o[1], On: o[0] == now}
	}
	return os
}

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// refreshOf gives the address at which the list of an upload can be looked at
// again; empty if there is nothing to wait for.
func refreshOf(v Received) string {
	q, waiting := url.Values{}, false
	for _, f := range v.Files {
		if f.Document.ID == "" {
			continue
		}
		key := "id"
		if f.Duplicate {
			key = "again"
		}
		q.Add(key, string(f.Document.ID))
		waiting = waiting || f.Document.State != pipeline.StateScreened
	}
	if !waiting {
		return ""
	}
	set(q, "encounter", v.Encounter)
	return address("/upload/received", q)
}

// part is one part of the service and whether it answers.
type part struct {
	Name    string
	Works   bool
	Problem string
}

// partsOf sorts the parts, those that do not answer first.
func partsOf(v Status) []part {
	var down, up []part
	for _, name := range slices.Sorted(maps.Keys(v.Parts)) {
		if err := v.Parts[name]; err != nil {
			down = append(down, part{Name: name, Problem: err.Error()})
			continue
		}
		up = append(up, part{Name: name, Works: true})
	}
	return append(down, up...)
}

// stateCount is the number of documents in one state.
type stateCount struct {
	Text string
	N    int
}

// statesOf gives the counts in the order of a document's way.
func statesOf(v Status) []stateCount {
	return []stateCount{
		{"Waiting for a worker", v.Counts[pipeline.StateReceived]},
		{"Being checked", v.Counts[pipeline.StateScreening]},
		{"Checked", v.Counts[pipeline.StateScreened]},
	}
}

// table is a list of documents as the table shows it.
type table struct {
	Caption   string
	Size      string // of the caption
	Everybody bool
	Documents []pipeline.Document
	Now       time.Time
}

// listed is the table of the list of documents.
func listed(s Shell, v Documents) table {
	return table{
		Caption: "Showing " + count(len(v.Documents), "document", "documents") + ", newest first", Size: "s",
		Everybody: v.Everybody, Documents: v.Documents, Now: s.Now,
	}
}

// recent is the table of the start page.
func recent(s Shell, ds []pipeline.Document) table {
	t := table{Caption: "Your newest documents", Size: "m", Documents: ds, Now: s.Now}
	if policy.Of(s.Account.Role, policy.Read) == policy.All {
		t.Caption, t.Everybody = "Newest documents", true
	}
	return t
}

// sightings is where a file was seen before.
type sightings struct {
	Sightings []pipeline.Sighting
	Linked    bool // the reader may see all documents
	Now       time.Time
}

// seen links sightings for reviewers, who follow a picture through everybody's
// documents.
func seen(s Shell, v Document) sightings {
	return sightings{Sightings: v.Sightings, Linked: policy.Of(s.Account.Role, policy.Read) == policy.All, Now: s.Now}
}

// refused tells whether a file of an upload was not accepted. Such a list
// cannot be asked for again: what is refused is not kept.
func refused(v Received) bool {
	return slices.ContainsFunc(v.Files, func(f ReceivedFile) bool { return f.Document.ID == "" })
}

// layer is a kind of box on the picture that can be switched off.
type layer struct {
	Group, Line, Text, Key string
	On                     bool // when the page opens
}

// layersOf are the kinds of boxes on a picture, each with its key. Without notes
// there is no layer of them; the keys stay.
func layersOf(e examination) []layer {
	if e.Folded {
		return nil
	}
	all := []layer{
		{"zone", "zone", "Machine readable zone", "1", true},
		{"fields", "field", "Fields read", "2", false},
		{"problems", "problem", "Problems found (P)", "3", true},
		{"notes", "note", "To note (N)", "4", true},
		{"judgement", "doubt", "Needs your judgement (J)", "5", true},
	}
	if len(e.Notes) == 0 {
		all = slices.Delete(all, 3, 4)
	}
	return all
}
