package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// postJSON sends a body as a machine does.
func (b *browser) postJSON(path, body string) answer {
	b.t.Helper()
	req := b.request("POST", path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	return b.do(req)
}

// TestNewEncounter: three answers give a reference, which the upload knows, and
// the next form remembers the site.
func TestNewEncounter(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	a := b.postForm("/encounters", url.Values{"site": {" npt "}, "channel": {"second_line"}, "people": {"2"}})
	want := "/upload?encounter=NPT-" + time.Now().Format("060102") + "-0001"
	if a.status != http.StatusSeeOther || a.header.Get("Location") != want {
		t.Fatalf("%d to %s; want %s", a.status, a.header.Get("Location"), want)
	}
	if a := b.get(want); !strings.Contains(a.body, "✓ Found: NPT, taken aside, today at ") || !strings.Contains(a.body, ", 2 people") {
		t.Errorf("the upload says %s", a.body)
	}
	if a := b.get("/upload?encounter=EAF-141126-0031"); !strings.Contains(a.body, "We do not know this encounter here; you can use it all the same") {
		t.Errorf("of a foreign one it says %s", a.body)
	}
	if a := b.get("/encounters/new"); !strings.Contains(a.body, `value="NPT"`) {
		t.Errorf("the site is forgotten: %s", a.body)
	}
	if a := w.as(t, other).get("/encounters/new"); strings.Contains(a.body, `value="NPT"`) {
		t.Error("somebody else's site is remembered")
	}
	reference := strings.TrimPrefix(want, "/upload?encounter=")
	if got := w.history(t, reference); len(got) != 1 || got[0] != "collect encounter_opened "+officer {
		t.Errorf("the log says %q", got)
	}
	r := w.curl(t, reviewer).get("/api/v1/encounters/" + strings.ToLower(strings.ReplaceAll(reference, "-", "")))
	if e := decode[encounterBody](t, r.body); e.Reference != reference || e.People != 2 || e.Channel != pipeline.ChannelSecondLine || e.OpenedBy != officer || !strings.HasPrefix(e.Summary, "NPT, taken aside") {
		t.Errorf("the API says %s", r.body)
	}
}

// TestEncounterMistakes: each has its own words, by the page and by the API.
func TestEncounterMistakes(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	good := url.Values{"site": {"NPT"}, "channel": {"custody"}, "people": {"1"}, "clock": {time.Now().Add(-time.Hour).Format("2006-01-02T15:04")}}
	const site, people, clock = "Enter the 3 letters of your site, for example NPT", "Enter how many people there are, from 1 to 999", "Enter a day and a time, for example 2026-11-24 13:48"
	for _, tt := range [][3]string{
		{"site", "", site},
		{"site", "NP", site},
		{"site", "N1T", site},
		{"site", "NPTX", site},
		{"site", "ÄÖÜ", site},
		{"channel", "", "Select where the person is"},
		{"channel", "intel", "Select where the person is"},
		{"people", "0", people},
		{"people", "1000", people},
		{"people", "two", people},
		{"people", "", people},
		{"clock", "yesterday", clock},
		{"clock", "13:48", clock},
		{"clock", time.Now().Add(time.Hour).Format("2006-01-02T15:04"), "The time they have been waiting since must lie in the last 30 days"},
		{"clock", "2020-01-01T00:00", "The time they have been waiting since must lie in the last 30 days"},
	} {
		v := url.Values{}
		for k := range good {
			v.Set(k, good.Get(k))
		}
		v.Set(tt[0], tt[1])
		a := b.postForm("/encounters", v)
		if a.status != http.StatusBadRequest || strings.Count(a.body, tt[2]) != 2 || !strings.Contains(a.body, "<title>Error: New encounter") || !strings.Contains(a.body, `href="#`+tt[0]+`"`) {
			t.Errorf("%s %q: %d %s", tt[0], tt[1], a.status, a.body)
		}
	}
	if a := b.postForm("/encounters", good); a.status != http.StatusSeeOther {
		t.Errorf("without a mistake: %d %s", a.status, a.body)
	}
	api := w.curl(t, officer)
	for body, want := range map[string]string{
		`{"site":"NPT","channel":"custody","people":1,"more":1}`: "bad-form", `[]`: "bad-form", `{} {}`: "bad-form", `{"site":` + strings.Repeat(" ", maxSmallForm) + `""}`: "bad-form",
		`{"site":"NPT","channel":"custody","people":1.5}`: people, `{"channel":"custody","people":1}`: site,
		`{"site":"NPT","channel":"custody","people":1,"clock_from":"soon"}`: clock,
	} {
		if a := api.postJSON("/api/v1/encounters", body); a.status != http.StatusBadRequest || !strings.Contains(a.body, want) {
			t.Errorf("%.60s: %d %s", body, a.status, a.body)
		}
	}
}

// TestEncounterClock: the time that somebody waits since is that of the place.
func TestEncounterClock(t *testing.T) {
	place := time.FixedZone("UTO", 5*3600)
	now := time.Date(2026, 11, 24, 20, 17, 0, 0, place)
	e, errs := encounterAnswers{"NPT", "custody", "1", "2026-11-24T13:48"}.encounter(now)
	if want := time.Date(2026, 11, 24, 8, 48, 0, 0, time.UTC); errs != nil || !e.ClockFrom.Equal(want) {
		t.Errorf("%v, %v; want %v", e.ClockFrom, errs, want)
	}
	if e, errs = (encounterAnswers{"NPT", "custody", "1", ""}).encounter(now); errs != nil || !e.ClockFrom.Equal(now) {
		t.Errorf("without a time: %v, %v", e.ClockFrom, errs)
	}
}

// FuzzEncounter: answers that are taken can be stored and read again; every
// other has a text.
func FuzzEncounter(f *testing.F) {
	f.Add("npt", "custody", "1", "2026-11-24T13:48")
	f.Add("", "", "+1", "2026-11-24T13:48:00+01:00")
	f.Add("ſſſ", "primary", "٣", "0000-01-01 00:00")
	now := time.Date(2026, 11, 24, 20, 17, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, site, channel, people, clock string) {
		e, errs := encounterAnswers{site, channel, people, clock}.encounter(now)
		for _, err := range errs {
			if err.Detail == "" || !strings.HasPrefix(err.Pointer, "/") {
				t.Fatalf("%+v", err)
			}
		}
		if errs != nil {
			return
		}
		if !encounterForm.MatchString(e.Site+"-241126-0001") || e.People < 1 || e.People > maxPeople || e.ClockFrom.After(now) || now.Sub(e.ClockFrom) > maxClock {
			t.Fatalf("%+v", e)
		}
	})
}
