package page

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// Board is the view of "board": the clocks and the numbers.
type Board struct {
	Counts pipeline.ReviewCounts
	// What nobody has acknowledged or done in time.
	LateReferrals, LateTasks int
	Near                     int // encounters whose legal limit is near
	Concerns                 int // safety concerns, whatever became of the document
	Assigned                 int
	Held                     []pipeline.QueueItem
	Month                    []pipeline.DecisionCount
	Today                    []pipeline.DecisionCount
	Freed                    pipeline.DocumentID // that was taken from its holder just now
}

// Reviewers are the decisions of the month by who made them, in the order of
// their names.
func (v Board) Reviewers() []pipeline.NamedTally {
	return pipeline.TallyBy(v.Month, func(c pipeline.DecisionCount) string { return c.Reviewer })
}

// Sites are the decisions of the month by where the document was presented.
func (v Board) Sites() []pipeline.NamedTally {
	return pipeline.TallyBy(v.Month, func(c pipeline.DecisionCount) string { return cmp.Or(c.Site, NoSite) })
}

// NoSite stands for decisions of encounters that are not known here.
const NoSite = "none"

// Period is since when decisions are counted.
type Period string

// The periods.
const (
	Today Period = "today"
	Month Period = "month"
)

// monthDays is how many days Month goes back: four weeks have as many of each day.
const monthDays = 28

// Since is when a period began, in the place of now.
func (p Period) Since(now time.Time) time.Time {
	year, month, day := now.Date()
	if p == Month {
		day -= monthDays
	}
	return time.Date(year, month, day, 0, 0, 0, 0, now.Location())
}

// Show is which decisions a list shows.
type Show string

// What lists show.
const (
	ShowAll       Show = "all"
	ShowSettled   Show = "settled"
	ShowSecond    Show = "second"
	ShowDisagreed Show = "disagreed"
	ShowSuggested Show = "suggested"
	ShowCleared   Show = "cleared"
	ShowNothing   Show = "nothing"
	ShowFound     Show = "found"
)

// Shows are all of them.
var Shows = []Show{ShowAll, ShowSettled, ShowSecond, ShowDisagreed, ShowSuggested, ShowCleared, ShowNothing, ShowFound} //nolint:gochecknoglobals // a table, never written

var showTexts = map[Show]string{ //nolint:gochecknoglobals // a table, never written
	ShowAll: "All decisions", ShowSettled: "Decisions that settled a review", ShowSecond: "Decisions of second persons",
	ShowDisagreed: "Second persons who saw it differently", ShowSuggested: "Decisions on what screening suggested to review",
	ShowCleared: "No signs of fraud, where screening suggested a review", ShowNothing: "Decisions on what screening found nothing in",
	ShowFound: "Fraud, where screening found nothing",
}

// Filter is what a list chooses.
func (s Show) Filter() (f pipeline.DecisionFilter) {
	switch s {
	case ShowSettled:
		f.Settling = true
	case ShowSecond:
		f.Second = true
	case ShowDisagreed:
		f.Split = true
	case ShowSuggested:
		f.Machine = pipeline.ReviewSuggested
	case ShowCleared:
		f.Machine, f.Kinds = pipeline.ReviewSuggested, []pipeline.VerdictKind{pipeline.KindNoSigns}
	case ShowNothing:
		f.Machine = pipeline.NoIrregularityFound
	case ShowFound:
		f.Machine, f.Kinds = pipeline.NoIrregularityFound, []pipeline.VerdictKind{pipeline.KindAltered, pipeline.KindCounterfeit, pipeline.KindObtained, pipeline.KindWrongHolder}
	case ShowAll: // everything
	}
	return f
}

// Decisions is the view of "decisions": the list behind a number of the board.
type Decisions struct {
	Period   Period
	Show     Show
	Reviewer string
	Site     string
	Query    url.Values // what it was asked for with, without the page
	Items    []pipeline.DecidedItem
	Total    int
	Page     int
}

// Pages is how many pages there are, at least one.
func (v Decisions) Pages() int { return max(1, (v.Total+QueuePage-1)/QueuePage) }

// Caption says what the list shows.
func (v Decisions) Caption() string {
	said := showTexts[v.Show]
	if v.Reviewer != "" {
		said += ", by " + v.Reviewer
	}
	switch v.Site {
	case "":
	case NoSite:
		said += ", of encounters that are not known here"
	default:
		said += ", at " + v.Site
	}
	if v.Period == Today {
		return said + ", today"
	}
	return fmt.Sprintf("%s, in the last %d days", said, monthDays)
}

// at is the address of a page of the list; empty if there is none.
func (v Decisions) at(n int) string {
	if n < 1 || n > v.Pages() {
		return ""
	}
	query := url.Values{}
	maps.Copy(query, v.Query)
	query.Set("page", strconv.Itoa(n))
	return address("/board/decisions", query)
}

// Previous is the address of the page before; empty on the first.
func (v Decisions) Previous() string { return v.at(v.Page - 1) }

// Next is the address of the page after; empty on the last.
func (v Decisions) Next() string { return v.at(v.Page + 1) }

// figure is a number that leads to the list behind it.
type figure struct {
	N       int
	Text    string
	Address string
	Bad     bool // somebody should look
}

// shareLink is a share, each number of which leads to the list behind it.
type shareLink struct {
	pipeline.Share
	Part, Whole string // addresses
}

// tallyRow is what one reviewer or site decided.
type tallyRow struct {
	Name                      string
	Decisions                 figure
	Disagreed, Cleared, Found shareLink
}

// boarding is the view of the board, ready to be shown.
type boarding struct {
	Board
	Overdue                     []figure
	Lead, Agreement, Throughput string
	Clocks, Stages, Causes, Day []figure
	Rows                        []row
	ByReviewer, BySite          []tallyRow
}

// boardOf prepares the board.
func boardOf(s Shell, v Board) boarding {
	c, today := v.Counts, pipeline.TallyOf(v.Today)
	b := boarding{Board: v, Lead: boardLead(c), Agreement: agreementWords(pipeline.TallyOf(v.Month).Agreed), Throughput: throughput(today)}
	b.Clocks = []figure{
		{c.Late, "late", "/queue?tab=all&clock=late", c.Late > 0},
		{c.Soon, "due within 15 minutes", "/queue?tab=all&clock=soon", c.Soon > 0},
		{c.Unowned, "urgent, and nobody has it open", "/queue?tab=free&clock=urgent", c.Unowned > 0},
		{v.Concerns, "with a safety concern, decided ones too", "/queue?tab=safety", false},
	}
	b.Overdue = []figure{
		{v.Near, "encounters in custody whose legal limit is near", "/board/overdue#near", v.Near > 0},
		{v.LateReferrals, "referrals that nobody acknowledged in time", "/board/overdue#referrals", v.LateReferrals > 0},
		{v.LateTasks, "tasks that nobody did in time", "/board/overdue#tasks", v.LateTasks > 0},
	}
	b.Stages = []figure{
		{c.All, "open", "/queue?tab=all", false},
		{c.Free, "not assigned", "/queue?tab=free", false},
		{v.Assigned, "assigned", "/queue?tab=held", false},
		{c.Second, "need a second reviewer", "/queue?tab=second", false},
		{c.Third, "need a third reviewer", "/queue?tab=third", false},
		{c.Waiting, "wait for the officer", "/queue?tab=waiting", false},
	}
	for _, cause := range pipeline.ReviewCauses {
		b.Causes = append(b.Causes, figure{c.Causes[cause], causeTexts[cause], "/queue?tab=all&cause=" + string(cause), false})
	}
	b.Day = []figure{
		{today.Decisions, "decisions", "/board/decisions?period=today", false},
		{today.Settled, "reviews settled", "/board/decisions?period=today&show=settled", false},
	}
	q := queued{Shell: s, Board: true}
	for _, item := range v.Held {
		b.Rows = append(b.Rows, q.row(item))
	}
	for _, t := range v.Reviewers() {
		b.ByReviewer = append(b.ByReviewer, tallyRowOf(t, "reviewer"))
	}
	for _, t := range v.Sites() {
		b.BySite = append(b.BySite, tallyRowOf(t, "site"))
	}
	return b
}

// tallyRowOf links the numbers of one reviewer or site.
func tallyRowOf(t pipeline.NamedTally, by string) tallyRow {
	to := func(show Show) string {
		return address("/board/decisions", url.Values{by: {t.Name}, "show": {string(show)}})
	}
	name := t.Name
	if by == "site" && name == NoSite {
		name = "Not known"
	}
	disagreed := pipeline.Share{N: t.Tally.Agreed.Of - t.Tally.Agreed.N, Of: t.Tally.Agreed.Of}
	return tallyRow{
		Name: name, Decisions: figure{N: t.Tally.Decisions, Address: to(ShowAll)},
		Disagreed: shareLink{disagreed, to(ShowDisagreed), to(ShowSecond)},
		Cleared:   shareLink{t.Tally.Cleared, to(ShowCleared), to(ShowSuggested)},
		Found:     shareLink{t.Tally.Found, to(ShowFound), to(ShowNothing)},
	}
}

// tallyTable is a table of tallies.
type tallyTable struct {
	Caption, Name string
	Rows          []tallyRow
}

func talliesOf(caption, name string, rows []tallyRow) tallyTable {
	return tallyTable{caption, name, rows}
}

// boardLead says how the clocks stand.
func boardLead(c pipeline.ReviewCounts) string {
	if c.All == 0 {
		return "No document is waiting for a decision."
	}
	said := "Nothing is late"
	if c.Late > 0 {
		said = strings.TrimSpace(count(c.Late, "", "")) + " of " + count(c.All, "open review is", "open reviews are") + " late"
	}
	if c.Soon > 0 {
		said += ", and " + count(c.Soon, "is", "are") + " due within 15 minutes"
	}
	if c.Unowned > 0 {
		said += ". Nobody has " + count(c.Unowned, "urgent one", "urgent ones") + " open"
	}
	return said + "."
}

// agreementWords says how often two people came to the same.
func agreementWords(s pipeline.Share) string {
	if s.Of == 0 {
		return "No document was decided by two people."
	}
	return fmt.Sprintf("Two people came to the same on %d of %s (%d%%).", s.N, count(s.Of, "document", "documents"), (200*s.N+s.Of)/(2*s.Of))
}

// throughput says what was done today.
func throughput(t pipeline.Tally) string {
	if t.Decisions == 0 {
		return "Nobody has decided anything today."
	}
	return count(t.Decisions, "decision", "decisions") + " today, and " + count(t.Settled, "review", "reviews") + " settled by them."
}
