package page

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// Tab is a part of the queue.
type Tab string

// The tabs.
const (
	TabAll     Tab = "all"
	TabFree    Tab = "free"
	TabMine    Tab = "mine"
	TabSecond  Tab = "second"
	TabThird   Tab = "third"
	TabWaiting Tab = "waiting"
	TabHeld    Tab = "held"
	TabSafety  Tab = "safety"
)

var tabTexts = map[Tab]string{ //nolint:gochecknoglobals // a table, never written
	TabAll: "All open", TabFree: "Not assigned", TabMine: "Mine", TabSecond: "Needs second reviewer",
	TabThird: "Needs third reviewer", TabWaiting: "Waiting for officer", TabHeld: "Assigned", TabSafety: "Safety",
}

// TabsOf are the tabs that an account has; the first is where it begins.
func TabsOf(who pipeline.Account) []Tab {
	switch {
	case policy.May(who.Role, policy.Review):
		return []Tab{TabAll, TabFree, TabMine, TabWaiting} // what waits for a second reviewer was found false by a first
	case policy.May(who.Role, policy.Board):
		return []Tab{TabAll, TabFree, TabHeld, TabSecond, TabThird, TabWaiting, TabSafety}
	}
	return []Tab{TabSafety, TabAll, TabFree, TabWaiting}
}

// Filter is what a tab chooses for an account.
func (t Tab) Filter(who pipeline.Account) (f pipeline.ReviewFilter) {
	switch t {
	case TabFree:
		f.Free = true
	case TabMine:
		f.Holder = who.Name
	case TabSecond:
		f.States = []pipeline.ReviewState{pipeline.ReviewSecond}
	case TabThird:
		f.States = []pipeline.ReviewState{pipeline.ReviewThird}
	case TabWaiting:
		f.States = []pipeline.ReviewState{pipeline.ReviewWaiting}
	case TabHeld:
		f.Held = true
	case TabSafety:
		f.Safety = true
	case TabAll: // nothing narrower
	}
	return f
}

// QueuePage is how many items one page of the queue shows.
const QueuePage = 25

// Narrow tells whether a filter is set beside the tab.
func (v Queue) Narrow() bool {
	f := v.Filter
	return f.Channel != "" || f.Site != "" || f.Clock != "" || f.Cause != "" || f.Document != "" || !f.OpenedAfter.IsZero()
}

// Pages is how many pages there are, at least one.
func (v Queue) Pages() int { return max(1, (v.Chosen.All+QueuePage-1)/QueuePage) }

// StateOf is what a review waits for as everybody may know it: not how many have
// decided, which would tell what the first one said.
func StateOf(s pipeline.ReviewState) string {
	switch s {
	case pipeline.ReviewWaiting:
		return "waiting"
	case pipeline.ReviewDecided:
		return "decided"
	default:
		return "open"
	}
}

// tab is one tab as the page shows it.
type tab struct {
	link
	N int
}

// row is one item of the queue as the page shows it.
type row struct {
	pipeline.QueueItem
	Box      string // id of the box that chooses it; empty if it cannot be assigned
	Picked   bool
	Due      dueTime
	Tag      label
	Since    string // how long somebody waits
	Where    string
	Stage    string // what it waits for; only for who may know
	Cause    string // why it is there; only for who may know
	Holder   string
	Presence string
	Free     bool // it can be taken from its holder
}

// queued is the view of the queue, ready to be shown.
type queued struct {
	Queue
	Shell                            Shell
	Rows                             []row
	TabLinks                         []tab
	Channels, Sites, Clocks, Reasons []option
	Chips                            []link
	Clear                            string // address without filters
	Poll                             string // what a script asks for how many are new
	Numbers                          []link // of pages; without an address it is a gap
	Previous, Next                   string
	Caption, Lead                    string
	Reviews, Board                   bool     // what the account may do
	People                           []option // to whom reviews can be assigned; empty if nothing here can be
	Held                             int      // that are the account's own
}

// queueOf prepares a part of the queue.
func queueOf(s Shell, v Queue) queued {
	q := queued{
		Queue: v, Shell: s, Reviews: policy.May(s.Account.Role, policy.Review), Board: policy.May(s.Account.Role, policy.Board),
		Clear: "/queue?tab=" + string(v.Tab), Caption: queueCaption(v), Held: v.Tabs[TabMine],
	}
	q.Lead = queueLead(v.All.Free, q.Held)
	for _, item := range v.Items {
		q.Rows = append(q.Rows, q.row(item))
	}
	q.boxes()
	for _, t := range TabsOf(s.Account) {
		q.TabLinks = append(q.TabLinks, tab{link{"/queue?tab=" + string(t), tabTexts[t], t == v.Tab}, v.Tabs[t]})
	}
	q.filters()
	q.pages()
	poll := v.query()
	poll.Set("after", s.Now.UTC().Format(time.RFC3339))
	q.Poll = address("/api/v1/reviews/count", poll)
	return q
}

// boxes lets what nobody has open be chosen, and prepares to whom it can go. The
// first box has the name of the field as its id, to which an error leads.
func (q *queued) boxes() {
	if !q.Board || len(q.Reviewers) == 0 {
		return
	}
	n := 0
	for i := range q.Rows {
		r := &q.Rows[i]
		if r.Free || r.State == pipeline.ReviewWaiting || r.State == pipeline.ReviewDecided {
			continue
		}
		if r.Box = "documents"; n > 0 {
			r.Box = fmt.Sprintf("documents-%d", n)
		}
		r.Picked = slices.Contains(q.Picked, string(r.Document))
		n++
	}
	if n == 0 {
		return
	}
	people := [][2]string{{"", "Select a reviewer"}}
	for _, name := range q.Reviewers {
		people = append(people, [2]string{name, name})
	}
	q.People = options(q.Reviewer, people)
}

// queueLead says what the button gives.
func queueLead(free, held int) string {
	switch {
	case held > 0:
		return "You have " + count(held, "review", "reviews") + " open or kept for you. What you have open comes first."
	case free == 0:
		return "No document is waiting for a reviewer now."
	}
	return "We give you the most urgent document nobody else has open. " + upper(count(free, "is", "are")) + " waiting."
}

// queueCaption says what the table shows.
func queueCaption(v Queue) string {
	first := (v.Page-1)*QueuePage + 1
	return fmt.Sprintf("%s, most urgent first. Showing %d to %d.", count(v.Chosen.All, "document", "documents"), first, first+len(v.Items)-1)
}

// whyNone says why somebody who asked for a review got none.
func whyNone(c pipeline.ReviewCounts) string {
	switch {
	case c.All == 0:
		return "All clear: no document is waiting for a decision."
	case c.Free > 0:
		return count(c.Free, "document is", "documents are") + " free, but not for you: you uploaded them, decided on them before, or they are kept for another reviewer."
	case c.Waiting == c.All:
		return count(c.All, "open document waits", "open documents wait") + " for a better picture from the officer."
	case c.Waiting > 0:
		return count(c.All-c.Waiting, "open document is", "open documents are") + " with somebody, and " + count(c.Waiting, "waits", "wait") + " for a better picture from the officer."
	}
	return count(c.All, "open document is", "open documents are") + " with somebody."
}

// row says an item in words.
func (q queued) row(item pipeline.QueueItem) row {
	r := row{QueueItem: item, Due: dueOf(q.Shell.Now, item.Review), Where: "Not known"}
	if item.Channel != "" {
		r.Where = upper(channelWords[item.Channel])
	}
	r.Tag, r.Since = priorityOf(q.Shell.Now, item)
	r.Holder, r.Presence = presenceOf(q.Shell, item.Review)
	r.Free = q.Board && item.Holder != ""
	if q.Board {
		r.Stage, r.Cause = stageTexts[item.State], causeTexts[item.Cause]
	}
	return r
}

var stageTexts = map[pipeline.ReviewState]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.ReviewFirst: "First review", pipeline.ReviewSecond: "Second review", pipeline.ReviewThird: "Third review",
	pipeline.ReviewWaiting: "Waiting for officer", pipeline.ReviewDecided: "Decided",
}

var causeTexts = map[pipeline.ReviewCause]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.CauseFlagged: "Screening suggests it", pipeline.CauseUnchecked: "Could not be checked",
	pipeline.CauseAudit: "Random sample", pipeline.CauseSafety: "Safety concern",
}

// priorityOf says how urgent an item is by its kind, and how long somebody waits.
func priorityOf(now time.Time, item pipeline.QueueItem) (tag label, since string) {
	waits := now.Sub(item.ClockFrom)
	tag = label{"Standard", "grey"}
	switch item.Channel {
	case pipeline.ChannelCustody:
		tag, since = label{"Custody", "orange"}, "Custody clock "+duration(waits)
	case pipeline.ChannelPrimary, pipeline.ChannelSecondLine:
		tag, since = label{"Waiting", "orange"}, "Waiting "+duration(waits)
	case pipeline.ChannelInCountry: // nobody waits
	}
	if item.Safety {
		tag = label{"Safety", "purple"}
	}
	return tag, since
}

// named is what a list calls somebody who has a review, or gets it back. Who comes
// second to it must not know who was first, and the one who had it open before it
// came back to the queue was: names are for those who assign the work. All else
// read the other words.
func named(reader pipeline.Account, name, other string) string {
	if name == "" || name == reader.Name || policy.May(reader.Role, policy.Board) {
		return name
	}
	return other
}

// presenceOf says who has a review, and whether they are at it now.
func presenceOf(s Shell, r pipeline.Review) (who, presence string) {
	holder, kept := named(s.Account, r.Holder, "A colleague"), named(s.Account, r.Kept, "a colleague")
	if r.Kept == s.Account.Name {
		kept = "you"
	}
	switch {
	case r.Holder == "" && r.Kept != "" && r.State == pipeline.ReviewWaiting:
		return "Nobody", "comes back to " + kept
	case r.Holder == "" && r.Kept != "" && s.Now.Before(r.DueAt):
		return "Nobody", "kept for " + kept
	case r.Holder == "":
		return "Nobody", ""
	case s.Now.After(r.HeldUntil):
		return holder, "left open, can be taken"
	case r.Holder == s.Account.Name:
		return holder, "you"
	}
	return holder, "open now"
}

// dueTime is how a review stands to its due time, in words and as a small clock
// that fills up.
type dueTime struct {
	Text, Class, At string
	Dial            string // path of the filled part
	Ticks           bool   // a script may count the minutes
}

// dueOf says when a review is due.
func dueOf(now time.Time, r pipeline.Review) dueTime {
	due := r.DueAt.In(now.Location())
	d := dueTime{At: due.Format("3:04pm")}
	left := due.Sub(now)
	switch {
	case r.State == pipeline.ReviewDecided:
		return dueTime{Text: "Decided", Dial: dial(1)}
	case r.State == pipeline.ReviewWaiting:
		return dueTime{Text: "Clock stopped"}
	case left < 0:
		d.Class = "app-due--late"
	case left < pipeline.DueSoon:
		d.Class = "app-due--soon"
	}
	d.Dial = dial(1 - float64(left)/max(1, float64(r.DueAt.Sub(r.OpenedAt))))
	d.Text, d.Ticks = leftWords(left), true
	year, month, day := now.AddDate(0, 0, 1).Date()
	tomorrow := time.Date(year, month, day, 0, 0, 0, 0, now.Location())
	switch {
	case left < 3*time.Hour || due.Before(tomorrow): // also across midnight
	case due.Before(tomorrow.AddDate(0, 0, 1)):
		d.Text, d.Ticks = "Tomorrow", false
	default:
		d.Text, d.Ticks = due.Format("Monday 2 January"), false
	}
	return d
}

// leftWords says how long it is to a due time or past it. A script in queue.js
// says the same as the minutes go by.
func leftWords(left time.Duration) string {
	switch {
	case left < 0 && left > -time.Minute:
		return "Due now"
	case left < 0:
		return duration(-left) + " late"
	}
	return duration(left) + " left"
}

// duration says a length of time in days, or hours and minutes.
func duration(d time.Duration) string {
	minutes := int(d / time.Minute)
	hours := minutes / 60
	switch {
	case minutes < 1:
		return "less than a minute"
	case hours == 0:
		return count(minutes, "minute", "minutes")
	case hours >= 48:
		return count(hours/24, "day", "days")
	case minutes%60 == 0:
		return count(hours, "hour", "hours")
	}
	return count(hours, "hour", "hours") + " " + count(minutes%60, "minute", "minutes")
}

// dial is the path of a pie: a part from 0 to 1 of a circle with a radius of 5
// round 8, 8, from the top clockwise.
func dial(part float64) string {
	if part >= .995 {
		return "M8 3a5 5 0 1 1 0 10 5 5 0 1 1 0-10z"
	}
	if part <= .005 {
		return ""
	}
	a := 2 * math.Pi * part
	large := 0
	if part > .5 {
		large = 1
	}
	return fmt.Sprintf("M8 8V3A5 5 0 %d 1 %.2f %.2fz", large, 8+5*math.Sin(a), 8-5*math.Cos(a))
}

// filters prepares the choices of the filters and what is chosen now.
func (q *queued) filters() {
	f, c := q.Filter, q.Options
	numbered := func(text string, n int) string {
		return fmt.Sprintf("%s (%s)", text, strings.TrimSpace(count(n, "", "")))
	}
	channels, sites, reasons := [][2]string{{"", "Anywhere"}}, [][2]string{{"", "All sites"}}, [][2]string{{"", "Any"}}
	for _, ch := range pipeline.Channels {
		channels = append(channels, [2]string{string(ch), numbered(upper(channelWords[ch]), c.Channels[ch])})
	}
	for _, site := range slices.Sorted(maps.Keys(c.Sites)) {
		if site != "" {
			sites = append(sites, [2]string{site, numbered(site, c.Sites[site])})
		}
	}
	if f.Site != "" && c.Sites[f.Site] == 0 {
		sites = append(sites, [2]string{f.Site, numbered(f.Site, 0)})
	}
	for _, cause := range pipeline.ReviewCauses {
		reasons = append(reasons, [2]string{string(cause), numbered(causeTexts[cause], c.Causes[cause])})
	}
	q.Channels, q.Sites = options(string(f.Channel), channels), options(f.Site, sites)
	q.Clocks = options(string(f.Clock), [][2]string{
		{"", "Any time"},
		{string(pipeline.ClockUrgent), numbered("Urgent", c.Urgent)},
		{string(pipeline.ClockLate), numbered("Late", c.Late)},
		{string(pipeline.ClockSoon), numbered("Within 15 minutes", c.Soon)},
	})
	if q.Board {
		q.Reasons = options(string(f.Cause), reasons)
	}
	for _, name := range []string{"channel", "site", "clock", "cause", "reference"} {
		if q.Query.Get(name) == "" {
			continue
		}
		rest := q.query()
		rest.Del(name)
		q.Chips = append(q.Chips, link{Address: address("/queue", rest), Text: q.chip(name)})
	}
}

// chip says what a filter is set to.
func (q *queued) chip(name string) string {
	plain := func(os []option) string {
		text, _, _ := strings.Cut(chosen(os), " (")
		return text
	}
	switch name {
	case "channel":
		return "Person: " + plain(q.Channels)
	case "site":
		return "Site: " + q.Filter.Site
	case "clock":
		return "Due: " + plain(q.Clocks)
	case "cause":
		return "Cause: " + plain(q.Reasons)
	}
	return "Reference: " + string(q.Filter.Document)
}

// pages prepares the links to other pages: the first, the last and those near.
func (q *queued) pages() {
	last := q.Pages()
	at := func(n int) string {
		query := q.query()
		query.Set("page", strconv.Itoa(n))
		return address("/queue", query)
	}
	if q.Page > 1 {
		q.Previous = at(q.Page - 1)
	}
	if q.Page < last {
		q.Next = at(q.Page + 1)
	}
	for n := 1; n <= last; n++ {
		switch near := n >= q.Page-1 && n <= q.Page+1; {
		case n == 1 || n == last || near:
			q.Numbers = append(q.Numbers, link{at(n), strconv.Itoa(n), n == q.Page})
		case q.Numbers[len(q.Numbers)-1].Address != "": // one gap, however wide
			q.Numbers = append(q.Numbers, link{})
		}
	}
}

// query is what this part of the queue is asked for with, without the page.
func (v Queue) query() url.Values {
	query := url.Values{}
	maps.Copy(query, v.Query)
	query.Set("tab", string(v.Tab))
	return query
}

// Address is where this part of the queue is looked at again.
func (v Queue) Address() string {
	query := v.query()
	if v.Page > 1 {
		query.Set("page", strconv.Itoa(v.Page))
	}
	return address("/queue", query)
}

// picker is one filter as the form shows it.
type picker struct {
	Name, Label string
	Options     []option
	Error       string
}

func pickerOf(name, label string, os []option, es []Error) picker {
	return picker{name, label, os, errorOn(name, es)}
}
