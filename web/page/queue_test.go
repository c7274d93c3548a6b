package page

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"touchstone.internal/pipeline"
)

// shellAs is a page of one of those who do not look at documents first.
func shellAs(role pipeline.Role, title, path string) Shell {
	s := shell("", path)
	s.Account = pipeline.Account{Name: string(role), Title: title, Role: role}
	return s
}

// waitingItems is a page of the queue with an item of every kind.
func waitingItems() []pipeline.QueueItem {
	items := []pipeline.QueueItem{
		{Review: pipeline.Review{DueAt: now.Add(-6*time.Minute - 20*time.Second), Safety: true, Holder: "second-reviewer", HeldUntil: now.Add(10 * time.Minute)}, Channel: pipeline.ChannelInCountry},
		{Review: pipeline.Review{DueAt: now.Add(12 * time.Minute), Safety: true}, Channel: pipeline.ChannelPrimary, ClockFrom: now.Add(-25 * time.Minute)},
		{Review: pipeline.Review{DueAt: now.Add(41 * time.Minute), Holder: "reviewer", HeldUntil: now.Add(10 * time.Minute)}, Channel: pipeline.ChannelCustody, ClockFrom: now.Add(-370 * time.Minute)},
		{Review: pipeline.Review{DueAt: now.Add(80 * time.Minute), Kept: "reviewer", Updated: true}, Channel: pipeline.ChannelSecondLine, ClockFrom: now.Add(-30 * time.Second)},
		{Review: pipeline.Review{DueAt: now.Add(18 * time.Hour), Holder: "second-reviewer", HeldUntil: now.Add(-time.Minute), State: pipeline.ReviewSecond}, Channel: pipeline.ChannelInCountry},
		{Review: pipeline.Review{DueAt: now.Add(72 * time.Hour), State: pipeline.ReviewThird}},
		{Review: pipeline.Review{DueAt: now.Add(30 * time.Minute), State: pipeline.ReviewWaiting, Kept: "second-reviewer"}, Channel: pipeline.ChannelInCountry},
	}
	for i := range items {
		q := &items[i]
		q.Document = pipeline.NewDocumentID([8]byte{byte(i), 7, 29, 3, 11, byte(5 * i), 9, 1})
		q.Cause, q.OpenedAt, q.ReceivedAt = pipeline.CauseAudit, now.Add(-50*time.Minute), now.Add(-51*time.Minute)
		q.Encounter, q.UploadedBy, q.Capture = fmt.Sprintf("NPT-241126-%04d", i+1), "officer", pipeline.CapturePhoto
		if q.State == "" {
			q.State = pipeline.ReviewFirst
		}
	}
	return items
}

func someCounts() pipeline.ReviewCounts {
	return pipeline.ReviewCounts{
		All: 41, Free: 14, Safety: 2, Late: 3, Soon: 2, Urgent: 6, Unowned: 1, Second: 5, Third: 1, Waiting: 2,
		Causes:   map[pipeline.ReviewCause]int{pipeline.CauseFlagged: 30, pipeline.CauseUnchecked: 6, pipeline.CauseAudit: 4, pipeline.CauseSafety: 1},
		Channels: map[pipeline.Channel]int{pipeline.ChannelPrimary: 9, pipeline.ChannelCustody: 3, pipeline.ChannelInCountry: 29},
		Sites:    map[string]int{"NPT": 30, "EFD": 10, "": 1},
	}
}

// aQueue is a part of the queue as an account sees it.
func aQueue(s Shell, t Tab, change ...func(*Queue)) Queue {
	v := Queue{Tab: t, Query: url.Values{}, Items: waitingItems(), All: someCounts(), Options: someCounts(), Chosen: someCounts(), Page: 1, Tabs: map[Tab]int{}}
	for i, tab := range TabsOf(s.Account) {
		v.Tabs[tab] = []int{41, 14, 0, 5, 1, 2, 3}[i]
	}
	for _, c := range change {
		c(&v)
	}
	return v
}

func withReviewers(v *Queue) { v.Reviewers = []string{"reviewer", "second-reviewer"} }

func nothing(v *Queue) {
	v.Items, v.All, v.Options, v.Chosen, v.Tabs = nil, pipeline.ReviewCounts{}, pipeline.ReviewCounts{}, pipeline.ReviewCounts{}, map[Tab]int{}
}

func noItems(v *Queue) { v.Items, v.Chosen = nil, pipeline.ReviewCounts{} }

func queueExamples() []example {
	r := shell(reviewer, "/queue")
	boss, lead := shellAs(pipeline.RoleSupervisor, "Supervisor", "/queue"), shellAs(pipeline.RoleSafeguarding, "Safeguarding lead", "/queue")
	return []example{
		{"queue", "queue", r, aQueue(r, TabAll)},
		{"queue-held", "queue", r, aQueue(r, TabAll, func(v *Queue) { v.Tabs[TabMine] = 1 })},
		{"queue-filtered", "queue", r, aQueue(r, TabFree, func(v *Queue) {
			v.Filter = pipeline.ReviewFilter{Channel: pipeline.ChannelCustody, Clock: pipeline.ClockUrgent, Site: "XXX"}
			v.Query = url.Values{"channel": {"custody"}, "clock": {"urgent"}, "site": {"XXX"}}
		})},
		{"queue-far", "queue", r, aQueue(r, TabAll, func(v *Queue) { v.Chosen.All, v.Page = 10_000, 200 })},
		{"queue-none", "queue", r, aQueue(r, TabAll, func(v *Queue) { v.None = true })},
		{"queue-empty", "queue", r, aQueue(r, TabAll, nothing)},
		{"queue-empty-free", "queue", r, aQueue(r, TabFree, noItems, func(v *Queue) { v.All.Free = 0 })},
		{"queue-empty-mine", "queue", r, aQueue(r, TabMine, noItems)},
		{"queue-empty-waiting", "queue", r, aQueue(r, TabWaiting, noItems)},
		{"queue-narrow", "queue", r, aQueue(r, TabAll, noItems, func(v *Queue) {
			v.Filter, v.Query = pipeline.ReviewFilter{Channel: pipeline.ChannelSecondLine}, url.Values{"channel": {"second_line"}}
		})},
		{"queue-unknown", "queue", r, aQueue(r, TabAll, noItems, func(v *Queue) {
			v.Filter, v.Query, v.Typed = pipeline.ReviewFilter{Document: "TSD-7Q4K-2M9X"}, url.Values{"reference": {"TSD-7Q4K-2M9X"}}, "TSD-7Q4K-2M9X"
		})},
		{"queue-error", "queue", r, aQueue(r, TabAll, func(v *Queue) {
			v.Typed = "TSD-7Q4K-2M9"
			v.Errors = []Error{{"reference", "We could not find that document. Check the reference. A full reference has 8 characters after TSD"}, {"channel", "Select where the person is from the list"}}
		})},
		{"queue-board", "queue", boss, aQueue(boss, TabAll, func(v *Queue) { v.Freed = "TSD-7Q4K-2M9X" })},
		{"queue-assign", "queue", boss, aQueue(boss, TabFree, withReviewers, func(v *Queue) {
			v.Assigned = &Assignment{N: 2, Refused: []Refusal{{"TSD-7Q4K-2M9X", UnassignedTaken}, {"TSD-4Q7K-9M2X", UnassignedOwn}}}
		})},
		{"queue-assign-none", "queue", boss, aQueue(boss, TabFree, withReviewers, func(v *Queue) { v.Assigned = &Assignment{Refused: []Refusal{{"TSD-7Q4K-2M9X", UnassignedUnknown}}} })},
		{"queue-assign-error", "queue", boss, aQueue(boss, TabFree, withReviewers, func(v *Queue) {
			v.Errors = []Error{{"documents", "Choose 1 to 100 documents"}, {"reviewer", "Select a reviewer from the list"}}
		})},
		{"queue-safety", "queue", lead, aQueue(lead, TabSafety, func(v *Queue) { v.Items[0].State = pipeline.ReviewDecided })},
		{"queue-safety-empty", "queue", lead, aQueue(lead, TabSafety, noItems)},
	}
}

// TestDue says a due time as somebody would who looks at a clock.
func TestDue(t *testing.T) {
	at := time.Date(2026, time.November, 24, 20, 17, 0, 0, time.UTC) // a Tuesday
	for _, c := range []struct {
		left        time.Duration
		text, class string
	}{
		{-50 * time.Hour, "2 days late", "app-due--late"},
		{-6*time.Minute - 59*time.Second, "6 minutes late", "app-due--late"},
		{-time.Minute, "1 minute late", "app-due--late"},
		{-time.Second, "Due now", "app-due--late"},
		{0, "less than a minute left", "app-due--soon"},
		{14*time.Minute + 59*time.Second, "14 minutes left", "app-due--soon"},
		{15 * time.Minute, "15 minutes left", ""},
		{32 * time.Minute, "32 minutes left", ""},
		{time.Hour, "1 hour left", ""},
		{80 * time.Minute, "1 hour 20 minutes left", ""},
		{161 * time.Minute, "2 hours 41 minutes left", ""},
		{4 * time.Hour, "Tomorrow", ""}, // 12:17am
		{3*time.Hour - 1, "2 hours 59 minutes left", ""},
		{18 * time.Hour, "Tomorrow", ""},
		{28 * time.Hour, "Thursday 26 November", ""}, // 12:17am
		{90 * time.Hour, "Saturday 28 November", ""},
	} {
		got := dueOf(at, pipeline.Review{State: pipeline.ReviewFirst, OpenedAt: at.Add(-time.Hour), DueAt: at.Add(c.left)})
		if got.Text != c.text || got.Class != c.class {
			t.Errorf("%v: %q %q; want %q %q", c.left, got.Text, got.Class, c.text, c.class)
		}
	}
	if got := dueOf(at, pipeline.Review{State: pipeline.ReviewWaiting, DueAt: at}).Text; got != "Clock stopped" {
		t.Errorf("waiting: %q", got)
	}
	if got := dueOf(at, pipeline.Review{State: pipeline.ReviewDecided, DueAt: at}).Text; got != "Decided" {
		t.Errorf("decided: %q", got)
	}
}

// TestDial fills clockwise from the top.
func TestDial(t *testing.T) {
	for part, want := range map[float64]string{
		-1: "", 0: "", .25: "M8 8V3A5 5 0 0 1 13.00 8.00z", .5: "M8 8V3A5 5 0 0 1 8.00 13.00z", .75: "M8 8V3A5 5 0 1 1 3.00 8.00z",
		1: "M8 3a5 5 0 1 1 0 10 5 5 0 1 1 0-10z", 7: "M8 3a5 5 0 1 1 0 10 5 5 0 1 1 0-10z",
	} {
		if got := dial(part); got != want {
			t.Errorf("%v: %q; want %q", part, got, want)
		}
	}
}

// TestQueueWords: sentences with a number in them.
func TestQueueWords(t *testing.T) {
	counts := func(all, free, waiting int) pipeline.ReviewCounts {
		return pipeline.ReviewCounts{All: all, Free: free, Waiting: waiting}
	}
	for got, want := range map[string]string{
		whyNone(counts(0, 0, 0)): "All clear: no document is waiting for a decision.",
		whyNone(counts(6, 0, 0)): "6 open documents are with somebody.",
		whyNone(counts(1, 0, 0)): "1 open document is with somebody.",
		whyNone(counts(1, 0, 1)): "1 open document waits for a better picture from the officer.",
		whyNone(counts(6, 0, 1)): "5 open documents are with somebody, and 1 waits for a better picture from the officer.",
		whyNone(counts(6, 2, 1)): "2 documents are free, but not for you: you uploaded them, decided on them before, or they are kept for another reviewer.",
		queueLead(0, 1):          "You have 1 review open or kept for you. What you have open comes first.",
		queueLead(0, 0):          "No document is waiting for a reviewer now.",
		queueLead(1, 0):          "We give you the most urgent document nobody else has open. 1 is waiting.",
		queueLead(1400, 0):       "We give you the most urgent document nobody else has open. 1,400 are waiting.",
		queueCaption(Queue{Page: 2, Items: make([]pipeline.QueueItem, 16), Chosen: counts(41, 0, 0)}): "41 documents, most urgent first. Showing 26 to 41.",
	} {
		if got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

// TestQueueTellsNoCause: what is there by chance looks like everything else, and
// who decides sees neither why an item is there, nor what the machine found, nor
// how many have decided.
func TestQueueTellsNoCause(t *testing.T) {
	p, s := load(t), shell(reviewer, "/queue")
	show := func(change func(*pipeline.QueueItem)) string {
		return render(t, p, example{"", "queue", s, aQueue(s, TabAll, func(v *Queue) {
			for i := range v.Items {
				change(&v.Items[i])
			}
		})})
	}
	plain := show(func(*pipeline.QueueItem) {})
	for name, change := range map[string]func(*pipeline.QueueItem){
		"cause":   func(q *pipeline.QueueItem) { q.Cause = pipeline.CauseFlagged },
		"outcome": func(q *pipeline.QueueItem) { q.Outcome.Conclusion = pipeline.NoIrregularityFound },
		"stage": func(q *pipeline.QueueItem) {
			if q.State == pipeline.ReviewSecond || q.State == pipeline.ReviewThird {
				q.State = pipeline.ReviewFirst
			}
		},
		"folded": func(q *pipeline.QueueItem) { q.Folded = true },
	} {
		if got := show(change); got != plain {
			t.Errorf("the page tells the %s", name)
		}
	}
	boss := shellAs(pipeline.RoleSupervisor, "Supervisor", "/queue")
	if body := render(t, p, example{"", "queue", boss, aQueue(boss, TabAll)}); !strings.Contains(body, "Random sample") {
		t.Error("a supervisor does not see the cause")
	}
}

// TestQueuePages links to the ends and to what is near.
func TestQueuePages(t *testing.T) {
	for _, c := range []struct {
		all, page int
		want      string
	}{
		{0, 1, "[1]"},
		{25, 1, "[1]"},
		{26, 2, "1 [2]"},
		{75, 2, "1 [2] 3"},
		{10_000, 1, "[1] 2 … 400"},
		{10_000, 200, "1 … 199 [200] 201 … 400"},
		{10_000, 400, "1 … 399 [400]"},
	} {
		s := shell(reviewer, "/queue")
		q := queueOf(s, aQueue(s, TabFree, func(v *Queue) {
			v.Chosen.All, v.Page, v.Query = c.all, c.page, url.Values{"channel": {"custody"}, "tab": {"free"}}
		}))
		var said []string
		for _, n := range q.Numbers {
			switch {
			case n.Address == "":
				said = append(said, "…")
				continue
			case n.Here:
				said = append(said, "["+n.Text+"]")
			default:
				said = append(said, n.Text)
			}
			if want := "/queue?channel=custody&page=" + n.Text + "&tab=free"; n.Address != want {
				t.Errorf("page %s is at %s; want %s", n.Text, n.Address, want)
			}
		}
		if got := strings.Join(said, " "); got != c.want {
			t.Errorf("%d documents, page %d: %s; want %s", c.all, c.page, got, c.want)
		}
	}
}

// TestQueueInBrowser: minutes go by in the same words, new documents are
// announced without a row that moves, and keys lead through the list.
func TestQueueInBrowser(t *testing.T) {
	d, server := newDesk(t)
	d.HandleFunc("GET /api/v1/reviews/count", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" || r.URL.Query().Get("tab") != "all" {
			http.Error(w, "wrong", http.StatusTeapot)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]int{"count": 3})
	})
	d.HandleFunc("GET /reviews/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "<title>%s</title>", r.PathValue("id")) })
	d.HandleFunc("POST /queue/next", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<title>next</title>")) })
	b := newBrowser(t)
	b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/example/queue"))
	b.is(t, `!document.getElementById("keys-help").hidden`)
	lefts := []time.Duration{-50 * time.Hour, -90 * time.Minute, -time.Minute, -30 * time.Second, 0, time.Minute, 15 * time.Minute, 119 * time.Minute, 3 * time.Hour, 47 * time.Hour}
	for _, left := range lefts {
		got := eval[string](t, b, fmt.Sprintf(`import(document.querySelector("script[src*='/queue.']").src).then(m => m.left(%d))`, left.Milliseconds()))
		if want := leftWords(left); got != want {
			t.Errorf("%v: the script says %q, the server %q", left, got, want)
		}
	}
	rows := `[...document.querySelectorAll("#queue th a")].map(a => a.textContent).join()`
	before := eval[string](t, b, rows)
	eval[bool](t, b, `import(document.querySelector("script[src*='/queue.']").src).then(m => m.look()).then(() => true)`)
	b.is(t, `!document.getElementById("new").hidden && document.getElementById("new").textContent.includes("3 new documents.") && document.activeElement === document.body`)
	if after := eval[string](t, b, rows); after != before {
		t.Errorf("rows moved: %s, then %s", before, after)
	}
	screenshots(t).take(t, b, "queue-new", 1280)
	b.do(t, chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"))
	b.is(t, fmt.Sprintf(`document.activeElement.textContent === %q`, waitingItems()[1].Document))
	b.do(t, chromedp.KeyEvent("/"))
	b.is(t, `document.activeElement.id === "reference"`)
	b.do(t, chromedp.KeyEvent("n")) // in a field a key is a letter
	b.is(t, `document.activeElement.value.endsWith("n")`)
	b.do(t, chromedp.Click(chromedp.CSS("#keys-help summary")), chromedp.Click(chromedp.CSS("#keys")), chromedp.KeyEvent("n"))
	b.is(t, `document.title.startsWith("Review queue") && !document.getElementById("keys").checked`)
	b.do(t, chromedp.Click(chromedp.CSS("#keys")), chromedp.KeyEvent("n"))
	b.is(t, `document.title === "next"`)
	b.do(t, chromedp.Navigate(server.URL+"/example/queue"))
	b.is(t, `!document.getElementById("keys-help").hidden`)
	b.do(t, chromedp.KeyEvent("j"), chromedp.KeyEvent("\r"))
	b.is(t, fmt.Sprintf(`document.title === %q`, waitingItems()[0].Document))
}

// TestMenu: the queue and the board are in the menu of those who work with them.
func TestMenu(t *testing.T) {
	p := load(t)
	for role, want := range map[pipeline.Role][2]bool{
		pipeline.RoleReviewer: {true, false}, pipeline.RoleSupervisor: {true, true}, pipeline.RoleSafeguarding: {true, false}, pipeline.RoleOfficer: {},
	} {
		body := render(t, p, example{"", "safety", shellAs(role, "", "/safety"), Safety{}})
		if got := [2]bool{strings.Contains(body, `<a href="/queue">Review queue</a>`), strings.Contains(body, `<a href="/board">Board</a>`)}; got != want {
			t.Errorf("%s has %v; want %v", role, got, want)
		}
	}
}
