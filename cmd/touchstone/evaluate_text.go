package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// textReport prints an evaluation for people.
type textReport struct {
	b    strings.Builder
	show bool // the text of zones, which is personal data
}

// printText writes the whole report.
func printText(w io.Writer, e evaluation, show bool) error {
	t := textReport{show: show}
	t.set(e)
	t.reading(e)
	t.digits(e)
	t.groups(e.Groups)
	t.curves(e.Curves)
	t.calibration(e)
	t.certainWrong(e)
	t.wrongFails(e)
	t.failures(e)
	t.doubts(e.Doubts)
	t.timing(e.Timing)
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *textReport) heading(s string) { fmt.Fprintf(&t.b, "\n%s\n", s) }

// table prints rows in columns: the first is text and stands left, the others
// are numbers and stand right.
func (t *textReport) table(rows [][]string) {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, r := range rows {
		var line strings.Builder
		for i, c := range r {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i == 0 {
				line.WriteString("  " + c + space)
			} else {
				line.WriteString("  " + space + c)
			}
		}
		t.b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func percent(v float64) string {
	if v > 0 && v < 0.001 {
		return fmt.Sprintf("%.3f", 100*v)
	}
	return fmt.Sprintf("%.1f", 100*v)
}

// share is a rate alone: "91.8 %".
func (r rate) share() string {
	if r.Share == nil {
		return "–"
	}
	return percent(*r.Share) + " %"
}

// interval is the range of a rate: "80.8–96.8".
func (r rate) interval() string {
	if r.Share == nil {
		return "–"
	}
	return percent(r.Low) + "–" + percent(r.High)
}

// row is a rate in the columns of a table.
func (r rate) row(label string) []string {
	return []string{label, fmt.Sprintf("%d of %d", r.Count, r.Of), r.share(), r.interval()}
}

// rateHead is the head of a table of rates.
func rateHead() []string { return []string{"", "", "", "95 % interval"} }

func (t *textReport) set(e evaluation) {
	s := e.Set
	fmt.Fprintf(&t.b, "%s: %d with a zone, %d without", plural(s.Pictures, "picture"), e.Reading.Documents.Of, e.WithoutZone.Of)
	for _, x := range []struct {
		n    int
		what string
	}{{s.Aside, "set aside"}, {s.Faults, "could not be screened at all"}, {s.Unlisted, "in the folder and not in the table"}} {
		if x.n > 0 {
			fmt.Fprintf(&t.b, "; %d %s", x.n, x.what)
		}
	}
	if s.Kind == kindSynthetic {
		fmt.Fprintf(&t.b, "\nDrawn with seed %d: one setting swept, the others ordinary; see --help.", s.Seed)
	}
	t.b.WriteString("\n")
}

func plural(n int, s string) string {
	if n == 1 {
		return "1 " + s
	}
	return strconv.Itoa(n) + " " + s + "s"
}

func (t *textReport) reading(e evaluation) {
	r := e.Reading
	t.heading("Reading")
	t.table([][]string{
		rateHead(),
		r.Documents.row("documents exact"),
		r.Lines.row("lines exact"),
		r.Errors.row("character errors"),
		r.ErrorsFound.row("  in the zones that were found"),
		e.WithoutZone.row("pictures without a zone left alone"),
		r.Certain.row("documents called certain"),
		r.CertainWrong.row("  certain and wrong, of any picture"),
		r.Agree.row("documents whose digits all agree"),
		r.AgreeWrong.row("  agreeing and wrong"),
		e.Characters.Certain.row("characters called certain"),
		e.Characters.Wrong.row("  certain and wrong"),
	})
	if e.NotRead > 0 {
		fmt.Fprintf(&t.b, "  %s of a kind that is not read, or beyond the limits, not exact.\n", plural(e.NotRead, "file"))
	}
}

func (t *textReport) digits(e evaluation) {
	d := e.Digits
	t.heading("Check digits")
	rows := [][]string{
		rateHead(),
		d.FalseAlarms.row("fail called, all printed digits right"),
		e.Reading.WrongFails.row("pictures with a wrong fail"),
		d.RightCalled.row("digits printed right: called wrong"),
	}
	if d.Detected.Of > 0 {
		rows = append(rows,
			d.Detected.row("fail called, a printed digit wrong"),
			d.Called.row("digits printed wrong: called"),
			d.LeftOpen.row("digits printed wrong: left open"),
			d.Missed.row("digits printed wrong: found right"))
	}
	t.table(rows)
	t.separation("misread or printed wrong", d.Separation)
	t.separation(fmt.Sprintf("  from %d px of pitch on", finePitch), d.SeparationFine)
}

// separation says how well the likelihood ratio tells a misreading from a wrong
// print.
func (t *textReport) separation(name string, s separation) {
	if s.AUC != nil {
		fmt.Fprintf(&t.b, "  %s: area under the curve %.4f, of %d digits printed wrong and %d right\n", name, *s.AUC, s.Wrong, s.Right)
	}
}

// figuresHead and row are the columns of groups and curves.
func figuresHead(name string) []string {
	return []string{name, "pictures", "exact", "%", "95 %", "lines", "char. errors", "certain", "and wrong", "wrong fails"}
}

func (f figures) row(name string) []string {
	return []string{
		name, strconv.Itoa(f.Documents.Of), strconv.Itoa(f.Documents.Count), strings.TrimSuffix(f.Documents.share(), " %"), f.Documents.interval(),
		f.Lines.share(), f.Errors.share(), strconv.Itoa(f.Certain.Count), strconv.Itoa(f.CertainWrong.Count), strconv.Itoa(f.WrongFails.Count),
	}
}

func (t *textReport) groups(gs []group) {
	if len(gs) == 0 {
		return
	}
	t.heading("Documents by group")
	rows := [][]string{figuresHead("")}
	by := ""
	for _, g := range gs {
		if g.By != by {
			by = g.By
			rows = append(rows, []string{"by " + by})
		}
		rows = append(rows, g.row("  "+g.Name))
	}
	t.table(rows)
}

func (t *textReport) curves(cs []curve) {
	if len(cs) == 0 {
		return
	}
	t.heading("Documents by what was swept, the other settings ordinary")
	rows := [][]string{figuresHead("")}
	for _, c := range cs {
		rows = append(rows, []string{c.Axis + ", " + c.Unit})
		for _, b := range c.Bins {
			if b.Documents.Of > 0 {
				rows = append(rows, b.row(fmt.Sprintf("  %g to %g", b.From, b.To)))
			}
		}
	}
	t.table(rows)
}

func (t *textReport) calibration(e evaluation) {
	t.heading("Confidence of characters")
	rows := [][]string{{"", "characters", "confidence %", "right", "right %", "95 %"}}
	for _, b := range e.Calibration.Bins {
		if b.Right.Of == 0 {
			continue
		}
		rows = append(rows, []string{
			fmt.Sprintf("%g to %g", b.From, b.To), strconv.Itoa(b.Right.Of), fmt.Sprintf("%.2f", 100*b.Confidence), strconv.Itoa(b.Right.Count),
			fmt.Sprintf("%.2f", 100**b.Right.Share), fmt.Sprintf("%.2f–%.2f", 100*b.Right.Low, 100*b.Right.High),
		})
	}
	t.table(rows)
	fmt.Fprintf(&t.b, "  expected calibration error over these bins: %.4f\n", e.Calibration.ECE)
}

func (t *textReport) certainWrong(e evaluation) {
	t.heading("Certain and wrong")
	n := 0
	for _, c := range e.Pictures {
		if c.scored() && c.CertainWrong {
			n++
			fmt.Fprintf(&t.b, "  %s: %s\n", c.File, c.words())
			t.zone(c)
		}
	}
	t.none(n)
}

func (t *textReport) wrongFails(e evaluation) {
	t.heading("Wrong fails: a check digit called wrong that is right in the print")
	n := 0
	for _, c := range e.Pictures {
		if c.scored() && len(c.WrongFails) > 0 {
			n++
			fmt.Fprintf(&t.b, "  %s: %s\n", c.File, strings.Join(c.WrongFails, ", "))
		}
	}
	t.none(n)
}

func (t *textReport) failures(e evaluation) {
	t.heading("Not exact")
	n := 0
	for _, c := range e.Pictures {
		if c.Aside || c.Class == classExact {
			continue
		}
		n++
		fmt.Fprintf(&t.b, "  %s: %s\n", c.File, c.words())
		if !c.CertainWrong { // shown above
			t.zone(c)
		}
	}
	t.none(n)
}

// zone shows what is printed and what was read, if that was asked for.
func (t *textReport) zone(c caseScore) {
	if !t.show || c.Zones == 0 {
		return
	}
	for _, l := range c.Want {
		fmt.Fprintf(&t.b, "      printed  %s\n", l)
	}
	for _, l := range c.Got {
		fmt.Fprintf(&t.b, "      read     %s\n", l)
	}
}

func (t *textReport) none(n int) {
	if n == 0 {
		t.b.WriteString("  none\n")
	}
}

// words is how a picture ended, for people.
func (c caseScore) words() string {
	switch c.Class {
	case classExact:
		return "exact; another zone was read that is not printed"
	case classWrong:
		return plural(c.Errors, "character") + " wrong"
	case classOther:
		read := string(c.ReadFormat)
		if read == "" {
			read = "lines of no known shape"
		}
		return fmt.Sprintf("%s read as %s, %s wrong", c.Format, read, plural(c.Errors, "character"))
	case classNone:
		return "no zone found"
	case classPhantom:
		return "a zone found where none is printed"
	case classNotRead:
		return fmt.Sprintf("not read (%s)", c.Problem)
	case classTimedOut:
		return "timed out"
	case classReaderFailed:
		return fmt.Sprintf("the reader failed (%s)", c.Problem)
	case classFault:
		return "could not be screened; it counts nowhere"
	}
	return string(c.Class)
}

func (t *textReport) doubts(ds []doubt) {
	if len(ds) == 0 {
		return
	}
	t.heading("Rows of the table that do not fit; the table's word was taken")
	for _, d := range ds {
		fmt.Fprintf(&t.b, "  line %d, %s: %s\n", d.Line, d.File, d.What)
	}
}

func (t *textReport) timing(m timingJSON) {
	t.heading("Time and memory")
	memory, note := "not measured", ""
	if m.PeakBytes > 0 {
		memory = fmt.Sprintf("%d MB", m.PeakBytes/1_000_000)
	}
	if m.PeakIsBound {
		note = "  (at most: it is not above what this program itself took)\n"
	}
	t.table([][]string{
		{"pictures timed", strconv.Itoa(m.Pictures)},
		{"children at once", strconv.Itoa(m.Children)},
		{"a picture, median", seconds(m.P50)},
		{"a picture, 95 %", seconds(m.P95)},
		{"a picture, longest", seconds(m.Max)},
		{"processor time of children, a picture", seconds(m.CPU)},
		{"all", seconds(m.Wall)},
		{"most memory of a child", memory},
	})
	t.b.WriteString(note)
}

func seconds(s *float64) string {
	if s == nil {
		return "not measured"
	}
	return fmt.Sprintf("%.2f s", *s)
}
