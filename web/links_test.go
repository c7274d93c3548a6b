package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline/casework"
)

// linked is a form that says what person 1 is to another.
func linked(kind, to, encounter string) url.Values {
	return url.Values{
		"link-kind": {kind}, "link-to": {to}, "link-encounter": {encounter}, "link-status": {"claimed"}, "link-source": {"person"}, "link-grade": {"2D"}, "link-words": {"as they said"},
	}
}

// TestS5eGroup is "extending a family group": the page of the group shows the link and
// that it is claimed, the child is asked after, and a sheet for companions does not show
// who may exploit them.
func TestS5eGroup(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 3)
	for n, form := range map[int]url.Values{1: linked("parent_of", "2", ""), 3: linked("other_family_of", "2", "")} {
		if a := o.page.postForm(o.at(fmt.Sprintf("/people/%d/links", n)), form); a.status != http.StatusSeeOther {
			t.Fatalf("person %d: %d", n, a.status)
		}
	}
	if a := o.page.get(o.at("/people")); !strings.Contains(a.body, "Person 1: parent of person 2 (claimed") || !strings.Contains(a.body, "rule=R-01&amp;person=2") {
		t.Error("the group does not show the link as claimed, or does not suggest children's services")
	}
	for _, at := range []string{"/people/2", "/people/2?print=1"} {
		if a := o.page.get(o.at(at)); !strings.Contains(a.body, "Child of person 1 (Claimed)") || !strings.Contains(a.body, "Other family of person 3") {
			t.Errorf("%s does not show the links", at)
		}
	}
	o.page.postForm(o.at("/people/3/roles"), url.Values{"role": {"suspect_exploiter"}, "reason": {"held the passports"}})
	if a := o.page.get(o.at("/people/2?print=1")); strings.Contains(a.body, "person 3") || !strings.Contains(a.body, "Child of person 1") {
		t.Error("the sheet tells who may exploit the person, or has lost the rest")
	}
	bad := linked("parent_of", "7", "")
	bad.Set("link-words", "kept when it is wrong")
	if a := o.page.postForm(o.at("/people/1/links"), bad); a.status != http.StatusBadRequest || !strings.Contains(a.body, `href="#link-to"`) || !strings.Contains(a.body, "kept when it is wrong") {
		t.Errorf("with nobody: %d", a.status)
	}
}

// TestS5f is "assisting others or returning": the same picture in another encounter is
// shown with both documents, as a reason to ask. Nobody is linked by it; a person puts
// that down, and it waits while safety comes first.
func TestS5f(t *testing.T) {
	w := newWorld(t)
	same := picture()
	before, was := presented(t, w, "UTO", same)
	again, is := presented(t, w, "NPT", same)
	b := is.page.get(is.at("/people/1")).body
	if !strings.Contains(b, "Person 1 of "+was.reference) || !strings.Contains(b, before) || !strings.Contains(b, again) || !strings.Contains(b, "the same picture") {
		t.Error("the page does not show who may have come back, with the documents")
	}
	if got := is.group(t); len(got.Links) > 0 || len(got.People) != 1 {
		t.Errorf("the machine linked or merged: %+v", got)
	}
	if lines := strings.Join(w.history(t, was.reference), "\n"); !strings.Contains(lines, "link_candidate") {
		t.Errorf("the log of the other encounter says:\n%s", lines)
	}
	if a := is.page.postForm(is.at("/people/1/links"), linked("same_person_as", "1", was.reference)); a.status != http.StatusSeeOther {
		t.Fatalf("put down: %d", a.status)
	}
	is.page.postForm(is.at("/people/1/answers"), url.Values{"source": {"person"}, "S4": {"threats"}})
	b = is.page.get(is.at("/people/1")).body
	line := "Came back: may be the same as person 1 of " + was.reference
	if strings.Count(b, line) != 1 || strings.Index(b, line) < strings.Index(b, `id="waits"`) {
		t.Error("what might speak against the person is not folded, or is shown twice")
	}
	theirs := decode[encounterBody](t, w.curl(t, other).postJSON("/api/v1/encounters", `{"site":"UTO","channel":"custody","people":1}`).body).Reference
	w.as(t, other).postForm("/encounters/"+theirs+"/people", nil)
	if a := is.page.postForm(is.at("/people/1/links"), linked("sibling_of", "1", theirs)); a.status != http.StatusBadRequest || !strings.Contains(a.body, `href="#link-encounter"`) {
		t.Errorf("with somebody of another officer's encounter: %d", a.status)
	}
	w.as(t, supervisor).postForm(is.at("/people/1/links"), linked("sibling_of", "1", theirs))
	got := decode[linksBody](t, is.api.get("/api/v1"+is.at("/people/1/links")).body)
	if len(got.Links) != 2 || got.Links[1].To.Encounter != "" {
		t.Errorf("the officer is told of another's encounter: %+v", got.Links)
	}
	if a := is.page.get(is.at("/people/1")); strings.Contains(a.body, theirs) {
		t.Error("the page tells of another's encounter")
	}
}

// TestS27Addresses is "accommodation costs": of four people who gave one address the
// safeguarding lead is told, nobody else, and no search finds it.
func TestS27Addresses(t *testing.T) {
	w := newWorld(t)
	var all []*occasion
	for range 4 {
		o := newOccasion(t, w, 1)
		o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, "F10-words": {"Flat 2, 12 Mill Road"}})
		all = append(all, o)
	}
	at := "/api/v1" + all[0].at("/people/1/links")
	var others []string
	for _, c := range decode[linksBody](t, w.curl(t, safeguarding).get(at).body).Candidates {
		if c.Because != casework.TraceAddress || c.Mine != "" {
			t.Errorf("candidate %+v", c)
		}
		others = append(others, c.Person.Encounter)
	}
	slices.Sort(others)
	if want := []string{all[1].reference, all[2].reference, all[3].reference}; !slices.Equal(others, want) {
		t.Errorf("the lead is told of %q; want %q", others, want)
	}
	if a := w.as(t, safeguarding).get(all[0].at("/people/1")); !strings.Contains(a.body, "the same address") {
		t.Error("the page does not tell the lead")
	}
	for _, account := range []string{officer, supervisor} {
		if b := decode[linksBody](t, w.curl(t, account).get(at).body); len(b.Candidates) > 0 {
			t.Errorf("%s is told %+v", account, b.Candidates)
		}
	}
	for _, kind := range []string{"name", "document_number"} {
		if b := decode[foundBody](t, w.curl(t, reviewer).postJSON("/api/v1/searches", searchJSON(kind, "12 Mill Road")).body); len(b.Data) > 0 {
			t.Errorf("a search by %s finds %+v", kind, b)
		}
	}
}
