package threat

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/mrz"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// facts are of a counterfeit passport that somebody said much about.
func facts() Facts {
	answered := func(q casework.QuestionCode, words string, values ...string) casework.Answer {
		return casework.Answer{Question: q, State: casework.Answered, Values: values, Words: words, Source: casework.SourcePerson, At: noon}
	}
	return Facts{
		Document: "TSD-7Q4K-2M9X", ScreenedAt: noon, Cause: pipeline.CauseFlagged, Model: Model{"UTO", "P"}, RuleSet: "0123",
		Decision:  pipeline.Decision{Judgement: pipeline.Judgement{Verdict: pipeline.Counterfeit, Confidence: pipeline.Probable, Level: 2, Findings: []string{"MRZ-03"}}},
		Encounter: pipeline.Encounter{Reference: "NPT-261124-0001", Site: "NPT", Channel: pipeline.ChannelCustody, OpenedBy: "duty-officer"},
		Group: casework.Group{Encounter: "NPT-261124-0001", People: []casework.Person{{Number: 1, Answers: []casework.Answer{
			answered("U1", "Mr Smith of Eastfield"), answered("U4", "3,000 EUR to Mr Smith", "owed"),
			{Question: "U2", State: casework.Declined},
			{Question: "U3", State: casework.NotSafe},
			{Question: "U5", State: casework.Unknown},
		}}}},
		Key: []byte("key"),
	}
}

func TestRecord(t *testing.T) {
	o, err := Record(facts()).Seal()
	if err != nil {
		t.Fatal(err)
	}
	if o.Period != "2026-11" || o.Site != "NPT" || o.Part != Supply || o.ThreatArea.Primary != casework.AreaDocuments || o.Series != "" || o.BusinessModel != casework.BusinessUnknown {
		t.Errorf("record %+v", o)
	}
	want := Upstream{
		Answered: []casework.QuestionCode{"U1", "U4"}, Declined: []casework.QuestionCode{"U2"}, NotSafe: []casework.QuestionCode{"U3"},
		Unknown:  []casework.QuestionCode{"U5"},
		NotAsked: []casework.QuestionCode{"U6", "U7", "U8", "U9", "U10", "U11", "U12", "U13", "U14"},
	}
	if diff := cmp.Diff(want, o.Upstream); diff != "" {
		t.Errorf("upstream (-want +got):\n%s", diff)
	}
	again, err := o.Seal()
	if err != nil || again.Hash != o.Hash || len(o.Hash) != 64 {
		t.Errorf("sealed again: %q, %v; want %q", again.Hash, err, o.Hash)
	}
	changed := o
	changed.Level = 3
	if changed, _ = changed.Seal(); changed.Hash == o.Hash {
		t.Error("another record has the same hash")
	}
}

// TestNothingPersonal: nothing of what identifies a person, a document or an
// officer is in a record, whatever was said.
func TestNothingPersonal(t *testing.T) {
	f := facts()
	f.Series = "S-0001"
	b, err := json.Marshal(Record(f))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"TSD-", "NPT-26", "Smith", "3,000", "3000", "Eastfield", "duty-officer", "S-0001"} {
		if strings.Contains(string(b), word) {
			t.Errorf("the record holds %q: %s", word, b)
		}
	}
}

// TestS3 is "broken down into three key threat areas": codes stay when labels
// change, and what was returned under one set is read with it.
func TestS3(t *testing.T) {
	sets := slices.Clone(Labels())
	o := Record(facts())
	was := Label(sets, o.Labels, o.ThreatArea.Primary)
	if was != "production and supply of fraudulent or fraudulently obtained documents" {
		t.Errorf("the area is called %q", was)
	}
	sets = append(sets, LabelSet{Version: "2", Areas: map[casework.ThreatArea]string{casework.AreaDocuments: "false documents", casework.AreaAbuse: "criminal abuse of the immigration system"}})
	if got := Label(sets, o.Labels, o.ThreatArea.Primary); got != was {
		t.Errorf("an old return is called %q; want %q", got, was)
	}
	if got := Label(sets, "2", o.ThreatArea.Primary); got != "false documents" || o.ThreatArea.Primary != "OIC-DOC" {
		t.Errorf("under the new labels %s is called %q", o.ThreatArea.Primary, got)
	}
	for _, a := range casework.ThreatAreas {
		if Label(Labels(), "1", a) == string(a) {
			t.Errorf("%s has no label", a)
		}
	}
}

// TestS3b is "production and supply of fraudulent or fraudulently obtained
// documents": what was obtained counts apart from what was forged, and means of
// production are told.
func TestS3b(t *testing.T) {
	table := NewTable([]byte("key"))
	for _, v := range []pipeline.Verdict{pipeline.FraudulentlyGot, pipeline.DataAltered} {
		f := facts()
		f.Decision.Verdict = v
		table.Count(Entry{Outcome: Record(f)})
		table.Add(Found, CellOf(Record(f)), 39)
	}
	s := Summary{Select: Select{From: "2026-11", Until: "2026-11"}, Figures: table.Publish()}
	if got := s.Trend(pipeline.KindObtained)[0].N; got != 40 {
		t.Errorf("obtained: %s; want 40", got)
	}
	if got := s.Trend(pipeline.KindAltered)[0].N; got != 40 {
		t.Errorf("altered: %s; want 40", got)
	}
	f := facts()
	f.Group.People[0].Answers = append(f.Group.People[0].Answers, casework.Answer{Question: "F6", State: casework.Answered, Values: []string{"yes"}, At: noon})
	if got := Record(f).Part; got != Production {
		t.Errorf("with blanks and a laminator: %s", got)
	}
	f.Group = casework.Group{}
	if got := Record(f).Part; got != Possession {
		t.Errorf("with nothing recorded: %s", got)
	}
}

// TestS13 is "they pay or owe money for that movement": what was told makes a
// series of prices by currency.
func TestS13(t *testing.T) {
	table := NewTable([]byte("key"))
	for i := range 40 {
		f := facts()
		f.Group.People[0].Answers[1].Words = fmt.Sprintf("%d EUR", 2500+20*(i%2)*200)
		table.Count(Entry{Outcome: Record(f)})
	}
	s := Summary{Select: Select{From: "2026-11", Until: "2026-11"}, Figures: table.Publish()}
	rows := s.Prices()
	if len(rows) != 1 || rows[0].Currency != "EUR" || rows[0].Told != 40 || rows[0].Median != "2,000 to 4,999" {
		t.Fatalf("prices %+v", rows)
	}
	if got := rows[0].PriceSentence(); got != "EUR: the median of 40 prices lies in the band 2,000 to 4,999. Grade 2D: said by people, not tested." {
		t.Error(got)
	}
	if got := (PriceRow{Currency: "GBP"}).PriceSentence(); got != "GBP: fewer than 10 prices were told." {
		t.Error(got)
	}
}

// TestS21 is "OCGs use different business models": documents are counted by them.
func TestS21(t *testing.T) {
	table := NewTable([]byte("key"))
	for _, b := range []casework.BusinessModel{casework.BusinessFull, casework.BusinessDocuments} {
		f := facts()
		f.Series, f.Business = "S-1", b
		table.Add(Found, CellOf(Record(f)), 20)
	}
	s := Summary{Select: Select{From: "2026-11", Until: "2026-11"}, Figures: table.Publish()}
	got := map[string]Count{}
	for _, r := range s.Businesses() {
		got[r.Value] = r.N
	}
	if diff := cmp.Diff(map[string]Count{"BM-FULL": 20, "BM-DOCSHOP": 20}, got); diff != "" {
		t.Errorf("by business model (-want +got):\n%s", diff)
	}
}

func TestWelfare(t *testing.T) {
	g := casework.Group{Holdings: []casework.Holding{{Document: "a", HeldBy: 2, BelongsTo: 1}, {Document: "b"}}, Referrals: []casework.Referral{
		{Kind: casework.KindNRM, Person: 1}, {Kind: casework.KindOIC, Person: 3},
	}}
	for document, want := range map[pipeline.DocumentID][2]bool{"a": {true, true}, "b": {}, "c": {}} {
		if referred, held := Welfare(g, document); [2]bool{referred, held} != want {
			t.Errorf("%s: referred %v, held %v; want %v", document, referred, held, want)
		}
	}
	g.Referrals = g.Referrals[1:]
	if referred, held := Welfare(g, "a"); referred || !held {
		t.Error("a report about a supplier counts as one for welfare")
	}
}

func TestLinkedIsHiddenWhenSmall(t *testing.T) {
	f := facts()
	f.Series = "S-1"
	for linked, shown := range map[int]bool{0: false, 9: false, 10: true} {
		f.Linked = linked
		if o := Record(f); (o.Linked != nil) != shown {
			t.Errorf("%d linked: %v", linked, o.Linked)
		}
	}
	f.Series = ""
	if o := Record(f); o.Linked != nil {
		t.Error("linked without a series")
	}
}

func TestModelOf(t *testing.T) {
	zone := func(state, code string, certain bool) pipeline.ZoneReading {
		return pipeline.ZoneReading{Fields: []pipeline.FieldReading{
			{Name: mrz.DocumentCode, Value: code, Certain: true},
			{Name: mrz.IssuingState, Value: state, Certain: certain},
			{Name: mrz.Nationality, Value: "XXX", Certain: true},
		}}
	}
	for name, tt := range map[string]struct {
		zones []pipeline.ZoneReading
		want  Model
	}{
		"a passport":        {[]pipeline.ZoneReading{zone("UTO", "P<", true)}, Model{"UTO", "P"}},
		"one State letter":  {[]pipeline.ZoneReading{zone("D<<", "ID", true)}, Model{"D", "ID"}},
		"not sure":          {[]pipeline.ZoneReading{zone("UTO", "P", false)}, UnknownModel},
		"the second zone":   {[]pipeline.ZoneReading{zone("UT0", "P", true), zone("UTO", "V", true)}, Model{"UTO", "V"}},
		"no zone":           {nil, UnknownModel},
		"a formula for one": {[]pipeline.ZoneReading{zone("=1+1", "P", true)}, UnknownModel},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ModelOf(pipeline.Report{Pages: []pipeline.PageReading{{Zones: tt.zones}}}); got != tt.want {
				t.Errorf("%v; want %v", got, tt.want)
			}
		})
	}
}

func TestParsePrice(t *testing.T) {
	for words, want := range map[string]string{
		"3,000 EUR":                          "EUR 2,000 to 4,999",
		"£450 to a friend":                   "GBP less than 500",
		"he paid 7.500 € in cash":            "EUR 5,000 to 9,999",
		"USD 12 000.50, half of it owed":     "USD 10,000 to 19,999",
		"25000 pounds":                       "GBP 20,000 or more",
		"500 euros":                          "EUR 500 to 999",
		"3000":                               "",
		"3000 EUR, of which 500 EUR paid":    "",
		"call 447700900123 EUR":              "",
		"nothing":                            "",
		"paid on 24 November, 2,000 dollars": "USD 2,000 to 4,999",
	} {
		got := ""
		if p, ok := ParsePrice(words); ok {
			got = p.Currency + " " + Bands[p.Band].String()
		}
		if got != want {
			t.Errorf("%q: %q; want %q", words, got, want)
		}
	}
}

// The dimensions of a small world, on which an attacker tries everything.
var (
	worldMonths   = []string{"2026-01", "2026-02", "2026-03"}
	worldSites    = []string{"AAA", "BBB"}
	worldModes    = []string{"AIR", "ROAD"}
	worldVerdicts = []pipeline.Verdict{pipeline.Counterfeit, pipeline.DataAltered}
)

// cells are all of the small world.
func cells() (all []Cell) {
	for _, m := range worldMonths {
		for _, s := range worldSites {
			for _, mode := range worldModes {
				for _, v := range worldVerdicts {
					all = append(all, Cell{Month: m, Site: s, Mode: mode, Verdict: v})
				}
			}
		}
	}
	return all
}

// choices are all filters that somebody can ask for.
func choices() (all []Select) {
	for from := range worldMonths {
		for until := from; until < len(worldMonths); until++ {
			for _, s := range append([]string{""}, worldSites...) {
				for _, mode := range append([]string{""}, worldModes...) {
					for _, v := range append([]pipeline.Verdict{""}, worldVerdicts...) {
						all = append(all, Select{From: worldMonths[from], Until: worldMonths[until], Site: s, Mode: mode, Verdict: v})
					}
				}
			}
		}
	}
	return all
}

// answers are what the program gives for every filter, before small ones are
// hidden: more than anybody sees.
func answers(t *Table) (all []Count) {
	f := t.Publish()
	for _, s := range choices() {
		all = append(all, f.Sum(Found, s))
	}
	return all
}

// TestSmallCellsStayHidden is the attacker who has every total of every filter,
// and every difference of two, even those that are not shown for being small. For
// each small cell there are at least five numbers, each with all other cells as
// they are, for which every single answer is the same: nothing tells them apart.
func TestSmallCellsStayHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
		table := NewTable(key)
		for _, c := range cells() {
			table.Add(Found, c, rapid.IntRange(0, 14).Draw(t, "n"))
		}
		want := answers(table)
		for _, c := range cells() {
			n := table.counts[Found][c]
			if n == 0 || n >= SmallCell {
				continue
			}
			alike := 0
			for other := range 2 * SmallCell {
				if anyThreshold(func(s int) bool { return slices.Equal(answers(table.with(c, other, s)), want) }) {
					alike++
				}
			}
			if alike < base {
				t.Errorf("cell %v of %d: only %d numbers give the same answers", c, n, alike)
			}
			return // one cell a world: the others are tried in other worlds
		}
	})
}

// anyThreshold tells whether some threshold would do.
func anyThreshold(do func(s int) bool) bool {
	for s := range base {
		if do(s) {
			return true
		}
	}
	return false
}

// with is a table in which one cell has another number, and another threshold was
// drawn for it.
func (t *Table) with(c Cell, n, threshold int) *Table {
	other := &Table{counts: map[Measure]map[Cell]int{Found: {}}}
	maps.Copy(other.counts[Found], t.counts[Found])
	other.counts[Found][c] = n
	other.offset = func(m Measure, cell Cell) int {
		if cell == c {
			return threshold
		}
		return t.offset(m, cell)
	}
	return other
}

// TestDifferencesTellNothing is the same attacker with a pencil: every difference
// of two filters, and every cell that is left over by it, is a multiple of 5.
func TestDifferencesTellNothing(t *testing.T) {
	table := NewTable([]byte("key"))
	for i, c := range cells() {
		table.Add(Found, c, i%SmallCell)
	}
	all := answers(table)
	exact := 0
	for i := range all {
		for j := range all {
			if (all[i]-all[j])%base != 0 {
				t.Fatalf("%v less %v is %d", choices()[i], choices()[j], all[i]-all[j])
			}
		}
	}
	f := table.Publish()
	for i, c := range cells() {
		if f.Sum(Found, Select{From: c.Month, Until: c.Month, Site: c.Site, Mode: c.Mode, Verdict: c.Verdict}) == Count(i%SmallCell) {
			exact++
		}
	}
	if exact == len(cells()) {
		t.Error("nothing is rounded")
	}
}

// TestRoundingLaws: sums are what their parts sum to, asking again changes
// nothing, nothing stays nothing, and no number moves by 5 or more.
func TestRoundingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
		table, n := NewTable(key), rapid.IntRange(0, 100).Draw(t, "n")
		c := rapid.SampledFrom(cells()).Draw(t, "cell")
		table.Add(Found, c, n)
		got := int(table.Publish().Sum(Found, Select{}))
		if got%base != 0 || max(got-n, n-got) >= base || n == 0 && got != 0 || got != int(NewTableWith(key, c, n).Sum(Found, Select{})) {
			t.Errorf("%d becomes %d", n, got)
		}
	})
}

// NewTableWith publishes one cell.
func NewTableWith(key []byte, c Cell, n int) Figures {
	table := NewTable(key)
	table.Add(Found, c, n)
	return table.Publish()
}

// TestRoundingIsFair: on the average a number stays what it is.
func TestRoundingIsFair(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 7, 11} {
		sum := 0
		const keys = 4000
		for k := range keys {
			sum += int(NewTableWith(fmt.Append(nil, k), cells()[0], n).Sum(Found, Select{}))
		}
		if mean := float64(sum) / keys; math.Abs(mean-float64(n)) > .15 {
			t.Errorf("%d becomes %.2f on the average", n, mean)
		}
	}
}

// drawn is a month of a site, as chance brings it: documents that are screened
// one by one, of many models.
func drawn(r *rand.Rand, screened int, share float64) (found map[int]int) {
	found = map[int]int{}
	for range screened {
		if r.Float64() < share {
			found[r.IntN(400)]++
		}
	}
	return found
}

// published is what would be shown of a drawn month.
func published(seed uint64, found map[int]int, screened int) Rate {
	table := NewTable(fmt.Append(nil, seed))
	for model, n := range found {
		table.Add(Found, Cell{Model: fmt.Sprint(model)}, n)
	}
	table.Add(Screened, Cell{}, screened)
	return table.Publish().Rate(Select{})
}

// TestIntervalHolds: the interval of rounded numbers holds the true rate at least
// as often as it says, whether cells hold one document or many.
func TestIntervalHolds(t *testing.T) {
	for _, tt := range []struct {
		screened int
		share    float64
	}{{2000, .02}, {5000, .05}, {2000, .3}} {
		r := rand.New(rand.NewPCG(1, 2))
		held := 0
		const worlds = 1000
		for w := range worlds {
			rate := published(uint64(w), drawn(r, tt.screened, tt.share), tt.screened)
			if i := rate.Interval(); i.Low <= tt.share && tt.share <= i.High {
				held++
			}
		}
		if share := float64(held) / worlds; share < .94 {
			t.Errorf("%d screened, %v false: the interval holds it in %.3f of worlds", tt.screened, tt.share, share)
		} else {
			t.Logf("%d screened, %v false: held in %.3f", tt.screened, tt.share, share)
		}
	}
}

// series draws twelve months; from one on the share is another.
func series(r *rand.Rand, seed uint64, share, later float64, from int) (points []Point) {
	for m := range 12 {
		p := share
		if m >= from {
			p = later
		}
		screened := 800 + r.IntN(1200)
		points = append(points, Point{fmt.Sprintf("2026-%02d", m+1), published(seed*100+uint64(m), drawn(r, screened, p), screened)})
	}
	return points
}

// TestFindChange: of series that stay the same at most one in a hundred is
// flagged, and one that doubles is found, near where it does.
func TestFindChange(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const worlds = 600
	alarms, found, near := 0, 0, 0
	for w := range uint64(worlds) {
		if _, ok := FindChange(series(r, w, .04, .04, 12)); ok {
			alarms++
		}
		if c, ok := FindChange(series(r, w, .04, .1, 6)); ok && c.Rose() {
			found++
			if c.Month >= "2026-06" && c.Month <= "2026-08" {
				near++
			}
		}
	}
	t.Logf("false alarms %d of %d, changes found %d, near the month %d", alarms, worlds, found, near)
	if alarms > 12 { // 6 are expected at most; 12 or more have a chance of 1 in 50
		t.Errorf("%d of %d series without a change are flagged", alarms, worlds)
	}
	if found < worlds*9/10 || near < found*9/10 {
		t.Errorf("%d of %d changes are found, %d near the month", found, worlds, near)
	}
	for name, points := range map[string][]Point{"nothing": nil, "one month": {{"2026-01", Rate{500, 1000}}}, "few": {{"2026-01", Rate{5, 1000}}, {"2026-02", Rate{90, 1000}}}} {
		if c, ok := FindChange(points); ok {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestTwoSided compares with the exact binomial test of R, binom.test.
func TestTwoSided(t *testing.T) {
	for _, tt := range []struct {
		k, n int
		p    float64
		want float64
	}{{5, 10, .5, 1}, {9, 10, .5, .021484375}, {0, 10, .5, .001953125}, {1, 20, .05, 1}, {3, 3, 0, 0}, {0, 0, .5, 1}} {
		if got := twoSided(tt.k, tt.n, tt.p); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%d of %d at %v: %v; want %v", tt.k, tt.n, tt.p, got, tt.want)
		}
	}
}

// flat is a summary whose cells are multiples of 5, so that rounding leaves them.
func flat(counts map[Measure]int) Summary {
	table := NewTable(sha256.New().Sum(nil))
	for m, n := range counts {
		c := Cell{Month: "2026-11", Site: "NPT"}
		if m != Screened {
			c.Verdict = pipeline.Counterfeit
		}
		table.Add(m, c, n)
	}
	return Summary{Select: Select{From: "2026-10", Until: "2026-11"}, Figures: table.Publish()}
}

// TestSentences holds every sentence that says a number.
func TestSentences(t *testing.T) {
	some := flat(map[Measure]int{Screened: 4810, Found: 220, Provisional: 15, Held: 120, Referred: 35, Asked: 80})
	few := flat(map[Measure]int{Screened: 200, Found: 5, Held: 20, Referred: 5})
	none := flat(nil)
	many := some
	many.First = []Model{{"UTO", "P"}, {"XPA", "V"}}
	for got, want := range map[string]string{
		some.Headline(): "Of 4,810 documents screened, 220 were found false or falsely used: 45.7 (34.2 to 60.8) in every 1,000.",
		few.Headline():  "200 documents were screened. Fewer than 10 were found false, and no rate is shown of so few.",
		none.Headline(): "Fewer than 10 documents were screened. Nothing is shown of so few.",

		some.Standing(): "Two people came to each of these decisions. Provisional: 15 more that one person found false wait for a second. They are not counted.",
		none.Standing(): "Two people came to each of these decisions. Provisional: fewer than 10 that one person found false wait for a second. They are not counted.",

		some.Exploitation(): "Who held them is recorded for 120 documents. 35 had a holder who was referred for their welfare: 29% (15 to 49).",
		few.Exploitation():  "Who held them is recorded for 20 documents. Fewer than 10 had a holder who was referred for their welfare.",
		none.Exploitation(): "Who held the documents is recorded for fewer than 10. Nothing is shown of so few.",

		some.Gaps(): "U1 to U4 are unanswered, in whole or in part, in about 64% of 220 documents: who obtained the document, where it was handed over, whose identity it holds and what it cost (U1 to U4).",
		few.Gaps():  "Fewer than 10 documents were found false. Nothing is shown of how often it is known who obtained the document, where it was handed over, whose identity it holds and what it cost (U1 to U4).",

		some.Novelties(): "No model of document was found false for the first time in the last 30 days, at any site.",
		many.Novelties(): "Found false for the first time in the last 30 days, at any site: UTO P, XPA V. Ask the document experts before you rely on it.",

		strings.Join(none.Changes(), "; "): "No kind of false document became more or less frequent by more than chance explains.",
		some.Trend("")[0].PerThousand():    "not shown",
		some.Total().PerThousand():         "45.7 (34.2 to 60.8)",
		Count(5).String():                  "fewer than 10",
		Count(1234567).String():            "1,234,567",
		Band{0, 500}.String():              "less than 500",
		Band{20_000, 0}.String():           "20,000 or more",
		MonthText("2026-11"):               "November 2026",
		MonthText("x"):                     "x",
	} {
		if got != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	}
}

func TestChanges(t *testing.T) {
	table := NewTable([]byte("key"))
	for i, m := range []string{"2026-08", "2026-09", "2026-10", "2026-11"} {
		n := 25
		if i >= 2 {
			n = 250
		}
		table.Add(Found, Cell{Month: m, Verdict: pipeline.DataAltered}, n)
		table.Add(Screened, Cell{Month: m}, 2000)
	}
	s := Summary{Select: Select{From: "2026-08", Until: "2026-11"}, Figures: table.Publish()}
	want := []string{"Altered documents rose from October 2026 on: from 12.5 to 125 in every 1,000 screened."}
	if diff := cmp.Diff(want, s.Changes()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	s.Select.Kind = pipeline.KindCounterfeit
	if got := s.Changes(); !strings.HasPrefix(got[0], "No kind") {
		t.Errorf("of another kind: %v", got)
	}
	months := s.Months()
	if !slices.Equal(months, []string{"2026-08", "2026-09", "2026-10", "2026-11"}) {
		t.Errorf("months %v", months)
	}
}

func TestRows(t *testing.T) {
	table := NewTable([]byte("key"))
	add := func(c Cell, n int) {
		table.Add(Found, c, n)
		table.Add(Screened, Cell{Month: c.Month, Site: c.Site, Channel: c.Channel, Mode: c.Mode, Model: c.Model}, 10*n)
	}
	add(Cell{Month: "2026-10", Site: "NPT", Channel: pipeline.ChannelCustody, Mode: "AIR", Model: "UTO P", Verdict: pipeline.Counterfeit, Part: Supply}, 20)
	add(Cell{Month: "2026-11", Site: "EAF", Channel: pipeline.ChannelPrimary, Mode: UnknownMode, Model: "XPA V", Verdict: pipeline.DataAltered, Part: Possession}, 50)
	add(Cell{Month: "2026-12", Site: "EAF"}, 90) // after the summary
	s := Summary{Select: Select{From: "2026-10", Until: "2026-11"}, Figures: table.Publish()}
	for name, rows := range map[string][]Row{
		"EAF NPT": s.Sites(), "XPA V UTO P": s.Models(), "FG-BD CF": s.Methods(), "primary custody": s.Channels(), "unknown AIR": s.Modes(), "possession_use supply": s.Parts(),
	} {
		var got []string
		for _, r := range rows {
			got = append(got, r.Value)
			if r.Of < r.N || r.N != s.Figures.Sum(Found, r.Select) {
				t.Errorf("%s: %s of %s", r.Value, r.N, r.Of)
			}
		}
		if strings.Join(got, " ") != name {
			t.Errorf("rows %v; want %s", got, name)
		}
	}
	if total := s.Total(); total.N != 70 || total.Of != 700 {
		t.Errorf("total %s of %s", total.N, total.Of)
	}
	if got := ModeOf([]string{"AIR", "SEA"}); got != SeveralModes {
		t.Error(got)
	}
}
